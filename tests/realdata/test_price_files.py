"""Real files with real faults: each is named right by `newsbt data check`."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from newsbt.cli import main

pytestmark = pytest.mark.realdata


@pytest.fixture
def folder() -> Path:
    if "NEWSBT_REALDATA" not in os.environ:
        pytest.skip("NEWSBT_REALDATA names no folder of real prices")
    return Path(os.environ["NEWSBT_REALDATA"])


@pytest.fixture
def check(folder: Path, capsys: pytest.CaptureFixture[str]):
    def checked(*files: str, code: int, options: tuple[str, ...] = ()) -> list[dict[str, Any]]:
        assert main(["data", "check", *(str(folder / file) for file in files), *options, "--json"]) == code
        return json.loads(capsys.readouterr().out)["findings"]

    return checked


def of_kind(findings: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [finding for finding in findings if finding["kind"] == kind]


def test_every_day_fifteen_times(check) -> None:
    """Stamped by the minute: no daily file; and read as bars, every one of them stands many times."""
    file = "dirty_NVDA_duplicated_rows.csv.gz"
    first, *others = check(file, code=2)
    assert first["kind"] == "bad_value" and "which has a time of day, as all others have" in first["message"]
    options = ("--column", "bar_start=date", "--timezone", "UTC", "--exchange", "XNAS")
    for found in (others, check(file, code=2, options=options)):
        assert of_kind(found, "duplicate")[0]["line"] > 2
        assert sum(finding["count"] for finding in of_kind(found, "duplicate")) == 3488


def test_one_download_under_two_names_with_three_fields_a_name(check) -> None:
    found = check("dirty_zjplab_0700.HK.csv.gz", "dirty_zjplab_9988.HK.csv.gz", code=0)
    assert [Path(finding["file"]).name for finding in of_kind(found, "same_file")] == ["dirty_zjplab_9988.HK.csv.gz"]
    assert not of_kind(found, "unreadable")
    assert {finding["ticker"] for finding in found if finding["ticker"]} >= {"1810.HK", "3690.HK", "9999.HK"}


def test_snapshots_with_volumes_of_no_share(check) -> None:
    options = ("--volume-unit", "100", "--exchange", "XSHE")
    found = check("dirty_chandlergis_002315.SZ.csv.gz", code=0, options=options)
    (absurd,) = of_kind(found, "absurd_volume")
    assert "2025-08-12, 2025-08-27" in absurd["message"] and "snapshot" in absurd["message"]


def test_half_days_of_hong_kong_as_flat_bars(check) -> None:
    found = check("hk_daily.csv.gz", code=2, options=("--adjusted",))
    halves = {finding["ticker"]: finding["message"] for finding in of_kind(found, "half_day_bar")}
    assert "2024-12-24, 2024-12-31, 2025-01-28" in halves["9988.HK"]
    assert len(halves) >= 40
    assert {finding["message"].split(" ")[0] for finding in of_kind(found, "ohlc_order")} >= {"0285.HK", "0552.HK"}
    assert not of_kind(found, "off_tick")
    assert [(one["ticker"], one["count"], one["date"]) for one in of_kind(found, "before_listing")] == [
        ("0300.HK", 60, "2024-07-05")
    ]
    assert not of_kind(found, "blank_price") and not of_kind(found, "gap")
    assert {"0020.HK", "9888.HK"} <= {finding["ticker"] for finding in of_kind(found, "late_start")}


def test_a_holiday_that_copies_the_day_before(check) -> None:
    found = check("index_daily.csv.gz", code=2, options=("--exchange", "XHKG"))
    (first,) = of_kind(found, "flat_bar")
    assert (first["ticker"], first["date"], first["count"]) == ("^HSTECH", "2020-07-02", 17)
    copied = [finding for finding in of_kind(found, "not_a_session") if finding["ticker"] == "^HSTECH"]
    assert [finding["message"] for finding in copied] == [
        "^HSTECH has rows on days on which XHKG was closed, copies of the row before: 2025-07-01"
    ]


def test_share_bonuses_that_no_column_tells(check) -> None:
    """Raw prices: three ex-dates fall through the floor; with the exchange's own reference prices none does."""
    found = of_kind(check("ashare_daily_2025_unadj.csv.gz", code=0, options=("--volume-unit", "100")), "beyond_limit")
    assert {(finding["ticker"], finding["date"]) for finding in found} == {
        ("300502.SZ", "2025-05-28"), ("300058.SZ", "2025-06-04"), ("603881.SH", "2025-06-13"),
    }  # fmt: skip
    given = check("ashare_daily_2025_with_prevclose.csv.gz", code=0, options=("--volume-unit", "100"))
    assert not of_kind(given, "beyond_limit")


def test_five_minute_bars_are_stamped_at_their_end(check) -> None:
    file = "ashare_5min_2025-07-11_2025-07-31.csv.gz"
    options = ("--column", "bar_start=datetime", "--timezone", "Asia/Shanghai", "--volume-unit", "100")
    found = check(file, code=0, options=options)
    assert {finding["kind"] for finding in found} == {"stamped_at_end"} and len(found) == 9
    assert sum(finding["count"] for finding in found) == 9
    assert check(file, code=0, options=(*options, "--stamp", "end")) == []


LOTS = ("--volume-unit", "100")


@pytest.mark.parametrize(
    ("files", "options", "ticker", "days"),
    [
        (("ashare_daily_qfq", "ashare_daily_2025_unadj"), LOTS, "002315.SZ", ["2025-04-11"]),
        (("ashare_daily_qfq", "ashare_daily_2025_unadj"), LOTS, "300502.SZ", ["2025-05-28"]),
        (("ashare_daily_qfq", "ashare_daily_2025_unadj"), LOTS, "300058.SZ", ["2025-06-04"]),
        (("ashare_daily_qfq", "ashare_daily_2025_unadj"), LOTS, "603881.SH", ["2025-06-13"]),
        (("us_daily_adj", "us_daily_unadj_2024-03_2025-03"), (), "BABA", ["2024-06-13"]),
        (("us_daily_unadj_2024-03_2025-03", "us_daily_iex_alpaca"), (), "BABA", ["2024-12-23", "2024-12-24"]),
        (("hk_daily", "hk_daily_vintage_2025-05-22"), (), "9988.HK", []),
    ],
)
def test_two_sources_of_one_ticker_differ(check, files, options, ticker, days) -> None:
    found = check(*(f"{file}.csv.gz" for file in files), code=2 if "hk_daily" in files else 0, options=options)
    (one,) = [finding for finding in of_kind(found, "sources_differ") if finding["ticker"] == ticker]
    assert all(day in one["message"] for day in days)


# What SOURCES.md describes of each file, by kind; the volume of an index, and where a ticker begins, are no rows.
FILES = {
    "hk_daily": {"half_day_bar", "flat_bar", "ohlc_order", "before_listing"},
    "hk_daily_vintage_2025-05-22": {"half_day_bar", "flat_bar"},
    "us_daily_adj": {"zero_volume"},
    "us_daily_unadj_2024-03_2025-03": set(),
    "us_daily_iex_alpaca": set(),
    "ashare_daily_qfq": set(),
    "ashare_daily_2025_unadj": set(),
    "ashare_daily_2025_with_prevclose": set(),
    "index_daily": {"flat_bar", "copied_row"},
}


@pytest.mark.parametrize("file", FILES)
def test_at_most_one_good_row_in_a_hundred_is_flagged(folder: Path, file: str, capsys) -> None:
    options = LOTS if file.startswith("ashare") else ()
    main(["data", "check", str(folder / f"{file}.csv.gz"), *options, "--json"])
    document = json.loads(capsys.readouterr().out)
    flagged = Counter()
    for finding in document["findings"]:
        flagged[finding["kind"]] += 0 if finding["kind"] in FILES[file] else finding["count"]
    assert sum(flagged.values()) <= 0.01 * document["counts"]["rows"], flagged
