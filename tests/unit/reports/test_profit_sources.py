"""Profit by ticker, exit reason, market and sector: one answer for the page, the command and Python."""

from __future__ import annotations

import dataclasses

import pytest

from made_runs import CASH, METRICS, made_run, strategy
from newsbt.api import Result
from newsbt.domain.profit_breakdown import DIMENSIONS_OF_TRADES, NO_TRADE, TradeDimension
from newsbt.domain.record import RunRecord
from newsbt.domain.results import RunResult
from newsbt.domain.run_context import RunContext
from newsbt.errors import DataError
from newsbt.reports.profit_sources import NOT_KNOWN, profit_by, profit_view
from newsbt.reports.report_page import report_page
from newsbt.reports.results_table import lines_of
from newsbt.runs.run_document import record_of
from page_outline import Outline
from run_contexts import CONTEXT


def made(context: RunContext | None = CONTEXT, **metrics: float) -> RunResult:
    """The run that is made by hand, of its first strategy alone."""
    one = strategy("Buy on rival release", metrics={**METRICS, **metrics})
    return dataclasses.replace(made_run(strategies=[one], with_benchmark=False), context=context)


@pytest.mark.parametrize("by", DIMENSIONS_OF_TRADES)
def test_rows_of_a_strategy_add_up_to_its_net_profit(by: TradeDimension) -> None:
    found = profit_by(record_of(made()), by)
    assert found["pnl"].sum() == pytest.approx(4916.5)
    assert found["return"].sum() == pytest.approx(4916.5 / CASH)


def test_keys_are_tickers_reasons_markets_and_sectors() -> None:
    record = record_of(made())
    keys = {by: profit_by(record, by)["key"].tolist() for by in DIMENSIONS_OF_TRADES}
    assert keys == {"ticker": ["9988.HK"], "exit_reason": ["hold"], "market": ["XHKG"], "sector": ["internet"]}


def test_page_command_and_python_say_the_same() -> None:
    run = made()
    record = record_of(run)
    result = Result(**{field.name: getattr(run, field.name) for field in dataclasses.fields(run)})
    assert result.profit_by("ticker").equals(profit_by(record, "ticker"))
    lines = "\n".join(lines_of(profit_view(profit_by(record, "sector"), "sector"), 120))
    assert "Buy on rival release, profit 4,916 by sector" in lines and "internet" in lines
    text = Outline(report_page(record)).text
    assert "profit by sector, in HKD after costs" in text and "+4,916" in text


def test_a_folder_without_sectors_says_so_and_has_the_others() -> None:
    record = record_of(made())
    document = {key: value for key, value in record.document.items() if key != "listings"}
    old = RunRecord(run_id="old", document=document, table_of=record.table_of)  # type: ignore[arg-type]
    assert profit_by(old, "ticker")["key"].tolist() == ["9988.HK"]
    with pytest.raises(DataError, match="'old' is of a version that kept no markets and sectors; run it again"):
        profit_by(old, "sector")
    assert "kept no markets and sectors" in Outline(report_page(old)).text


def test_a_ticker_without_a_sector_is_counted() -> None:
    record = record_of(made(context=None))  # nothing is known of its tickers
    assert profit_by(record, "sector")["key"].tolist() == [NOT_KNOWN]


def test_an_unknown_dimension_names_those_there_are() -> None:
    with pytest.raises(DataError, match="no profit by 'colour'; there are ticker, exit_reason, market, sector"):
        profit_by(record_of(made()), "colour")  # type: ignore[arg-type]


def test_what_trades_leave_is_a_row_and_losses_have_no_share() -> None:
    """Lots made 4,916.5 and the account lost 5: 4,921.5 went elsewhere."""
    found = profit_by(record_of(made(final_equity=CASH - 5.0)), "ticker")
    assert found["key"].tolist() == ["9988.HK", NO_TRADE] and found["share"].isna().all()
    assert found["pnl"].tolist() == pytest.approx([4916.5, -4921.5])
