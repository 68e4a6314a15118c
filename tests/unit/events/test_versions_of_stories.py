"""One story, one event: what tells issuer, type and subject again is a version, in whatever words or language."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from newsbt.domain.announcement import Announcement
from newsbt.domain.entity import Instrument, Universe
from newsbt.events.versions_of_stories import company_of, versions_of
from projects import run_project

pytestmark = pytest.mark.rule("S1")

DAY = timedelta(hours=24)
UNIVERSE = Universe(
    instruments=tuple(
        Instrument(ticker=ticker, name=name, exchange="XHKG", board="main", currency="HKD", aliases=aliases)
        for ticker, name, aliases in (("A.HK", "Alpha Holdings", ("阿尔法",)), ("B.HK", "Beta", ()))
    )
)


def told(event_id: str, hours: float, subject: str = "QwQ-32B", **fields: Any) -> Announcement:
    at = datetime(2025, 3, 6, tzinfo=UTC) + timedelta(hours=hours)
    return Announcement(
        **{"event_id": event_id, "published_at": at, "event_type": "model_release", "issuer": "Alpha",
           "subject": subject, "headline": event_id, **fields}
    )  # fmt: skip


def again(*items: Announcement, window: timedelta | None = DAY) -> dict[str, str]:
    return versions_of(((item, window) for item in items), company_of(UNIVERSE))


def test_words_languages_and_names_of_the_issuer_do_not_matter() -> None:
    assert again(
        told("first", 0), told("later", 1, headline="other words"), told("zh", 2, "QwQ 32B", issuer="阿尔法"),
        told("law", 3, "qwq-32b", issuer="Alpha Holdings Limited"),
    ) == {"later": "first", "zh": "first", "law": "first"}  # fmt: skip


@pytest.mark.parametrize(
    "other",
    [
        told("x", 1, "QwQ-32B-Preview"), told("x", 1, issuer="Beta"), told("x", 1, event_type="product_launch"),
        told("x", 24.1), told("x", 1, ""),
    ],
)  # fmt: skip
def test_another_subject_issuer_type_or_day_is_another_story(other: Announcement) -> None:
    assert again(told("first", 0), other) == {}


@pytest.mark.parametrize(
    ("subject", "kind", "merged"),
    [("", "model_release", False), ("cooperation", "partnership", False), ("Anthos", "partnership", True),
     ("Posts", "earnings_guidance", False), ("Q4 2024", "earnings_guidance", True),
     ("Net profit of 3.1 billion yuan", "earnings_beat", False)],
)  # fmt: skip
def test_a_subject_that_tells_nothing_apart_merges_nothing(subject: str, kind: str, merged: bool) -> None:
    items = [told(name, hours, subject, event_type=kind) for name, hours in (("a", 0), ("b", 1))]
    assert again(*items) == ({"b": "a"} if merged else {})


@pytest.mark.parametrize(
    ("one", "other", "merged"),
    [
        ("Alpha to buy Harbor Robotics for $3 billion", "Alpha agrees to acquire Harbor Robotics: $3.1bn", True),
        ("阿尔法将收购海港机器人公司", "阿尔法宣布收购海港机器人", True),
        ("Alpha opens a plant in Leipzig", "Alpha names a new chief of finance", False),
        ("Alpha results", "Alpha results beat all hopes", False),  # one word, the company's name aside
    ],
)
def test_without_a_subject_words_decide_and_never_issuer_and_type_alone(one: str, other: str, merged: bool) -> None:
    items = told("a", 0, "", headline=one), told("b", 1, "", headline=other)
    assert again(*items) == ({"b": "a"} if merged else {})
    half = told("a", 0, "", headline=one), told("b", 1, "Harbor", headline=other)
    assert again(*half) == ({"b": "a"} if merged else {})
    assert again(*items, window=None) == {}


def test_a_beat_and_the_results_that_it_is_a_part_of_are_one_story() -> None:
    assert again(
        told("a", 0, "Q4 2024", event_type="earnings_beat"), told("b", 1, "Q4 2024", event_type="earnings_guidance")
    ) == {"b": "a"}


def test_words_do_not_merge_what_names_other_companies_or_other_subjects() -> None:
    words = {"headline": "Alpha signs a cloud contract"}
    both = [told(name, hours, "", mentioned=(who,), **words) for name, hours, who in (("a", 0, "X"), ("b", 1, "Y"))]
    assert again(*both) == {}
    assert again(told("a", 0, "Qwen3", **words), told("b", 1, "Qwen4", **words)) == {}


def test_the_first_known_tells_the_time_and_a_story_ends_a_window_after_it() -> None:
    late = told("late", 0, received_at=datetime(2025, 3, 6, 5, tzinfo=UTC))  # published first, known last
    assert again(late, told("b", 1), told("c", 20)) == {"c": "b", "late": "b"}
    assert again(told("a", 0), told("b", 20), told("c", 30), told("d", 40)) == {"b": "a", "d": "c"}


def test_what_asks_for_nothing_is_kept_and_may_be_the_first() -> None:
    pairs = [(told("a", 0), None), (told("b", 1), DAY), (told("c", 2), None), (told("d", 3), DAY)]
    assert versions_of(pairs) == {"b": "a", "d": "a"}


CONFIG = """
account: {cash: 100000, currency: HKD}
baselines: []
evaluation: {placebo: 0, bootstrap: 0}
strategies: [{name: S, use: issuer_drift, params: {sign: one}}]
announcements:
  - {use: jsonl, path: one.jsonl%s}
  - {use: articles, path: articles%s}
"""
TABLES = {
    "instruments": """
        ticker, name,    exchange, board, currency, lot_size, aliases
        A.HK,   Alibaba, XHKG,     main,  HKD,      100,      阿里巴巴
        """,
    "prices": "ticker, date, open, high, low, close, volume\n"
    + "\n".join(f"A.HK, 2025-03-{day:02d}, 10, 10, 10, 10, 1e6" for day in (5, 6, 7)),
}
WIRE = (
    '{"event_id": "wire", "published_at": "2025-03-06T00:10:00Z", "event_type": "model_release", "issuer": "Alibaba", '
    '"subject": "QwQ-32B", "headline": "Alibaba opens QwQ-32B"}\n'
)
ARTICLES = {
    "en.txt": "Alibaba releases QwQ-32B, an open reasoning model\n\nPublished: 2025-03-06T00:20:00Z\n\nOut now.\n",
    "zh.txt": "阿里巴巴发布推理模型QwQ-32B\n\nPublished: 2025-03-06T00:30:00Z\n\n今日发布。\n",
    "other.txt": "Alibaba releases Qwen3-Max, a new model\n\nPublished: 2025-03-06T00:40:00Z\n\nOut now.\n",
}


@pytest.mark.parametrize(
    ("of_rows", "of_articles", "events"),
    [
        ("", "", ["other", "wire"]),
        ("", ", dedupe: none", ["en", "other", "wire", "zh"]),
        (", dedupe: {window: 1h}", ", dedupe: {window: 5min, threshold: null}", ["en", "other", "wire", "zh"]),
    ],
)
def test_articles_are_merged_with_one_another_and_with_rows_before_them(
    tmp_path: Path, of_rows: str, of_articles: str, events: list[str]
) -> None:
    (tmp_path / "one.jsonl").write_text(WIRE, encoding="utf-8")
    (tmp_path / "articles").mkdir()
    for name, text in ARTICLES.items():
        (tmp_path / "articles" / name).write_text(text, encoding="utf-8")
    result = run_project(tmp_path, CONFIG % (of_rows, of_articles), **TABLES)
    assert sorted(result["S"].events["event_id"].unique()) == events
    drops = result.summary.drops.get("events", {})
    assert drops.get("same_story", 0) == 4 - len(events)
    told_again = [(one.name, one.count, one.message) for one in result.summary.unused if one.reason == "same_story"]
    assert told_again == ([("wire", 2, "told again by en, zh")] if len(events) == 2 else [])
