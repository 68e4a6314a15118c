"""What a run says of itself: bars a year by the calendar, and every kind of row that it left out."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from news_world import CONFIG, TABLES
from newsbt.check import check
from newsbt.config.loading import load
from newsbt.markets.calendars import sessions
from newsbt.markets.rulebook import load_rulebook
from newsbt.pipeline import run
from projects import write_project

AUTO = CONFIG.replace("periods_per_year: 250", "periods_per_year: auto")


def test_bars_a_year_are_the_mean_of_five_calendar_years(tmp_path: Path) -> None:
    listed = sessions("XSHG", date(2021, 1, 1), date(2025, 12, 31), load_rulebook())
    assert run(load(write_project(tmp_path, AUTO, **TABLES))).summary.periods_per_year == len(listed) / 5
    assert len(listed) / 5 == pytest.approx(243, abs=1)


def test_skipped_rates_and_prices_of_strangers_are_counted(tmp_path: Path) -> None:
    path = write_project(
        tmp_path,
        CONFIG.replace("currency: CNY", "currency: HKD"),
        **{**TABLES, "prices": TABLES["prices"] + "    Z.SH, 2025-03-05, 1, 1, 1, 1, 1\n"},
        fx="pair, date, rate\nCNYHKD, 2025-02-28, 1.1\nCNYHKD, 2025-03-03, none\nCNYHKD, 2025-02-28, 1.2",
    )
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("path: fx.csv", "path: fx.csv\n  on_bad_row: skip"), encoding="utf-8")
    drops = check(load(path)).drops
    assert drops["fx"] == {"bad_value": 1, "duplicate": 1}
    assert drops["prices of tickers that are no instruments"] == {"Z.SH": 1}
