"""Prices and rates out of a store: as traded, of the newest pull as of an instant, and nothing asked of anybody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from newsbt.domain.price_table import PriceTable
from newsbt.domain.ticker_forms import KnownTickers
from newsbt.errors import ConfigError, DataError
from newsbt.price_store import Adjusted, PulledPrices, PulledRates
from newsbt.prices.source import PriceSource
from newsbt.prices.splits import STORED_ADVICE, split_doubts
from newsbt.prices.stored_prices import StoredFx, StoredPrices
from newsbt.testing import check_fx, check_provider
from pulled_answers import NOON, prices, rates, store_at

LATE = "2030-01-01T00:00:00Z"


def reader(folder: Path, as_of: str | datetime | None = LATE, **options: str) -> StoredPrices:
    return StoredPrices(path=folder, as_of=as_of, **options)


def column(table: PriceTable, name: str, ticker: str = "0700.HK") -> dict[str, float]:
    """A ticker's values by day, without blanks."""
    rows = np.flatnonzero(np.array(table.tickers)[table.ticker_code] == ticker)
    found = {str(table.when[row]): float(table.values[name][row]) for row in rows}
    return {day: value for day, value in sorted(found.items()) if value == value}


# A made-up company: 2 for 1 on the fourth day, 0.6 a share on the sixth, 3 for 2 on the eighth.
DAYS = [f"2025-02-{day:02d}" for day in (3, 4, 5, 6, 7, 10, 11, 12, 13, 14)]
SPLITS = {DAYS[3]: 2.0, DAYS[7]: 1.5}
DIVIDENDS = {DAYS[5]: 0.6}
CLOSE = [100.1, 101.3, 99.7, 50.2, 51.15, 50.4, 50.85, 34.25, 34.6, 33.95]
OPEN = [99.9, 100.4, 100.9, 49.95, 50.3, 50.75, 50.2, 33.8, 34.3, 34.55]
HIGH = [round(max(pair) * 1.01, 2) for pair in zip(OPEN, CLOSE, strict=True)]
LOW = [round(min(pair) * 0.99, 2) for pair in zip(OPEN, CLOSE, strict=True)]
VOLUME = [1_234_500.0, 987_600.0, 1_500_300.0, 2_222_200.0, 1_111_200.0, 900_900.0, 1e6, 3e6, 2e6, 1_800_600.0]
PREVIOUS = [99.8, 100.1, 101.3, 49.85, 50.2, 50.55, 50.4, 33.9, 34.25, 34.6]
TRADED = dict(zip(("open", "high", "low", "close", "volume"), (OPEN, HIGH, LOW, CLOSE, VOLUME), strict=True))


def after(day: str, through: str) -> float:
    """The splits behind a day, up to another, multiplied."""
    return float(np.prod([ratio for when, ratio in SPLITS.items() if day < when <= through]))


def answer(provider: str, adjusted: Adjusted, columns: Mapping[str, list[float]], days: list[str]) -> PulledPrices:
    numbers = {name: values[: len(days)] for name, values in columns.items() if name not in ("close",)}
    return prices(days, columns["close"][: len(days)], provider=provider, adjusted=adjusted, **numbers)


def yahoo(through: str = DAYS[-1]) -> PulledPrices:
    """As Yahoo gives it on a day: split-adjusted in single precision, dividends too, whatever `auto_adjust` says."""
    days = [day for day in DAYS if day <= through]
    held = [after(day, through) for day in DAYS]
    columns = {
        name: [float(np.float32(value / factor)) for value, factor in zip(values, held, strict=True)]
        for name, values in TRADED.items()
    }
    columns["volume"] = [value * factor for value, factor in zip(VOLUME, held, strict=True)]
    columns["dividend"] = [round(DIVIDENDS.get(day, 0.0) / factor, 6) for day, factor in zip(DAYS, held, strict=True)]
    columns["split"] = [SPLITS.get(day, 0.0) for day in DAYS]
    return answer("yfinance", "splits", columns, days)


def akshare() -> PulledPrices:
    """Unadjusted, with a previous close of 收盘 - 涨跌额, and nothing of dividends and splits."""
    nothing = [float("nan")] * len(DAYS)
    previous = [close - round(close - before, 2) for close, before in zip(CLOSE, PREVIOUS, strict=True)]
    columns = TRADED | {"previous_close": previous, "dividend": nothing, "split": nothing}
    return answer("akshare", "none", columns, DAYS)


def baostock() -> PulledPrices:
    """Unadjusted, with preclose, dividends and shares given on the day on which they go ex."""
    columns = TRADED | {
        "previous_close": PREVIOUS,
        "dividend": [DIVIDENDS.get(day, 0.0) for day in DAYS],
        "split": [SPLITS.get(day, 0.0) for day in DAYS],
    }
    return answer("baostock", "none", columns, DAYS)


def expected(values: list[float]) -> dict[str, float]:
    return dict(zip(DAYS, values, strict=True))


@pytest.mark.parametrize("form", [yahoo, akshare, baostock])
def test_each_provider_gives_the_prices_that_were_traded(tmp_path: Path, form: object) -> None:
    assert callable(form)
    store_at(tmp_path).add(form())
    table = reader(tmp_path).read()
    for name, values in TRADED.items():
        assert column(table, name) == expected(values), name


def test_all_providers_together_give_one_series(tmp_path: Path) -> None:
    for k, form in enumerate((baostock, yahoo, akshare)):
        store_at(tmp_path, k / 100).add(form())
    table = reader(tmp_path).read()
    assert {name: column(table, name) for name in TRADED} == {name: expected(values) for name, values in TRADED.items()}
    assert column(table, "split") == SPLITS
    assert column(table, "dividend") == expected([DIVIDENDS.get(day, 0.0) for day in DAYS])
    assert column(table, "prev_close") == pytest.approx(expected(PREVIOUS))


def test_rows_pulled_before_a_split_and_after_it_are_one_series(tmp_path: Path) -> None:
    store_at(tmp_path, 0).add(yahoo(DAYS[2]))
    store_at(tmp_path, 1).add(yahoo(DAYS[6]))
    whole = yahoo()
    late = whole.frame[whole.frame["date"] >= DAYS[6]]
    store_at(tmp_path, 2).add(
        PulledPrices(
            provider="yfinance", provider_version="2", exchange="XHKG", adjusted="splits", asked=whole.asked, frame=late
        )
    )
    table = reader(tmp_path).read()
    for name, values in TRADED.items():
        assert column(table, name) == expected(values), name
    assert column(table, "split") == SPLITS
    before = reader(tmp_path, NOON).read()
    assert column(before, "close") == dict(zip(DAYS[:3], CLOSE, strict=False))


def test_a_split_behind_the_last_price_is_in_the_prices_and_no_row(tmp_path: Path) -> None:
    pulled = prices(
        ["2025-03-03", "2025-03-04", "2025-03-06"], [10.0, 10.5, float("nan")], split=[0, 0, 4], volume=[1, 1, np.nan]
    )
    store_at(tmp_path).add(pulled)
    assert column(reader(tmp_path).read(), "close") == {"2025-03-03": 40.0, "2025-03-04": 42.0}


def test_what_happened_on_a_day_without_a_price_is_a_row(tmp_path: Path) -> None:
    pulled = prices(["2025-03-03", "2025-03-04", "2025-03-05"], [10.0, float("nan"), 10.5], dividend=[0, 0.5, 0])
    store_at(tmp_path).add(pulled)
    table = reader(tmp_path).read()
    assert column(table, "dividend")["2025-03-04"] == 0.5 and "2025-03-04" not in column(table, "close")


def test_a_newer_row_without_a_price_leaves_the_older_one(tmp_path: Path) -> None:
    store_at(tmp_path, 0).add(prices(["2025-03-04"], [10.0], previous_close=9.5))
    store_at(tmp_path, 1).add(prices(["2025-03-04"], [float("nan")], dividend=0.3, provider="other"))
    table = reader(tmp_path).read()
    assert [column(table, name) for name in ("close", "prev_close", "dividend")] == [
        {"2025-03-04": value} for value in (10.0, 9.5, 0.3)
    ]


def test_a_run_as_of_an_earlier_instant_repeats_exactly(tmp_path: Path) -> None:
    store_at(tmp_path, 0).add(prices(DAYS[:2], [10.0, 11.0]))
    first = reader(tmp_path, NOON + timedelta(hours=1))
    table, files, identity = first.read(), first.files(), first.identity()
    store_at(tmp_path, 1).add(prices(DAYS[:3], [20.0, 21.0, 22.0]))
    again = reader(tmp_path, "2025-03-06T21:00:00+08:00")
    assert column(again.read(), "close") == column(table, "close") == {DAYS[0]: 10.0, DAYS[1]: 11.0}
    assert again.files() == files == table.files and again.identity() == identity
    assert column(reader(tmp_path).read(), "close") == {DAYS[0]: 20.0, DAYS[1]: 21.0, DAYS[2]: 22.0}
    (stamp,) = [note for _, notes in table.readings for note in notes if "as_of" in note]
    assert stamp == "`as_of: 2025-03-06T12:00:00Z` repeats it"


def test_a_reader_stays_at_the_instant_at_which_it_was_made(tmp_path: Path) -> None:
    store_at(tmp_path).add(prices(DAYS[:2], [10.0, 11.0]))
    now = reader(tmp_path, None)
    files = now.files()
    ahead = (datetime.now(UTC) - NOON).total_seconds() / 86_400 + 0.001
    store_at(tmp_path, ahead).add(prices(DAYS[:2], [20.0, 21.0]))
    assert now.files() == files and column(now.read(), "close") == {DAYS[0]: 10.0, DAYS[1]: 11.0}


def test_a_panel_of_stored_prices_is_kept_under_their_bytes(tmp_path: Path) -> None:
    store_at(tmp_path).add(prices(DAYS[:2], [10.0, 11.0]))
    known = KnownTickers({"0700.HK": "XHKG"})

    def name(as_of: str | None = LATE) -> str:
        return PriceSource.of_readers([reader(tmp_path, as_of)], known).name

    one = name()
    assert one and one == name() and one != name(None)
    store_at(tmp_path, 1).add(prices(DAYS[:2], [10.0, 11.0]))
    assert name() != one
    source = PriceSource.of_readers([reader(tmp_path)], known)
    assert set(source.digests) == set(source.table.files)


def test_tickers_are_those_of_the_universe_and_others_are_counted(tmp_path: Path) -> None:
    store_at(tmp_path, 0).add(prices(DAYS[:2], [10.0, 11.0]))
    store_at(tmp_path, 1).add(prices(DAYS[:1], [10.0], ticker="9988.HK"))
    table = reader(tmp_path).read(KnownTickers({"0700.HK": "XHKG"}))
    assert table.tickers == ("0700.HK",) and dict(table.ignored_tickers) == {"9988.HK": 1}
    assert check_provider(reader(tmp_path), {"0700.HK", "9988.HK"}).rows_read == 3


def test_a_bad_row_is_named_with_its_file_and_row(tmp_path: Path) -> None:
    path, *_ = store_at(tmp_path).add(prices(DAYS[:2], [10.0, 11.0], high=[10.0, 9.0]))
    with pytest.raises(DataError, match=r"0700\.HK on 2025-02-04: high 9\.0 is below low 11\.0") as caught:
        reader(tmp_path).read()
    assert (caught.value.problems[0].file, caught.value.problems[0].line) == (str(path), 2)
    assert len(reader(tmp_path, on_bad_row="skip").read()) == 1


def test_prices_that_hold_dividends_are_refused(tmp_path: Path) -> None:
    store_at(tmp_path, 0).add(prices(DAYS[:2], [10.0, 11.0], adjusted="splits+dividends"))
    with pytest.raises(DataError, match=r"0700\.HK: what yfinance gave .* is adjusted for dividends, and no traded"):
        reader(tmp_path).read()
    store_at(tmp_path, 1).add(prices(DAYS[:2], [12.0, 13.0], adjusted="none"))
    assert column(reader(tmp_path).read(), "close") == {DAYS[0]: 12.0, DAYS[1]: 13.0}


def test_a_store_that_holds_nothing_names_the_command_that_pulls(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"holds no prices; get it with `newsbt data pull CONFIG`") as caught:
        reader(tmp_path / "store").read()
    assert caught.value.problems[0].code == "not_pulled"
    store_at(tmp_path / "store").add(prices(DAYS[:1], [1.0]))
    with pytest.raises(DataError, match=r"holds no prices of the config's instruments; get it with `newsbt data pull"):
        reader(tmp_path / "store").read(KnownTickers({"9988.HK": "XHKG"}))
    with pytest.raises(DataError, match=r"as of 2024-01-01T00:00:00\+00:00: its first pull is of 2025-03-06T12:00"):
        reader(tmp_path / "store", "2024-01-01T00:00Z").read()


def test_a_split_that_the_prices_do_not_show_is_a_doubt_about_the_provider(tmp_path: Path) -> None:
    store_at(tmp_path).add(
        prices(DAYS, [10.0 + k / 10 for k in range(10)], split=[0] * 5 + [4] + [0] * 4, adjusted="none")
    )
    (doubt,) = split_doubts(reader(tmp_path).read())
    assert doubt.kind == "split_in_prices" and doubt.message.endswith("is applied once more. " + STORED_ADVICE)


def test_what_nobody_gave_is_named(tmp_path: Path) -> None:
    store_at(tmp_path, 0).add(prices(DAYS[:1], [1.0]))
    whole = prices(DAYS[:1], [1.0], ticker="9988.HK")
    gap = {"9988.HK": "no such symbol"}
    nothing = PulledPrices(
        provider="akshare", provider_version="1", exchange="XHKG", adjusted="none", asked=whole.asked,
        frame=pd.DataFrame(), gaps=gap,
    )  # fmt: skip
    store_at(tmp_path, 1).add(nothing)
    assert reader(tmp_path).read().warnings == (
        "nobody who was asked gave prices of 9988.HK (akshare: no such symbol)",
    )
    assert reader(tmp_path).read(KnownTickers({"0700.HK": "XHKG"})).warnings == ()


@pytest.mark.parametrize("as_of", ["2025-03-06T12:00:00", "soon", "2025-03-06"])
def test_an_instant_needs_an_offset(tmp_path: Path, as_of: str) -> None:
    with pytest.raises(ConfigError, match="as_of: "):
        reader(tmp_path, as_of)


def test_the_newest_rate_of_each_day_is_read(tmp_path: Path) -> None:
    store_at(tmp_path, 0).add(rates(["2025-03-03", "2025-03-04"], [7.7, 7.8]))
    store_at(tmp_path, 1).add(rates(["2025-03-04", "2025-03-05"], [7.75, 7.9]))
    store_at(tmp_path, 2).add(rates(["2025-03-04"], [1.08], "CNYHKD"))
    days, values = StoredFx(path=tmp_path, as_of=LATE).read().rates["USDHKD"]
    assert dict(zip(map(str, days), values.tolist(), strict=True)) == {
        "2025-03-03": 7.7, "2025-03-04": 7.75, "2025-03-05": 7.9,
    }  # fmt: skip
    early = StoredFx(path=tmp_path, as_of=NOON).read()
    assert list(early.rates) == ["USDHKD"] and early.rates["USDHKD"][1].tolist() == [7.7, 7.8]
    check_fx(StoredFx(path=tmp_path, as_of=LATE))


def test_a_store_without_rates_names_the_command_that_pulls(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"holds no exchange rates; get it with `newsbt data pull CONFIG`"):
        StoredFx(path=tmp_path).read()


def test_a_pair_that_nobody_gave_is_named_where_it_is_missed(tmp_path: Path) -> None:
    store_at(tmp_path, 0).add(rates(["2025-03-03"], [7.7]))
    asked = rates(["2025-03-03"], [1.0], "CNYHKD").asked
    gap = {"CNYHKD": "no such symbol"}
    nothing = PulledRates(provider="yfinance", provider_version="1", asked=asked, frame=pd.DataFrame(), gaps=gap)
    store_at(tmp_path, 1).add(nothing)
    assert StoredFx(path=tmp_path, as_of=LATE).read().remedy == (
        "get the pair with `newsbt data pull CONFIG`; nobody who was asked gave rates of CNYHKD "
        "(yfinance: no such symbol)"
    )
