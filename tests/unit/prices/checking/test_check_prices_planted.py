"""Every fault of prices that `newsbt data check` knows, planted in clean data of other markets and years: found, with
the kind, the ticker, the day and the line; and nothing is found in clean data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from clean_prices import MARKETS, clean_bars, clean_prices, on_steps, sessions_of
from newsbt.domain.entity import Universe
from newsbt.domain.findings import Finding
from newsbt.markets.guessed_market import guessed_instrument
from newsbt.markets.rulebook import load_rulebook
from newsbt.prices.checking import check_sources
from newsbt.prices.price_readers import CsvPrices

PRICES = ["open", "high", "low", "close"]
SEEDS = (3, 11)


class Planted(NamedTuple):
    """The frame with its fault, the kind that names it, and the first row of it, as a place in the frame."""

    frame: pd.DataFrame
    kind: str
    row: int
    count: int | None = None  # where every row of it is counted


def one_ticker(frame: pd.DataFrame, chance: np.random.Generator, margin: int = 30) -> np.ndarray:
    """The rows of a ticker, but for a margin on either side; the first of them is a row by chance."""
    ticker = chance.choice(frame["ticker"].unique())
    rows = np.flatnonzero(frame["ticker"] == ticker)
    return rows[chance.integers(margin, len(rows) - margin) :]


def gap(frame: pd.DataFrame, mic: str, chance: np.random.Generator) -> Planted:
    rows = one_ticker(frame, chance)
    return Planted(frame.drop(index=rows[1:4]).reset_index(drop=True), "gap", rows[0], 3)


def duplicate(frame: pd.DataFrame, mic: str, chance: np.random.Generator) -> Planted:
    row = one_ticker(frame, chance)[0]
    again = pd.concat([frame, frame.iloc[[row]].assign(volume=1e6)], ignore_index=True)
    return Planted(again, "duplicate", len(frame), 1)


def flat_half_day(frame: pd.DataFrame, mic: str, chance: np.random.Generator) -> Planted:
    listed = sessions_of(mic)
    length = listed.close_at - listed.open_at
    half = listed.dates[length < np.sort(length)[len(length) // 2]]
    row = int(np.flatnonzero(frame["date"] == half[-1])[1])
    frame.loc[row, PRICES] = frame["close"][row - 1]
    frame.loc[row, "volume"] = 0
    return Planted(frame, "half_day_bar", row, 1)


def copied_holiday(frame: pd.DataFrame, mic: str, chance: np.random.Generator) -> Planted:
    days = frame["date"][frame["ticker"] == frame["ticker"][0]].to_numpy().astype("M8[D]")
    weekdays = np.arange(days[0], days[-1])
    weekdays = weekdays[np.is_busday(weekdays)]
    closed = chance.choice(weekdays[~np.isin(weekdays, days)])
    row = int(np.flatnonzero(days < closed)[-1])
    copy = frame.iloc[[row]].assign(date=closed)
    return Planted(pd.concat([frame, copy], ignore_index=True), "not_a_session", len(frame), 1)


def copied_row(frame: pd.DataFrame, mic: str, chance: np.random.Generator) -> Planted:
    row = one_ticker(frame, chance)[0]
    frame.loc[row, [*PRICES, "volume"]] = frame.loc[row - 1, [*PRICES, "volume"]]
    return Planted(frame, "copied_row", row, 1)


def flat_bar(frame: pd.DataFrame, mic: str, chance: np.random.Generator) -> Planted:
    row = one_ticker(frame, chance)[0]
    frame.loc[row, PRICES] = frame["close"][row - 1]
    frame.loc[row, "volume"] = 0
    return Planted(frame, "flat_bar", row, 1)


def no_share(frame: pd.DataFrame, mic: str, chance: np.random.Generator) -> Planted:
    row = one_ticker(frame, chance)[0]
    frame.loc[row, "volume"] = 5.9e-39
    return Planted(frame, "absurd_volume", row, 1)


def too_many_shares(frame: pd.DataFrame, mic: str, chance: np.random.Generator) -> Planted:
    row = one_ticker(frame, chance)[0]
    frame.loc[row, "volume"] *= 3_000
    return Planted(frame, "absurd_volume", row, 1)


def fewer_than_none(frame: pd.DataFrame, mic: str, chance: np.random.Generator) -> Planted:
    row = one_ticker(frame, chance)[0]
    frame.loc[row, "volume"] = -5.0
    return Planted(frame, "bad_value", row, 1)


def lots_from_a_day_on(frame: pd.DataFrame, mic: str, chance: np.random.Generator) -> Planted:
    rows = one_ticker(frame, chance)
    frame.loc[rows, "volume"] = np.ceil(frame["volume"][rows] / 100)
    return Planted(frame, "volume_unit", rows[0])


def split_in_no_column(frame: pd.DataFrame, mic: str, chance: np.random.Generator) -> Planted:
    rows = one_ticker(frame, chance)
    frame.loc[rows, PRICES] = on_steps(frame.loc[rows, PRICES].to_numpy() / 5, 0.01)
    return Planted(frame, "unadjusted_split", rows[0], 1)


def split_taken_out_twice(frame: pd.DataFrame, mic: str, chance: np.random.Generator) -> Planted:
    rows = one_ticker(frame, chance)
    before = np.flatnonzero((frame["ticker"] == frame["ticker"][rows[0]]) & (frame.index < rows[0]))
    frame.loc[before, PRICES] = on_steps(frame.loc[before, PRICES].to_numpy() / 4, 0.01)
    return Planted(frame, "unadjusted_split", rows[0], 1)


def split_beside_adjusted_prices(frame: pd.DataFrame, mic: str, chance: np.random.Generator) -> Planted:
    row = one_ticker(frame, chance)[0]
    frame["split"] = np.where(frame.index == row, 4.0, np.nan)
    return Planted(frame, "split_in_prices", row, 1)


def wrong_for_a_day(frame: pd.DataFrame, mic: str, chance: np.random.Generator) -> Planted:
    row = one_ticker(frame, chance)[0]
    factor = chance.choice([0.5, 2.0, 10.0])
    frame.loc[row, PRICES] = on_steps(frame.loc[row, PRICES].to_numpy() * factor, 0.05)
    return Planted(frame, "large_move", row, 1)


def beyond_the_limit(frame: pd.DataFrame, mic: str, chance: np.random.Generator) -> Planted:
    row = one_ticker(frame, chance)[0]
    frame.loc[row, ["high", "close"]] = round(frame["close"][row - 1] * 1.24, 2)
    return Planted(frame, "beyond_limit", row)


def off_its_step(frame: pd.DataFrame, mic: str, chance: np.random.Generator) -> Planted:
    row = one_ticker(frame, chance)[0]
    frame.loc[row, "close"] = frame.loc[row, ["low", "high"]].mean() + 0.0037
    frame.loc[row, "high"] += 0.1
    return Planted(frame, "off_tick", row, 1)


def adjusted_up_to_a_day(frame: pd.DataFrame, mic: str, chance: np.random.Generator) -> Planted:
    rows = one_ticker(frame, chance, margin=60)
    before = np.flatnonzero((frame["ticker"] == frame["ticker"][rows[0]]) & (frame.index < rows[0]))
    frame.loc[before, PRICES] *= 0.98765
    return Planted(frame, "adjusted_prices", before[0], 1)


def stale_tail(frame: pd.DataFrame, mic: str, chance: np.random.Generator) -> Planted:
    rows = one_ticker(frame, chance)
    tail = rows[-8:]
    frame.loc[tail, PRICES] = frame["close"][tail[0] - 1]
    return Planted(frame, "stale_tail", tail[0], 8)


def ends_early(frame: pd.DataFrame, mic: str, chance: np.random.Generator) -> Planted:
    rows = one_ticker(frame, chance)
    return Planted(frame.drop(index=rows[1:]).reset_index(drop=True), "ends_early", rows[0], 1)


def one_series_twice(frame: pd.DataFrame, mic: str, chance: np.random.Generator) -> Planted:
    first, second = (np.flatnonzero(frame["ticker"] == name) for name in frame["ticker"].unique()[:2])
    frame.loc[second[40:], [*PRICES, "volume"]] = frame.loc[first[40:], [*PRICES, "volume"]].to_numpy()
    return Planted(frame, "same_series", second[40])


def before_it_traded(frame: pd.DataFrame, mic: str, chance: np.random.Generator) -> Planted:
    rows = one_ticker(frame, chance)
    early = np.flatnonzero((frame["ticker"] == frame["ticker"][rows[0]]) & (frame.index < rows[0]))
    frame.loc[early, PRICES] = np.nan if chance.random() < 0.5 else frame["open"][rows[0]]
    frame.loc[early, "volume"] = 0
    return Planted(frame, "before_listing", early[0], len(early))


def open_above_high(frame: pd.DataFrame, mic: str, chance: np.random.Generator) -> Planted:
    row = one_ticker(frame, chance)[0]
    frame.loc[row, "open"] = frame["high"][row] + 0.5
    return Planted(frame, "ohlc_order", row, 1)


def a_price_of_zero(frame: pd.DataFrame, mic: str, chance: np.random.Generator) -> Planted:
    row = one_ticker(frame, chance)[0]
    frame.loc[row, "low"] = 0.0
    return Planted(frame, "not_positive", row, 1)


def days_of_another_zone(frame: pd.DataFrame, mic: str, chance: np.random.Generator) -> Planted:
    """Mondays become Sundays: midnights of a zone further east, cut to days."""
    rows = np.flatnonzero(frame["ticker"] == frame["ticker"].unique()[1])
    frame.loc[rows, "date"] -= pd.Timedelta(days=1)
    days = frame["date"][rows].to_numpy().astype("M8[D]")
    stray = ~np.isin(days, sessions_of(mic).dates)
    return Planted(frame, "not_a_session", rows[stray][0])


FAULTS: list[Callable[[pd.DataFrame, str, np.random.Generator], Planted]] = [
    gap, duplicate, flat_half_day, copied_holiday, copied_row, flat_bar, no_share, too_many_shares, fewer_than_none,
    lots_from_a_day_on, wrong_for_a_day, split_in_no_column, split_taken_out_twice, split_beside_adjusted_prices,
    beyond_the_limit, off_its_step, adjusted_up_to_a_day, stale_tail, ends_early, one_series_twice, before_it_traded,
    open_above_high, a_price_of_zero, days_of_another_zone,
]  # fmt: skip

ONLY_IN = {flat_half_day: ("XNYS", "XHKG"), beyond_the_limit: ("XSHG", "XSHE")}  # that have half days, or limits
PLANTED = [
    pytest.param(fault, mic, id=f"{fault.__name__}-{mic}") for fault in FAULTS for mic in ONLY_IN.get(fault, MARKETS)
]


def checked(folder: Path, frame: pd.DataFrame, universe: Universe | None = None, **reading: str) -> list[Finding]:
    path = folder / "prices.csv"
    frame.to_csv(path, index=False)

    def instrument_of(ticker: str):
        return guessed_instrument(ticker) if universe is None else universe[ticker]

    reader = CsvPrices(path=path, **reading)
    return list(check_sources([reader], instrument_of, load_rulebook(), universe=universe).findings)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("mic", MARKETS)
def test_nothing_is_odd_about_clean_prices(tmp_path: Path, mic: str, seed: int) -> None:
    assert checked(tmp_path, clean_prices(mic, seed)) == []


@pytest.mark.parametrize(("fault", "mic"), PLANTED)
def test_a_fault_is_found_where_it_is(tmp_path: Path, fault: Callable[..., Planted], mic: str) -> None:
    for seed in SEEDS:
        made = fault(clean_prices(mic, seed), mic, np.random.default_rng(seed))
        found = checked(tmp_path, made.frame)
        (one,) = [finding for finding in found if finding.kind == made.kind]
        row = made.frame.iloc[made.row]
        assert one.ticker == row["ticker"], found
        if made.kind != "gap":
            assert one.date == str(row["date"])[:10], found
        if made.kind != "same_series":
            assert (Path(str(one.file)).name, one.line) == ("prices.csv", made.row + 2), found
        if made.count is not None:
            assert one.count == made.count, found
        assert {finding.ticker for finding in found} == {row["ticker"]}, found


def test_rows_before_a_listing_and_after_an_end(tmp_path: Path) -> None:
    frame = clean_prices("XNYS", 5)
    days = sessions_of("XNYS").dates
    items = []
    for k, ticker in enumerate(frame["ticker"].unique()):
        item = guessed_instrument(ticker)
        assert item is not None
        dates = {1: {"listed_on": days[40].item()}, 2: {"delisted_on": days[-11].item()}}.get(k, {})
        items.append(type(item)(**{**{f: getattr(item, f) for f in item.__dataclass_fields__}, **dates}))
    found = checked(tmp_path, frame, Universe(instruments=tuple(items)))
    assert [(one.kind, one.ticker, one.count) for one in found] == [
        ("before_listing", items[1].ticker, 40), ("after_delisting", items[2].ticker, 10),
    ]  # fmt: skip


@pytest.mark.parametrize("mic", MARKETS)
def test_bars_of_another_zone_and_midnights(tmp_path: Path, mic: str) -> None:
    bars = clean_bars(mic, 7)
    assert checked(tmp_path, bars, timezone="UTC") == []
    day = bars["bar_start"].dt.date
    shifted = bars.copy()
    mine = day == sorted(set(day))[4]
    shifted.loc[mine, "bar_start"] += pd.Timedelta(hours=3)
    (one,) = [one for one in checked(tmp_path, shifted, timezone="UTC") if one.kind == "not_a_session"]
    assert one.date == str(sorted(set(day))[4]) and "fit when moved by -3 hours: stamps of another zone" in one.message
    zone = load_rulebook().exchange(mic).time_zone
    local = bars["bar_start"].dt.tz_localize("UTC").dt.tz_convert(zone)
    midnight = local.dt.normalize().dt.tz_convert("UTC").dt.tz_localize(None)
    stamped = pd.concat([bars, bars.iloc[[40]].assign(bar_start=midnight[40])], ignore_index=True)
    (one,) = [one for one in checked(tmp_path, stamped, timezone="UTC") if one.kind == "midnight_stamp"]
    assert (one.count, one.line) == (1, len(bars) + 2)


def test_two_sources_that_differ_over_a_dividend(tmp_path: Path) -> None:
    frame = clean_prices("XHKG", 9, tickers=2)
    other = frame.copy()
    before = other["date"] < other["date"][100]
    other.loc[before & (other["ticker"] == "0002.HK"), PRICES] *= 0.97
    for name, one in (("a.csv", frame), ("b.csv", other)):
        one.to_csv(tmp_path / name, index=False)
    readers = [CsvPrices(path=tmp_path / name) for name in ("a.csv", "b.csv")]
    found = check_sources(readers, guessed_instrument, load_rulebook()).findings
    (one,) = [finding for finding in found if finding.kind == "sources_differ"]
    assert one.ticker == "0002.HK" and f"their returns differ on {str(frame['date'][100])[:10]}" in one.message


def test_days_that_all_have_a_time_are_looked_at_as_bars(tmp_path: Path) -> None:
    frame = clean_prices("XNYS", 3, tickers=1)
    frame["date"] = frame["date"].astype(str).str[:10] + " 14:30:00"
    found = checked(tmp_path, pd.concat([frame, frame.iloc[:7]], ignore_index=True))
    assert [one.kind for one in found if one.is_error] == ["bad_value", *["duplicate"] * 7]
    assert "say `columns: {bar_start: date}` and a `timezone`" in found[0].message
