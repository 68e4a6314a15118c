"""What a text tells beside its own story: companies, moves that are past, other catalysts, each with its words."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsbt.events.extraction.article_reading import parse_item
from newsbt.events.extraction.background import Background, background_of
from newsbt.events.extraction.extract import Extractor
from newsbt.linking.universe_tables import read_universe

ROOT = Path(__file__).parents[4]
INSTRUMENTS = ROOT / "data" / "universe" / "instruments.csv"
HEAD = "Alibaba launches QwQ-32B, a reasoning model\n\nPublished: 2025-03-06T16:45:00+08:00\n\n"


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor(read_universe(INSTRUMENTS))


def told(extractor: Extractor, body: str, head: str = HEAD) -> Background:
    item = parse_item(head + body)
    found = background_of(extractor, item, extractor.extract(item))
    for span in (one.span for one in (*found.companies, *found.moves, *found.catalysts)):
        assert item.text[span.start : span.end] == span.text
    return found


def test_the_story_of_the_reasoning_model_is_told_whole(extractor: Extractor) -> None:
    text = (ROOT / "tests" / "data" / "articles" / "wire" / "01_alibaba_qwq32b.txt").read_text(encoding="utf-8")
    found = told(extractor, text, "")
    assert [(one.name, one.tickers) for one in found.companies if one.name.startswith(("Focus", "Client"))] == [
        ("Focus Technology", ("002315.SZ",)), ("Client Service International", ("300663.SZ",)),
    ]  # fmt: skip
    assert [(one.name, one.direction, one.percent) for one in found.moves] == [
        ("Alibaba", 1, 8), ("Hang Seng TECH Index", 1, 5.4), ("Hang Seng Index", 1, 3.3), ("Tencent", 1, 7.6),
        ("JD.com", 1, 8.4), ("Kuaishou", 1, 16), ("Meituan", 1, 5), ("Baidu", 1, 4), ("Focus Technology", 1, 10),
        ("Client Service International", 1, None), ("CSI 300 Index", 1, 1.4), ("STAR 50 Index", 1, 3.5),
    ]  # fmt: skip
    kinds = {one.kind: one.span.text for one in found.catalysts}
    assert "government work report" in kinds["legislature"] and "380 billion yuan" in kinds["capex_plan"]


@pytest.mark.parametrize(
    ("body", "moves"),
    [
        ("Tencent fell 1.2% and Baidu 3 percent.", [("Tencent", -1, 1.2), ("Baidu", -1, 3)]),
        ("腾讯股价上涨2.5%，百度跌1%。", [("Tencent", 1, 2.5), ("Baidu", -1, 1)]),
        ("Tencent's revenue rose 12% and Baidu holds a stake of 10%.", []),
        ("Tencent also advanced.", [("Tencent", 1, None)]),
        ("DeepSeek gained 5% of all users.", []),  # it has no price
        ("Tencent said that nothing had changed.", []),
    ],
)
def test_moves_are_of_prices_and_of_whom_they_are_told(
    extractor: Extractor, body: str, moves: list[tuple[str, int, float | None]]
) -> None:
    assert [(one.name, one.direction, one.percent) for one in told(extractor, body).moves] == moves


@pytest.mark.parametrize(
    ("body", "kinds"),
    [
        ("The National People's Congress opened in Beijing.", ["legislature"]),
        ("两会本周在北京开幕。", ["legislature"]),
        ("The central bank cut its reserve requirement.", ["central_bank"]),
        ("Washington raised tariffs again.", ["tariffs"]),
        ("Last month it said it would invest 380 billion yuan in cloud computing.", ["capex_plan"]),
        ("Baidu launched ERNIE 4.5 the same day.", ["model_release"]), ("The weather was mild.", []),
    ],
)  # fmt: skip
def test_catalysts_are_what_else_may_have_moved_prices(extractor: Extractor, body: str, kinds: list[str]) -> None:
    assert [one.kind for one in told(extractor, body).catalysts] == kinds
