"""The bundled sample's simulated prices and rates: sessions, ticks, limits, pinned days, and no copied price."""

from __future__ import annotations

import os
import warnings
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import exchange_calendars
import pandas as pd
import pytest

DATA = Path(__file__).resolve().parents[2] / "data"
FIRST, LAST = "2023-07-03", "2025-12-31"
CALENDAR = {"XHKG": "XHKG", "XSHG": "XSHG", "XSHE": "XSHG", "XNYS": "XNYS", "XNAS": "XNYS", "ARCX": "XNYS"}
TYPHOONS = {"2023-07-17", "2023-09-01", "2023-09-08", "2024-09-06"}
SUSPENDED = {"300364.SZ": ("2024-05-13", "2024-05-24")}
LIMIT = {"main": Decimal("0.10"), "chinext": Decimal("0.20"), "star": Decimal("0.20")}


def table(name: str) -> pd.DataFrame:
    return pd.read_csv(DATA / name, dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def instruments() -> pd.DataFrame:
    return table("universe/instruments.csv").set_index("ticker")


@pytest.fixture(scope="module")
def prices() -> dict[str, pd.DataFrame]:
    found = {}
    for path in sorted((DATA / "prices").glob("*.csv")):
        frame = pd.read_csv(path, dtype={"ticker": str, "date": str})
        assert set(frame["ticker"]) == {path.stem}
        found[path.stem] = frame.drop(columns="ticker").set_index("date")
    return found


@pytest.fixture(scope="module")
def pins() -> pd.DataFrame:
    return table("pinned_moves.csv")


def sessions(market: str) -> list[str]:
    with warnings.catch_warnings():  # the package's own use of pandas
        warnings.simplefilter("ignore")
        calendar = exchange_calendars.get_calendar(market, start="2023-06-01", end=LAST)
    days = [day.date().isoformat() for day in calendar.sessions_in_range(FIRST, LAST)]
    return [day for day in days if market != "XHKG" or day not in TYPHOONS]


def test_markets_indices_and_sector_indices_are_priced(
    prices: dict[str, pd.DataFrame], instruments: pd.DataFrame
) -> None:
    assert len(prices) >= 40 and set(prices) <= set(instruments.index)
    assert {"XHKG", "XSHG", "XSHE", "XNYS", "XNAS"} <= set(instruments.loc[list(prices), "exchange"])
    for ticker in prices:
        for column in ("sector_index", "proxy"):
            assert instruments.loc[ticker, column] in {"", *prices}, ticker


@pytest.mark.parametrize("market", ["XHKG", "XSHG", "XNYS"])
def test_bars_fall_on_sessions_and_on_all_of_them(
    market: str, prices: dict[str, pd.DataFrame], instruments: pd.DataFrame
) -> None:
    days = sessions(market)
    for ticker, frame in prices.items():
        if CALENDAR[instruments.loc[ticker, "exchange"]] != market:
            continue
        first, last = SUSPENDED.get(ticker, ("9", "0"))
        listed = instruments.loc[ticker, "listed_on"]
        assert list(frame.index) == [day for day in days if day >= listed and not first <= day <= last], ticker


def test_prices_are_in_order_and_volumes_whole(prices: dict[str, pd.DataFrame], instruments: pd.DataFrame) -> None:
    for ticker, frame in prices.items():
        body = frame[["open", "close"]]
        assert (frame["low"] > 0).all(), ticker
        assert (frame["low"] <= body.min(axis=1)).all() and (frame["high"] >= body.max(axis=1)).all(), ticker
        if instruments.loc[ticker, "board"] == "index":
            assert frame["volume"].isna().all(), ticker
        else:
            lot = int(instruments.loc[ticker, "lot_size"] or 1)
            assert (frame["volume"] > 0).all() and (frame["volume"] % lot == 0).all(), ticker


def test_prices_stand_on_the_tick(prices: dict[str, pd.DataFrame], instruments: pd.DataFrame) -> None:
    # Hong Kong shares between 100 and 500 HKD, whose ticks never changed; everything elsewhere is on the cent.
    for ticker, frame in prices.items():
        values = frame[["open", "high", "low", "close"]].to_numpy().ravel()
        if instruments.loc[ticker, "exchange"] != "XHKG" or instruments.loc[ticker, "board"] == "index":
            steps = values * 100
        elif instruments.loc[ticker, "board"] == "etf":
            values = values[(values > 5) & (values <= 10)]
            steps = values / 0.005
        else:
            steps = [*(values[(values > 100) & (values <= 200)] * 10), *(values[(values > 200) & (values <= 500)] * 5)]
        assert all(abs(step - round(step)) < 1e-6 for step in steps), ticker


def test_short_days_see_less_trade(prices: dict[str, pd.DataFrame]) -> None:
    short = {
        "9988.HK": ["2023-10-09", "2024-02-09", "2024-12-24", "2024-12-31", "2025-01-28", "2025-12-24"],
        "NVDA": ["2023-07-03", "2023-11-24", "2024-07-03", "2024-11-29", "2024-12-24", "2025-07-03", "2025-11-28"],
    }
    for ticker, days in short.items():
        volume = prices[ticker]["volume"]
        assert volume[days].median() < 0.7 * volume.median(), ticker


def daily_limits(before: float, board: str) -> tuple[float, float]:
    base = Decimal(str(before))
    low, high = ((base * (1 + sign * LIMIT[board])).quantize(Decimal("0.01"), ROUND_HALF_UP) for sign in (-1, 1))
    return float(low), float(high)


def test_mainland_prices_keep_their_limits(
    prices: dict[str, pd.DataFrame], instruments: pd.DataFrame, pins: pd.DataFrame
) -> None:
    measure = {(row["ticker"], row["date"]): row["measure"] for row in pins.to_dict("records")}
    locked = 0
    for ticker, frame in prices.items():
        board = instruments.loc[ticker, "board"]
        if instruments.loc[ticker, "currency"] != "CNY" or board == "index":
            continue
        new = instruments.loc[ticker, "listed_on"] >= FIRST
        for k, day in enumerate(frame.index):
            if k == 0 or (new and k < 5):
                continue
            low, high = daily_limits(frame["close"].iloc[k - 1], board)
            bar = frame.loc[day]
            kind = measure.get((ticker, day))
            if kind == "limit_up":
                assert bar["close"] == bar["high"] == high, (ticker, day)
                assert bar["low"] < high, "an order at the open could trade"
                locked += 1
            elif kind == "limit_down":
                assert bar["close"] == bar["low"] == low, (ticker, day)
                locked += 1
            else:
                assert low < bar["low"] and bar["high"] < high, (ticker, day)
    assert locked == 5


# Pinned days


def tick(price: float, exchange: str, board: str) -> float:
    if exchange != "XHKG" or board == "index":
        return 0.01
    return next(step for top, step in [(10, 0.01), (20, 0.02), (100, 0.05), (200, 0.1), (500, 0.2)] if price <= top)


def test_every_pinned_move_is_met(
    prices: dict[str, pd.DataFrame], instruments: pd.DataFrame, pins: pd.DataFrame
) -> None:
    assert len(pins) > 100
    for row in pins.to_dict("records"):
        frame = prices[row["ticker"]]
        k = frame.index.get_loc(row["date"])
        bar, before = frame.iloc[k], frame["close"].iloc[k - 1]
        step = tick(bar["high"], *instruments.loc[row["ticker"], ["exchange", "board"]]) / before

        def off(price: float, wanted: str, before: float = before) -> float:
            return abs(price / before - 1 - float(wanted))

        where = (row["ticker"], row["date"])
        assert off(bar["open"], row["gap"]) <= step / 2 + 1e-9, where
        # A limit is a tenth or a fifth rounded to the cent; the press says 10.0, or the day's own -9.97.
        slack = 5e-4 if row["measure"].startswith("limit") else step / 2 + 1e-9
        assert off(bar["close"], row["move"]) <= slack, where
        for side in ("high", "low"):
            if row[side]:
                assert off(bar[side], row[side]) <= step / 2 + 1e-9, where
        for level in filter(None, row["touches"].split(";")):
            price = before * (1 + float(level))
            assert bar["low"] - step * before / 2 <= price <= bar["high"] + step * before / 2, where


def test_pins_say_what_is_reported_and_what_is_assumed(pins: pd.DataFrame) -> None:
    assert not pins.duplicated(["ticker", "date"]).any()
    assert set(pins["move_basis"]) == set(pins["gap_basis"]) == {"reported", "assumed"}
    assert (pins["source"] != "").all()
    assumed = pins[(pins["move_basis"] == "assumed")]
    assert set(assumed["measure"]) == {"range", "direction_up"} and (assumed["note"] != "").all()
    events = set(table("announcements/ai_releases.csv")["event_id"])
    assert {event for text in pins["event_ids"] for event in text.split(";")} <= events
    for row in pins.to_dict("records"):
        whole = (1 + float(row["gap"])) * (1 + float(row["session"])) - 1
        assert whole == pytest.approx(float(row["move"]), abs=2e-6)


def test_the_flagship_day_splits_as_reported(prices: dict[str, pd.DataFrame]) -> None:
    frame = prices["9988.HK"]
    before, bar = frame.loc["2025-03-05", "close"], frame.loc["2025-03-06"]
    assert bar["open"] / before - 1 == pytest.approx(0.062, abs=0.0006)
    assert bar["close"] / before - 1 == pytest.approx(0.084, abs=0.0006)
    # The New York line had most of the gap the evening before.
    assert prices["BABA"].loc["2025-03-05"].pipe(lambda bar: bar["close"] / bar["open"] - 1) > 0.04
    assert prices["300663.SZ"]["close"].pct_change()["2025-03-06"] > 0


def test_lines_of_one_company_stay_together(prices: dict[str, pd.DataFrame]) -> None:
    rate = pd.read_csv(DATA / "fx.csv").query("pair == 'USDHKD'").set_index("date")["rate"]
    for home, away, ratio in (("9988.HK", "BABA", 8), ("9888.HK", "BIDU", 8), ("9618.HK", "JD", 2)):
        both = pd.concat([prices[home]["close"], prices[away]["open"]], axis=1, keys=["home", "away"]).dropna()
        premium = both["away"] * rate.reindex(both.index) / (both["home"] * ratio) - 1
        assert premium.abs().quantile(0.99) < 0.03, away


def test_nothing_drifts_by_construction(prices: dict[str, pd.DataFrame], instruments: pd.DataFrame) -> None:
    # Over all names the mean daily move is within the noise of the one market they share.
    moves = pd.concat({ticker: frame["close"].pct_change() for ticker, frame in prices.items()}, axis=1)
    mean = moves.mean(axis=1)
    assert abs(mean.mean()) < 3 * mean.std() / len(mean) ** 0.5


def test_rates_are_daily_and_inside_their_corridors() -> None:
    rates = pd.read_csv(DATA / "fx.csv")
    assert not rates.duplicated(["pair", "date"]).any()
    for pair, low, high in (("USDHKD", 7.75, 7.85), ("CNYHKD", 1.05, 1.12)):
        found = rates[rates["pair"] == pair]
        assert found["rate"].between(low, high).all()
        assert found["date"].iloc[0] <= "2023-06-25" and found["date"].iloc[-1] == LAST
        assert len(found) == len(pd.bdate_range(found["date"].iloc[0], LAST))


# Against the real world


@pytest.mark.realdata
def test_no_price_is_copied(prices: dict[str, pd.DataFrame]) -> None:
    if "NEWSBT_REALDATA" not in os.environ:
        pytest.skip("NEWSBT_REALDATA names no folder of real prices")
    compared = 0
    for path in sorted(Path(os.environ["NEWSBT_REALDATA"]).glob("*daily*.csv.gz")):
        real = pd.read_csv(path, usecols=["ticker", "date", "close"], dtype={"ticker": str, "date": str})
        for ticker, rows in real.groupby("ticker"):
            if ticker not in prices:
                continue
            both = prices[ticker].join(rows.set_index("date")["close"].rename("real"), how="inner")
            compared += len(both)
            if len(both) >= 100:
                assert ((both["close"] / both["real"] - 1).abs() < 1e-6).mean() < 0.01, (path.name, ticker)
    assert compared > 1000
