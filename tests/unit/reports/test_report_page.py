"""report.html: one file that needs nothing else, in which data is text."""

from __future__ import annotations

import copy
import dataclasses
import math
import re
from typing import Any

import pandas as pd
import pytest

from made_runs import CASH, EVENT_ID, METRICS, labels, made_run, strategy
from newsbt.domain.record import TABLES, RunRecord
from newsbt.domain.results import RunResult
from newsbt.errors import DataError
from newsbt.reports.report_page import report_page
from newsbt.runs.run_document import record_of
from page_outline import Outline
from run_contexts import CONTEXT


def with_context(result: RunResult, **evidence: Any) -> RunRecord:
    return record_of(dataclasses.replace(result, context=CONTEXT, evidence=evidence))


def test_the_page_tells_the_run() -> None:
    page = Outline(report_page(with_context(made_run())))
    assert page.headings == [
        "rival release", "Verdict", "Equity and drawdown", "Results", "Which announcements did it",
        "Profit by ticker, exit reason, market and sector", "The five worst drawdowns",
        "Prices of a ticker with its events and fills", "Return against holding time",
        "Rolling Sharpe ratio, volatility and beta", "Distribution of returns", "Exposure by market",
        "Returns by year and by month", "Monthly returns",
        "Gross to net", "Refused orders", "Placebo: other calendars of the same news",
        "Abnormal returns around the news",
        "Decay with holding time and latency", "Capacity", "Data", "Origin", "Event cards",
    ]  # fmt: skip
    for expected in (
        "simulated sample", "2 relations", "It made 0.49% after all costs (4,916 HKD)",
        "as much as the benchmark (+0.49%)",
        "95% interval 0.03 to 2.97", "QwQ-32B", "upper price limit", "No placebo", "Simulated data",
    ):  # fmt: skip
        assert expected in page.text, expected
    assert page.tags.count("table") == page.tags.count("caption")
    assert page.tags.count("script") == 1 + 5 + len(page.charts), "cards, five of code, and the charts"


def test_a_card_tells_links_fills_refusals_and_times_of_its_market() -> None:
    data = Outline(report_page(with_context(made_run()))).data["card-data"]
    (card,) = data["cards"]
    assert card["head"] == "QwQ-32B"
    assert card["known"] == ["2025-03-06 04:05 Hong Kong"]
    assert card["published"] == "2025-03-05 19:00 +00:00"
    assert card["links"] == [["9988.HK", "issuer", 0, 1.0], ["0700.HK", "rival_of", 1, -0.5]]
    assert card["idle"] == ["^HSTECH (sector index +1)"]
    assert card["at"] == {"XHKG": 1.0}, "known before the second row opened"
    bought, refused = card["rows"]
    assert bought[1] == "9988.HK"
    assert bought[7] == [
        [1, 1, 100.05, 500, "entry", "2025-03-06 09:30 Hong Kong"],
        [4, -1, 109.945, 500, "held to plan", "2025-03-11 09:30 Hong Kong"],
    ]
    assert bought[6] == pytest.approx(4916.5 / 50_025.0, abs=1e-6)
    assert refused[1] == "0700.HK"
    assert refused[8] == [
        [
            1,
            1,
            "buy of 400 refused on 2025-03-06: it stood at its upper price limit, where nobody sells; it would have "
            "returned +2.10%",
            [],
            1,
        ],
    ]
    assert data["tickers"]["9988.HK"]["bars"][0][0] == [0, 1, 2, 3, 4]


def test_markup_in_data_is_text() -> None:
    attack = '"><script>alert(1)</script><img src=x onerror=y></script>'
    made = strategy(attack, labelled=labels(attack), warnings=(attack,), reasons={"sortino": attack})
    page = Outline(
        report_page(with_context(made_run(strategies=[made], notices=(attack,), doubts=(attack,), currency=attack)))
    )
    assert page.tags.count("script") == 1 + 5 + len(page.charts)
    assert "img" not in page.tags
    assert page.text.count("<script>alert(1)</script>") >= 6
    assert attack in [line["name"] for line in page.charts["equity-over-time"]["tables"][0]["series"]]
    assert page.data["card-data"]["cards"][0]["id"] == attack
    assert page.data["card-data"]["strategies"][0]["name"] == attack


def test_numbers_that_are_none_are_null_for_the_scripts() -> None:
    full = with_context(made_run())

    def table_of(name: str) -> pd.DataFrame:
        found = full.table(name)
        return found.assign(weight=math.inf, pnl=-math.inf) if name == "events" else found

    page = Outline(report_page(RunRecord(run_id="r", document=full.document, table_of=table_of, extra_of=full.extra)))
    assert page.data["card-data"]["cards"]


def test_a_run_without_trades_or_curve_is_a_page_that_says_so() -> None:
    flat = strategy("Never", trades=False, equity=[CASH] * 5)
    page = Outline(report_page(with_context(made_run(strategies=[flat], with_benchmark=False, drops={}))))
    for sentence in (
        "No order was refused.", "Nothing was dropped.", "It did not trade, so it made and lost nothing.",
        "no announcement led to a profit or a loss", "there are no event cards",
        "No capacity curve was stored with this run", "No event study was stored with this run",
    ):  # fmt: skip
        assert sentence in page.text, sentence


def test_undefined_metrics_make_a_page() -> None:
    nothing = strategy("A", metrics=dict.fromkeys(METRICS, math.nan), reasons=dict.fromkeys(METRICS, "n<2"))
    page = Outline(report_page(with_context(made_run(strategies=[nothing], with_benchmark=False))))
    assert page.text.count("n<2") > 5
    assert "Unknown: n<2." in page.text


def test_an_old_run_with_little_in_it_makes_a_page() -> None:
    full = record_of(made_run())
    old = RunRecord(run_id="old", document={"strategies": [{"name": "A"}]}, table_of=full.table_of)
    page = Outline(report_page(old))
    assert "unknown" in page.text
    assert "Unknown: the run holds no return." in page.text


def test_a_folder_without_context_shows_cards_without_prices_and_says_why() -> None:
    full = record_of(made_run())
    page = Outline(report_page(full))
    assert "holds no context.json" in page.text
    (card,) = page.data["card-data"]["cards"]
    assert card["head"] == EVENT_ID
    assert page.data["card-data"]["tickers"] == {}


@pytest.mark.parametrize("lost", [*TABLES, "all"])
def test_a_damaged_table_costs_its_own_part_only(lost: str) -> None:
    full = with_context(made_run())

    def table_of(name: str) -> pd.DataFrame:
        if lost in (name, "all"):
            raise DataError(f"{name}.parquet is damaged")
        return full.table(name)

    record = RunRecord(run_id="r", document=full.document, table_of=table_of, extra_of=full.extra)
    page = Outline(report_page(record))
    if lost not in ("signals", "explanations"):
        assert "is damaged" in page.text
    assert "Did it make money?" in page.text


@pytest.mark.parametrize("column", ["ticker", "event_id", "strategy"])
@pytest.mark.parametrize("table", TABLES)
def test_a_row_that_names_nothing_is_a_page(table: str, column: str) -> None:
    full = with_context(made_run())

    def table_of(name: str) -> pd.DataFrame:
        found = full.table(name).copy()
        if name == table and column in found and len(found):
            found[column] = found[column].astype(object)
            found.loc[found.index[0], column] = None
        return found

    record = RunRecord(run_id="r", document=full.document, table_of=table_of, extra_of=full.extra)
    assert "Did it make money?" in Outline(report_page(record)).text


@pytest.mark.parametrize("content", [[], "text", 7, {"events": [1, "x"]}, {"tickers": None, "dates": None}])
def test_a_damaged_context_is_a_page(content: Any) -> None:
    full = record_of(made_run())
    record = RunRecord(run_id="r", document=full.document, table_of=full.table_of, extra_of=lambda name: content)
    assert "Verdict" in Outline(report_page(record)).headings


def test_numbers_that_no_run_has_are_told_as_damage() -> None:
    full = record_of(made_run())
    document = copy.deepcopy(full.document)
    for row in document["strategies"]:
        row["metrics"] |= {"placebo_p": 1e308, "placebo_m": 1e308}
    with pytest.raises(DataError, match="is damaged: it holds a number that no run has") as caught:
        report_page(RunRecord(run_id="r", document=document, table_of=full.table_of, extra_of=full.extra))
    assert caught.value.listed[0].code == "damaged_run"


def test_dates_that_stand_twice_in_the_curves_are_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [strategy("Buy", metrics=METRICS), dataclasses.replace(strategy("benchmark"), kind="benchmark")]
    full = record_of(made_run(strategies=rows))

    def table_of(name: str) -> pd.DataFrame:
        table = full.table(name)
        return pd.concat([table, table[table["strategy"] == "benchmark"]]) if name == "equity" else table

    monkeypatch.setattr("newsbt.reports.page.returns_section.ROLLING_SESSIONS", 2)
    record = RunRecord(run_id="r", document=full.document, table_of=table_of, extra_of=full.extra)
    assert "Beta to the benchmark" in Outline(report_page(record)).text


EVIDENCE: dict[str, Any] = {
    "placebo": {"Buy on rival release": {"metric": "t", "values": [0.0, 1.2, -2.1], "observed": 0.4, "p": 0.5, "m": 3}},
    "decay": {
        "Buy on rival release": {
            "hold": [{"hold": 1, "net_return": 0.01}, {"hold": 2, "net_return": None}],
            "latency": [{"latency": "5min", "net_return": 0.01}, {"latency": "1h", "net_return": 0.0}],
        }
    },
    "capacity": {"Never": [{"size": 1e6, "total_return": 0.1}, {"size": 1e7, "total_return": 0.05}]},
    "study": {
        "model": "market",
        "groups": [{"name": "<i>", "n": 4, "n_events": 2, "n_dates": 1, "days": [-1, 0, 1],
                    "caar": [0.0, 0.02, 0.03], "low": [-0.01, 0, 0.01],
                    "high": [0.01, 0.04, None]}],
    },
    "sweep": {"metric": "sharpe", "x": "hold", "y": "latency", "x_values": [1, 3], "y_values": ["5min"],
              "values": [[0.5, None]]},
}  # fmt: skip


def test_evidence_is_drawn() -> None:
    page = Outline(report_page(with_context(made_run(), **EVIDENCE)))
    for words in (
        "3 other calendars of its news, p = 0.500",
        "net return by holding time", "net return by latency", "net return by account size",
        "Cumulative average abnormal return", "<i>: 4 pairs, 2 events, 1 date",
        "and 1 of 3 are at least as good",
        "summed from day -1 on", "CAAR from day -1 to day 1 ends at +3.00%", "sharpe of each variant",
    ):  # fmt: skip
        assert words in page.text, words
    assert "Variants" in page.headings


def test_captions_say_what_stands_below_them() -> None:
    text = Outline(report_page(with_context(made_run(), **EVIDENCE))).text
    for words in (
        "all but Gross is net of all costs, money in HKD", "the first and last month and year may be partial",
        "Attempts to trade that were refused or cut, by reason; an order that tries again counts each time",
        "1 attempt to trade met a refusal or a cut (1 limit up)", "Fees, taxes, borrowing",
        "The amount beside a headline is the largest profit or loss that a strategy made of it",
    ):  # fmt: skip
        assert words in text, words


def captions(groups: list[dict[str, Any]], **study: Any) -> str:
    """The text of a page whose study has these groups."""
    whole = [{"name": "A: long", "kind": "signals", "n": 5, **group} for group in groups]
    found = {"model": "market", "groups": whole, **study}
    return Outline(report_page(with_context(made_run(), study=found))).text


def test_the_study_says_from_which_day_its_curve_runs_and_whether_there_are_bands() -> None:
    """The default curve begins five sessions before day 0; too few clusters give no interval."""
    curve = {"days": [-5, -4], "caar": [0.0, 0.01], "low": [-0.01, 0.0], "high": [0.01, 0.02]}
    banded = captions([curve])
    assert "summed from day -5 on, market model, with 95% bands where enough independent" in banded
    bare = captions([{**curve, "low": [None, None], "high": [None, None]}])
    assert "summed from day -5 on, market model; too few independent clusters" in bare
    assert "from day 0," not in banded + bare


def test_the_studys_table_counts_pairs_events_and_dates_as_what_they_are() -> None:
    """Five pairs of three events, which have two dates: three numbers under three titles, from many to few."""
    curve = {"days": [0], "caar": [0.0], "n_events": 3, "n_dates": 2, "events": 9, "dates": 9}
    text = captions([curve])
    assert "A: long: 5 pairs, 3 events, 2 dates" in text
    assert re.search(r"Group\s*Pairs\s*Events\s*Dates", text) and re.search(r"A: long\s*5\s*3\s*2", text)
    assert "5 events" not in text, "pairs are not called events"


def test_an_older_folders_study_is_not_said_to_have_dates_that_it_did_not_count() -> None:
    assert re.search(r"A: long\s*5\s*–\s*–", captions([{"days": [0], "caar": [0.0], "events": 3, "dates": 4}]))


def test_announcements_below_the_chart_are_counted_as_they_are_drawn() -> None:
    """The run ends on 2025-03-11: what became tradable on the 12th is not drawn, and the caption counts what is."""
    made = made_run()
    inside = report_page(record_of(made))
    record = record_of(made)
    later = pd.Timestamp("2025-03-12T01:30Z")

    def table_of(name: str) -> pd.DataFrame:
        frame = record.table(name)
        if name != "events":
            return frame
        return pd.concat([frame, frame.head(1).assign(event_id="late", first_tradable_at=later, signal=1.0)])

    page = report_page(RunRecord(run_id="x", document=record.document, table_of=table_of))
    for drawn in (page, inside):
        assert len(Outline(drawn).charts["equity-over-time"]["marks"]) == 1
    assert "; below, 1 announcement that a strategy signalled<" in inside
    assert "; below, 1 announcement that a strategy signalled (of 2 in the run)<" in page


@pytest.mark.parametrize("part", sorted(EVIDENCE))
@pytest.mark.parametrize("broken", [7, [1], {"groups": [{}]}, {"Buy on rival release": 3}, {"metric": "x"}])
def test_evidence_of_another_shape_costs_its_own_section_only(part: str, broken: Any) -> None:
    page = Outline(report_page(with_context(made_run(), **{part: broken})))
    assert any("could not be read" in text or "stored with this run" in text for text in page.absent)
    assert "Event cards" in page.headings


def test_a_number_of_evidence_beyond_all_numbers_costs_its_own_section_only() -> None:
    huge = {"profit_without": 10**400}
    found = {"concentration": {"top_1": huge, "top_3": huge},
             "leave_one_out": [{"event_id": "a", "return_without": 10**400, "return_rerun": None}]}  # fmt: skip
    page = Outline(report_page(with_context(made_run(), attribution={"Buy on rival release": found})))
    assert "Event cards" in page.headings


def test_strategies_keep_their_colour_and_nothing_depends_on_order_of_rows() -> None:
    first = report_page(with_context(made_run()))
    assert first == report_page(with_context(made_run()))


def test_what_was_left_out_is_counted_in_words() -> None:
    drops = {"events": {"before_period": 1}, "prices": {"duplicate": 2}, "relations": {"dead_end": 1}, "fx": {}}
    record = record_of(made_run())
    page = report_page(RunRecord(run_id="r", document={**record.document, "drops": drops}, table_of=record.table_of))
    assert "1 announcement left out. 2 price rows left out. 1 row of relations left out." in page


def test_numbers_of_the_page_are_those_of_the_folder() -> None:
    """Read back: each metric of the results table to its own digits, each point of the equity to six."""
    made = made_run()
    page, record = Outline(report_page(with_context(made))), record_of(made)
    curve = record.table("equity")
    for table in page.charts["equity-over-time"]["tables"]:
        for line in table["series"]:
            own = curve[curve["strategy"] == line["name"]]["equity"].to_numpy() / CASH - 1.0
            assert line["values"] == pytest.approx(own.tolist(), rel=1e-5, abs=1e-9)
    html = report_page(with_context(made))
    (results,) = re.findall(r'<table class="sortable results">.*?</table>', html, re.S)
    cells = re.findall(r'<td class="n[^"]*"[^>]*data-v="([^"i]*)"', results)  # without infinite ones
    stored = [value for row in record.rows for value in (*row["metrics"].values(), *row["counts"].values())]
    numbers = [value for value in stored if isinstance(value, float | int)]
    assert len(cells) > 20
    assert all(any(value == pytest.approx(float(cell), rel=1e-8) for value in numbers) for cell in cells)


def test_drawdowns_and_bars_tell_the_books() -> None:
    """Equity falls by 0.2 % on the 6th and is above its high on the 7th."""
    page = Outline(report_page(with_context(made_run())))
    assert re.search(r"Buy on rival release1-0.20%2025-03-052025-03-062025-03-0712", page.text)
    (table,) = [
        one for one in page.charts["bars-month"]["tables"] if one["series"][0]["name"] == "Buy on rival release"
    ]
    assert table["series"][0]["values"] == [pytest.approx(0.0049165)]


def test_what_was_paid_is_held_until_the_lot_is_closed() -> None:
    """500 at 100.05 from the 6th, sold on the 11th: nothing is held at that day's close."""
    page = Outline(report_page(with_context(made_run())))
    (table,) = page.charts["exposure-0"]["tables"]
    paid, equity = 500 * 100.05, (998_000.0, 1_001_000.0, 1_002_000.0)
    assert table["series"][0]["values"] == pytest.approx([0.0, *(paid / one for one in equity), 0.0], rel=1e-5)
