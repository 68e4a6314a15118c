"""Whatever the text, extraction answers or refuses in its own words, and its spans are the text's."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from newsbt.domain.folding import fold
from newsbt.domain.phrases import PhraseMatcher
from newsbt.events.extraction.article_reading import parse_item
from newsbt.events.extraction.extract import Extractor
from newsbt.events.extraction.extraction_result import Extraction
from newsbt.events.extraction.news_item import NewsItem, RefusedItem, clean
from newsbt.linking.universe_tables import read_universe

EXTRACTOR = Extractor(read_universe(Path(__file__).parents[2] / "data" / "universe" / "instruments.csv"))
AT = datetime(2025, 3, 6, 8, 45, tzinfo=UTC)
WORDS = (
    "Alibaba", "阿里巴巴", "DeepSeek", "Qwen3-Max", "R1", "o1", "Nvidia", "H20", "US", "China", "国务院", "launches",
    "发布", "denies", "否认", "beats", "超过", "on Monday", "8月21日", "$5 billion", "380亿元", "invest", "AI", "cloud",
    "licence", "partner with", "the company", "公司", "will", ",", ".", "。", "\n\n", "?", "29 February", "0 days ago",
    "'s", "-", "(", "\x00", "\u0130", "ﬃ", "𝔸", "Ｑｗｅｎ", "\x1b[31m", "Published:", "2025-03-06T16:45:00+08:00",
)  # fmt: skip
composed = st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join)


def spans_hold(answer: Extraction) -> None:
    for spans in answer.evidence.values():
        for span in spans:
            assert answer.text[span.start : span.end] == span.text
    for span in answer.ambiguous:
        assert answer.text[span.start : span.end] == span.text
    assert math.isnan(answer.sentiment) or -1 <= answer.sentiment <= 1
    assert bool(answer.issuer) == bool(answer.event_type)
    assert answer.is_announcement <= bool(answer.issuer)


@settings(max_examples=300, deadline=None)
@given(headline=composed, body=composed | st.text(max_size=300))
def test_any_words_in_any_order(headline: str, body: str) -> None:
    try:
        answer = EXTRACTOR.extract(NewsItem.of(headline, body, published_at=AT))
    except RefusedItem:
        assert not clean(headline).strip()
        return
    spans_hold(answer)


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=400) | composed)
def test_any_text_is_answered_or_refused(text: str) -> None:
    try:
        answer = EXTRACTOR.extract(text)
    except RefusedItem:
        return
    spans_hold(answer)
    assert answer.published_at.tzinfo is not None
    assert answer.received_at >= answer.published_at


@settings(max_examples=200, deadline=None)
@given(
    written=st.text(max_size=40) | st.from_regex(r"20\d\d-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d| [A-Z]{2,4})?")
)
def test_a_time_is_read_with_its_offset_or_refused(written: str) -> None:
    try:
        item = parse_item(f"Alibaba unveils Qwen3\n\nPublished: {written}\n\nText.")
    except RefusedItem:
        return
    assert item.published_at.utcoffset() is not None


@given(text=st.text(max_size=200))
def test_folding_keeps_every_place(text: str) -> None:
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded or not text.isascii()


@given(
    text=st.text(alphabet="ab 中文c-", max_size=40),
    phrases=st.lists(st.text(alphabet="ab 中文c-", max_size=4), max_size=8),
)
def test_phrases_agree_with_a_search_from_every_place(text: str, phrases: list[str]) -> None:
    matcher = PhraseMatcher((phrase, phrase.strip()) for phrase in phrases)
    wanted = sorted({phrase.strip() for phrase in phrases} - {""}, key=len, reverse=True)

    def is_letter(index: int) -> bool:
        return 0 <= index < len(text) and text[index] in "abc"

    expected = []
    at = 0
    while at < len(text):
        for phrase in wanted:
            end = at + len(phrase)
            cut_head = phrase[0] in "abc" and is_letter(at - 1)
            cut_tail = phrase[-1] in "abc" and is_letter(end)
            if text.startswith(phrase, at) and not cut_head and not cut_tail:
                expected.append((at, end))
                at = end - 1
                break
        at += 1
    assert [(one.start, one.end) for one in matcher.find(fold(text))] == expected
