"""`newsbt explain`: the wire story of QwQ-32B on the bundled sample, and small worlds for every reason."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from news_world import CONFIG, ITEM, TABLES
from newsbt.assembly import Components, assemble
from newsbt.config.loading import load
from newsbt.errors import DataError
from newsbt.explain import Explanation, explain, read_item, text_item
from newsbt.reports.explanation_text import explanation_view
from newsbt.steps.prepare import RunInputs, read_inputs
from projects import write_project

ROOT = Path(__file__).parents[3]
WIRE = ROOT / "tests" / "data" / "articles" / "wire"
DESIGN_KEYS = {"announcement", "sector_index", "links", "signals"}
ANNOUNCEMENT_KEYS = {
    "event_id", "is_announcement", "published_at", "received_at", "known_at", "event_type", "issuer", "subject",
    "rivals", "tickers", "language", "issuer_known", "companies", "reported_moves", "catalysts", "evidence",
}  # fmt: skip
SIGNAL_KEYS = {"strategy", "ticker", "signal", "reason", "weight", "sized"}
LINK_KEYS = {
    "ticker",
    "relation",
    "hop",
    "weight",
    "path",
    "first_tradable_at",
    "announcement_first_tradable_at",
    "why",
}


@pytest.fixture(scope="module")
def sample() -> tuple[Components, RunInputs]:
    components = assemble(load(ROOT / "configs" / "rival_release.yaml"))
    return components, read_inputs(components)


@pytest.fixture(scope="module")
def qwq(sample: tuple[Components, RunInputs]) -> Explanation:
    components, inputs = sample
    return explain(components, read_item(WIRE / "01_alibaba_qwq32b.txt", inputs.universe), inputs)


def test_the_document_has_the_keys_of_the_design(qwq: Explanation) -> None:
    document = json.loads(json.dumps(qwq.as_dict()))
    assert set(document) == DESIGN_KEYS
    assert set(document["announcement"]) == ANNOUNCEMENT_KEYS
    assert all(set(link) == LINK_KEYS for link in document["links"])
    assert all(set(one) == SIGNAL_KEYS for one in document["signals"])


def test_the_wire_story_is_understood_with_its_words(qwq: Explanation) -> None:
    item = qwq.as_dict()["announcement"]
    assert (item["issuer"], item["event_type"], item["subject"]) == ("Alibaba", "model_release", "QwQ-32B")
    assert item["rivals"] == ["DeepSeek-R1", "OpenAI o1"]
    assert item["tickers"] == ["9988.HK", "BABA"]
    text = (WIRE / "01_alibaba_qwq32b.txt").read_text(encoding="utf-8")
    for name in ("issuer", "event_type", "subject", "rivals"):
        for span in item["evidence"][name]:
            assert text[span["start"] : span["end"]] == span["text"]


def test_the_wire_story_reaches_both_listings_the_theme_and_the_index(qwq: Explanation) -> None:
    links = {link.ticker: link for link in qwq.links}
    assert links["9988.HK"].path == ("Alibaba", "9988.HK")
    assert links["BABA"].path == ("Alibaba", "BABA")
    assert links["^HSTECH"].relation == "sector_index"
    assert qwq.sector_index == "^HSTECH"
    assert links["0020.HK"].path == ("Alibaba", "chinese_ai", "0020.HK")
    assert links["NVDA"].relation == "customer_of"
    assert "traded as 3033.HK" in links["^HSTECH"].why


def test_both_instants_are_told_and_which_one_a_run_uses(qwq: Explanation) -> None:
    item = qwq.as_dict()["announcement"]
    assert item["event_id"] == "2025-03-06-alibaba-qwq-32b"
    assert item["published_at"] == "2025-03-06T03:00:00+08:00"
    assert item["received_at"] == "2025-03-06T16:45:00+08:00"
    assert item["known_at"] == "2025-03-06T08:50:00Z"
    link = next(one for one in qwq.as_dict()["links"] if one["ticker"] == "9988.HK")
    assert link["announcement_first_tradable_at"] == "2025-03-06T01:30:00Z"
    assert link["first_tradable_at"] == "2025-03-07T01:30:00Z"
    assert "uses that announcement, not this item" in " ".join(qwq.verdict)
    assert "after the close at 16:00" in link["why"]


def test_each_strategy_says_its_signal(qwq: Explanation) -> None:
    signals = {(one.strategy, one.ticker): one for one in qwq.signals}
    assert signals["Buy on rival release", "0020.HK"].signal == 1.0
    assert signals["Buy on rival release", "0020.HK"].reason == "theme chinese_ai"
    assert signals["Follow the issuer", "BABA"].reason == "named: Alibaba > BABA"
    assert ("Sector index", "^HSTECH") in signals


def test_a_denial_is_explained_and_trades_nothing(sample: tuple[Components, RunInputs]) -> None:
    components, inputs = sample
    found = explain(components, read_item(WIRE / "08_cambricon_denial.txt", inputs.universe), inputs)
    document = found.as_dict()
    assert document["announcement"]["is_announcement"] is False
    assert document["announcement"]["evidence"]["kind"] == "denial"
    assert document["links"] == document["signals"] == []
    assert "denial" in found.verdict[0]


@pytest.mark.parametrize(
    "headline",
    [
        "Сбер представил новую модель",
        "ソニーが新型カメラを発表した",
        "Renault annonce un partenariat avec une université pour ses voitures",
    ],
)
def test_a_text_in_another_language_is_called_so(headline: str, sample: tuple[Components, RunInputs]) -> None:
    components, inputs = sample
    text = f"{headline}\n\nPublished: 2025-07-02T10:00:00+08:00\n"
    found = explain(components, text_item(text, inputs.universe), inputs)
    assert "in another language than English and Chinese" in found.verdict[0]


def test_news_after_the_last_price_is_explained_as_of_its_instant(sample: tuple[Components, RunInputs]) -> None:
    components, inputs = sample
    text = "Alibaba releases Qwen9, an open model\n\nPublished: 2025-08-02T10:00:00+08:00\n\nIt beats DeepSeek-R1."
    found = explain(components, text_item(text, inputs.universe), inputs)
    link = next(one for one in found.links if one.ticker == "9988.HK")
    assert link.first_tradable_at == datetime(2025, 8, 4, 1, 30, tzinfo=UTC)
    assert "Saturday" in link.why and "price is not known yet" in link.why
    assert any(one.signal for one in found.signals)
    assert "no announcement of this event" in found.verdict[0]


def test_news_before_the_first_price_is_linked_and_not_asked_about(sample: tuple[Components, RunInputs]) -> None:
    components, inputs = sample
    text = "Alibaba releases Qwen, an open model\n\nPublished: 2019-12-02T10:00:00+08:00\n\nText."
    found = explain(components, text_item(text, inputs.universe), inputs)
    assert {"9988.HK", "BABA"} <= {one.ticker for one in found.links}
    assert all(one.signal is None for one in found.signals)
    assert any("would drop it" in sentence for sentence in found.verdict)


def test_a_company_that_is_not_listed_yet_is_not_linked(sample: tuple[Components, RunInputs]) -> None:
    components, inputs = sample
    text = "Zhipu open-sources GLM-4.5\n\nPublished: 2025-07-28T21:00:00+08:00\n\nText."
    found = explain(components, text_item(text, inputs.universe), inputs)
    assert "2513.HK" not in {one.ticker for one in found.links if one.relation in ("named", "issuer")}


@pytest.fixture
def small(tmp_path: Path) -> tuple[Components, RunInputs]:
    components = assemble(load(write_project(tmp_path, CONFIG, **TABLES)))
    return components, read_inputs(components)


def test_what_could_not_be_bought_says_why(small: tuple[Components, RunInputs]) -> None:
    components, inputs = small
    found = explain(components, text_item(json.dumps(ITEM), inputs.universe), inputs)
    why = {one.ticker: one.why for one in found.links}
    assert "opened at its upper limit of 11" in why["A.SH"]
    assert "no bar in that session" in why["B.SH"]
    assert "index without a proxy" in why["I.SH"]
    assert {one.ticker: one.weight for one in found.links}["B.SH"] == -0.5


@pytest.mark.parametrize(
    ("bar", "sentence"),
    [("11, 11, 10, 10.5", "could be bought"), ("10, 11, 10, 11", "closed at its upper limit of 11: could not")],
)
def test_an_entry_at_the_close_is_measured_by_the_close(tmp_path: Path, bar: str, sentence: str) -> None:
    prices = TABLES["prices"].replace("A.SH, 2025-03-04, 11, 11, 11, 11", f"A.SH, 2025-03-04, {bar}")
    path = write_project(tmp_path, CONFIG, **{**TABLES, "prices": prices})
    components = assemble(load(path, [("execution.entry", "same_close")]))
    inputs = read_inputs(components)
    item = text_item(json.dumps({**ITEM, "published_at": "2025-03-04T13:30+08:00"}), inputs.universe)
    (why,) = (one.why for one in explain(components, item, inputs).links if one.ticker == "A.SH")
    assert "filled at its close" in why and sentence in why and "opened" not in why


@pytest.mark.rule("X22")
@pytest.mark.parametrize(
    ("bar", "sentiment", "at", "said"),
    [
        ("11, 11, 11, 11", 0.5, "2025-03-04", "buy at 9.9, 1 % below the last close of 10; its session's low of 11 does"
         " not reach it"),
        ("10, 10, 9.9, 10", 0.5, "2025-03-04", "its session's low of 9.9 only touches it"),
        ("10, 10, 9.89, 10", 0.5, "2025-03-04", "its session's low of 9.89 goes through it"),
        ("9.9, 10, 9.8, 10", 0.5, "2025-03-04", "a bar opens at 9.9, which is the limit or better"),
        ("10, 10.1, 9, 10", -0.5, "2025-03-04", "short at 10.1, 1 % above the last close of 10; its session's high of"
         " 10.1 only touches it"),
        ("10, 10.11, 9, 10", -0.5, "2025-03-04", "its session's high of 10.11 goes through it"),
        ("10, 10, 10, 10", 0.5, "2025-03-06", "buy at 11.88, 1 % below the last close of 12; its session is still to"
         " come"),
    ],
)  # fmt: skip
def test_a_limit_order_says_where_it_waits_and_whether_its_session_reached_it(
    tmp_path: Path, bar: str, sentiment: float, at: str, said: str
) -> None:
    prices = TABLES["prices"].replace("A.SH, 2025-03-04, 11, 11, 11, 11", f"A.SH, 2025-03-04, {bar}")
    path = write_project(tmp_path, CONFIG, **{**TABLES, "prices": prices})
    components = assemble(load(path, [("execution.entry", "limit")]))
    inputs = read_inputs(components)
    item = text_item(json.dumps({**ITEM, "sentiment": sentiment, "published_at": f"{at}T08:00+08:00"}), inputs.universe)
    found = explain(components, item, inputs)
    (reason,) = (one.reason for one in found.signals if one.strategy == "Named")
    assert " | limit order: " in reason and reason.endswith(said)
    others = [one.reason for one in found.signals if one.strategy != "Named"]
    assert others and not any("limit order" in one for one in others)
    shown = io.StringIO()
    Console(file=shown, width=200).print(
        explanation_view(found.as_dict(), item.headline, found.verdict, found.markets, None)
    )
    assert "Limit order" in shown.getvalue() and said in shown.getvalue()


def test_without_limits_there_is_no_word_of_them(small: tuple[Components, RunInputs]) -> None:
    components, inputs = small
    found = explain(components, text_item(json.dumps(ITEM), inputs.universe), inputs)
    assert found.signals and not any("limit order" in one.reason for one in found.signals)


def test_an_announcement_is_taken_at_its_word_and_strategies_say_why_not(small: tuple[Components, RunInputs]) -> None:
    components, inputs = small
    found = explain(components, text_item(json.dumps(ITEM), inputs.universe), inputs)
    reasons = {one.strategy: one for one in found.signals}
    assert reasons["Named"].signal == 0.5
    assert "'news' is none of its event types (chips)" in reasons["Chips only"].reason
    assert reasons["Decay"].signal == pytest.approx(0.5)
    assert reasons["Decay"].ticker == "A.SH"
    assert "+0 without the item" in reasons["Decay"].reason
    assert found.as_dict()["announcement"]["evidence"] == {"kind": "announcement"}


PRICES = """
    ticker, date, open, high, low, close, volume
    A.SH, 2025-03-03, 10, 10, 10, 10, 1000000
    A.SH, 2025-03-04, 10.1, 10.1, 10.1, 10.1, 1000000
    A.SH, 2025-03-05, 9.999, 9.999, 9.999, 9.999, 1000000
    A.SH, 2025-03-06, 10, 10, 10, 10, 1000000
"""
BY_VOLATILITY = "inverse_volatility: target 0.05 / volatility 0.2245 a year of the 2 returns before 2025-03-06"


@pytest.mark.rule("X4", "X23")
@pytest.mark.parametrize(
    ("position", "weight", "sized"),
    [
        ({"weight": 0.2}, 0.1, "position.weight 0.2"),
        ({"weight": 0.2, "event_weight": 0.05}, 0.05, "position.weight 0.2, cut by event_weight 0.05"),
        ({"weight": {"use": "inverse_volatility", "target": 0.05, "window": 2}}, 0.2227177 / 2, BY_VOLATILITY),
        ({"weight": {"use": "inverse_volatility", "target": 0.05, "window": 2, "max_weight": 0.1}}, 0.05,
         BY_VOLATILITY.replace("a year", "a year (at most 0.1)")),
        ({"weight": {"use": "inverse_volatility", "window": 3}}, None,
         "inverse_volatility: fewer than 3 daily returns before 2025-03-06: none, so the order is refused (no_weight)"),
        ({"weight": {"use": "mine.py:Third"}}, 1 / 6,
         "mine.py:Third: 0.3333 at a signal of 1, by what is known before 2025-03-06"),
    ],
    ids=["a number", "capped", "by volatility", "at most", "none", "of one's own"],
)  # fmt: skip
@pytest.mark.parametrize("name", ["Named", "Decay"])
def test_how_much_a_signal_asks_for_and_where_that_comes_from(
    tmp_path: Path, name: str, position: dict[str, object], weight: float | None, sized: str
) -> None:
    (tmp_path / "mine.py").write_text(
        "from dataclasses import dataclass\n\nimport numpy as np\n\n\n@dataclass(frozen=True)\nclass Third:\n"
        "    def weights(self, panel):\n        return np.full(panel.shape, 1 / 3)\n"
    )
    if name == "Decay":
        weight, sized = (0.1, "position.weight 0.2") if "event_weight" in position else (weight, sized)
    changes = [(f"strategies.{name}.position.{key}", one) for key, one in position.items()]
    components = assemble(load(write_project(tmp_path, CONFIG, **{**TABLES, "prices": PRICES}), changes))
    inputs = read_inputs(components)
    item = text_item(json.dumps({**ITEM, "published_at": "2025-03-06T08:00+08:00"}), inputs.universe)
    document = explain(components, item, inputs).as_dict()
    (found,) = [one for one in document["signals"] if one["strategy"] == name]
    assert found["weight"] == (None if weight is None else pytest.approx(weight, rel=1e-6))
    assert found["sized"] == sized


def test_a_matched_announcement_stands_aside_for_the_item(small: tuple[Components, RunInputs]) -> None:
    components, inputs = small
    item = {**ITEM, "event_id": "old", "issuer": "Beta", "tickers": [], "published_at": "2025-03-04T09:21+08:00"}
    found = explain(components, text_item(json.dumps(item), inputs.universe), inputs)
    assert found.matched is not None
    link = next(one for one in found.links if one.ticker == "B.SH")
    assert link.announcement_first_tradable_at == datetime(2025, 3, 3, 1, 30, tzinfo=UTC)
    assert "after the auction's cut-off 09:20" in link.why


@pytest.mark.parametrize(
    ("text", "match"),
    [("A headline\n\nNo date here.", "when it was published"), ("", "no headline"), ('{"headline": "x"}', "published"),
     ("A\nPublished: 2025-03-06T10:00Z\nPublished: 2025-03-09T10:00Z\n\nx", "two times"), ("{nonsense", "JSON"),
     ("A\nPublished: 2025-03-06T10:00:00\n\nx", "offset"), (json.dumps({**ITEM, "tickers": ["NOPE"]}), "no instrument"),
     (json.dumps({**ITEM, "published_at": "2025-03-04T08:00"}), "offset"),
     ("<html><script>var a = 1</script></html>", "headline|published|text"), ("x" * 3_000_000, "characters")],
)  # fmt: skip
def test_what_cannot_be_dated_or_read_is_refused(small: tuple[Components, RunInputs], text: str, match: str) -> None:
    _, inputs = small
    with pytest.raises(DataError, match=match):
        text_item(text, inputs.universe)
