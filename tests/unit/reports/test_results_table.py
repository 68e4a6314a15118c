"""The results table for people: what is shown, how wide it gets, and that data stays data."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import pandas as pd
import pytest
from rich.console import Console

from made_runs import CASH, METRICS, made_run, strategy
from newsbt.domain.metrics import columns
from newsbt.domain.record import RunRecord
from newsbt.errors import DataError
from newsbt.reports.formats import results_markdown
from newsbt.reports.results_table import fitting_columns, lines_of, run_view
from newsbt.reports.run_text import facts, footnotes, refusals_by_reason
from newsbt.reports.table_columns import cell, money, percent, ratio, share
from newsbt.runs.run_document import record_of

NAMES = ("Buy on rival release", "Never", "buy_and_hold", "^HSTECH")


def shown(record: RunRecord, width: int) -> list[str]:
    return list(lines_of(run_view(record, width), width))


def column(key: str) -> object:
    return next(item for item in columns() if item.key == key)


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
def test_it_fits_and_keeps_every_row_and_number_whole(width: int) -> None:
    lines = shown(record_of(made_run()), width)
    assert max(map(len, lines)) <= width
    text = "\n".join(lines)
    for word in " ".join(NAMES).split():
        assert word in text
    assert "1.50 0.03..2.97" in text
    assert "+0.49%" in text
    assert "…" not in text


def test_the_wider_the_more_columns_and_none_is_lost_again() -> None:
    rows = record_of(made_run()).rows
    chosen = [{item.key for item in fitting_columns(rows, width)} for width in range(40, 260, 10)]
    assert all(narrow <= wide for narrow, wide in pairwise(chosen))
    assert chosen[0] >= {"total_return", "sharpe"}
    assert len(chosen[-1]) > len(chosen[8]) > len(chosen[4])


def test_a_long_name_is_folded_not_cut() -> None:
    name = "Buy every Chinese AI stock when a rival model is released, hold a week"
    text = "".join(line.split("  ")[0].strip() for line in shown(record_of(made_run(strategies=[strategy(name)])), 80))
    assert name.replace(" ", "") in text.replace(" ", "")


def test_columns_without_any_value_are_left_out() -> None:
    rows = record_of(made_run()).rows
    assert "placebo_p" not in {item.key for item in fitting_columns(rows, 400)}
    tried = record_of(made_run(strategies=[strategy("A", metrics={**METRICS, "placebo_p": 0.031}, reasons={})])).rows
    assert "placebo_p" in {item.key for item in fitting_columns(tried, 120)}


def test_each_row_carries_its_evidence_and_what_could_not_be_traded() -> None:
    evidence = {**METRICS, "placebo_p": 0.031, "p_adjusted": 0.062, "dsr": 0.41}
    rows = record_of(made_run(strategies=[strategy("A", metrics=evidence, reasons={})])).rows
    cells = {item.title: cell(rows[0], item).text for item in fitting_columns(rows, 400)}
    assert (cells["Sharpe"], cells["PSR"], cells["DSR"]) == ("1.50 0.03..2.97", "0.930", "0.410")
    assert (cells["Placebo p"], cells["Adj. p"]) == ("0.031", "0.062")
    assert (cells["Events"], cells["Dates"]) == ("1", "1")
    assert (cells["Refused"], cells["Unfillable"]) == ("1", "+0.08%")
    assert (cells["Gross"], cells["Costs"], cells["Slippage"]) == ("+0.50%", "31", "52")


def test_the_header_says_what_was_used_dropped_and_refused() -> None:
    stated = dict(facts(record_of(made_run())))
    assert stated["Period"] == "2025-03-05 to 2025-03-11, 5 rows on XHKG, XNYS (246.4 rows a year)"
    assert stated["Events"] == "14 read; 2 linked; dropped: 12 before period, 1 after period"
    assert stated["Dropped prices"] == "1 duplicate"
    assert stated["Refused orders"] == "1: 1 limit up"
    assert "2 relations" in stated["Hindsight"]


@pytest.mark.parametrize(("number", "lines"), [(4, 4), (5, 4), (12, 4)])
def test_many_strategies_placebos_leave_room_for_the_table(number: int, lines: int) -> None:
    names = [f"S{k}" for k in range(number)]
    placebo = {name: {"metric": "t", "note": f"t {name}"} for name in names}
    run = made_run(strategies=[strategy(name) for name in names])
    made = record_of(replace(run, evidence={"placebo": placebo}))
    shown = [line for line in lines_of(run_view(made, 120), 120) if line.startswith("Placebo ")]
    assert len(shown) == lines
    assert [text for label, text in facts(made) if label == "Placebo"] == [f"{name}: t {name}" for name in names]
    rest = "S3: t S3" if number == 4 else f"and {number - 3} more strategies, each in the report and in evidence.json"
    assert shown[-1].endswith(rest)


def test_refusals_of_baselines_are_not_the_strategies() -> None:
    assert refusals_by_reason(record_of(made_run())) == {"limit_up": 1}


def test_notices_and_warnings_stand_beside_the_numbers() -> None:
    text = "\n".join(shown(record_of(made_run()), 120))
    assert "! simulated sample" in text
    assert "! market rules were not applied" in text
    assert "! Never: the queue and not the signal decided who was bought" in text


def test_empty_cells_say_why() -> None:
    rows = record_of(made_run()).rows
    notes = footnotes(rows, [column("sharpe"), column("hit_rate"), column("sortino"), column("profit_factor")])
    assert "Sharpe, Hit, Profit f.: no trades (Never, ^HSTECH)" in notes
    assert "Sortino: no downside" in notes
    assert cell(rows[0], column("profit_factor")).text == "inf"
    assert cell(rows[1], column("sharpe")).text == "–"


def test_a_run_without_trades_is_shown() -> None:
    flat = strategy("Never", trades=False, equity=[CASH] * 5)
    text = "\n".join(shown(record_of(made_run(strategies=[flat], with_benchmark=False)), 80))
    assert "Never" in text
    assert "Refused orders  none" in text


def lost(name: str) -> pd.DataFrame:
    raise DataError(f"there is no {name}.parquet")


def test_a_run_folder_with_little_in_it_is_shown() -> None:
    record = RunRecord(run_id="old", document={"strategies": [{"name": "A", "kind": "strategy"}]}, table_of=lost)
    text = "\n".join(shown(record, 80))
    assert "unknown" in text
    assert "A" in text


def test_markup_and_control_characters_in_names_stay_harmless() -> None:
    name = "[bold red]A[/]\x1b[31m\x07:smile:"
    console = Console(width=120, force_terminal=True, color_system=None, markup=True, emoji=True)
    with console.capture() as capture:
        console.print(run_view(record_of(made_run(name="x", strategies=[strategy(name)])), 120))
    text = capture.get()
    assert "[bold red]A[/][31m:smile:" in text
    assert "\x07" not in text
    assert "\x1b" not in text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0123, "+1.23%"), (-0.0123, "-1.23%"), (0.123, "+12.3%"), (0.0, "0.00%"), (-1e-9, "0.00%"), (25.0, "+2,500%"),
     (0.09999, "+10.0%"), (-1.0, "-100.0%")],
)  # fmt: skip
def test_percent(value: float, text: str) -> None:
    assert percent(value) == text


def test_other_numbers() -> None:
    assert share(0.5) == "50.0%"
    assert ratio(-0.001) == "0.00"
    assert ratio(-1.5) == "-1.50"
    assert ratio(123456.0) == "123,456"
    assert money(1_004_916.5) == "1,004,916"


def test_a_gain_and_a_loss_can_be_told_apart_without_colour() -> None:
    rows = record_of(made_run(strategies=[strategy("A", metrics={**METRICS, "total_return": -0.02})])).rows
    shown_cell = cell(rows[0], column("total_return"))
    assert (shown_cell.text, shown_cell.sign) == ("-2.00%", -1)


def test_markdown_keeps_its_columns_whatever_the_name() -> None:
    lines = results_markdown(record_of(made_run(strategies=[strategy("a|b *c* <d>\n[e]")])).rows).splitlines()
    assert lines[2].startswith(r"| a\|b \*c\* &lt;d> \[e\] |")
    assert len({line.replace(r"\|", "").count("|") for line in lines}) == 1


@pytest.mark.parametrize("ends", [{}, {"sharpe_low": math.nan, "sharpe_high": 2.0}])
def test_an_interval_that_is_not_known_is_left_out(ends: dict[str, float]) -> None:
    row = record_of(made_run(strategies=[strategy("A", metrics={"sharpe": 1.0, **ends})])).rows[0]
    assert cell(row, column("sharpe")).text == "1.00"
