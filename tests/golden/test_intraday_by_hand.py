"""T9 on paper: lunch, half days, holds in bars, sessions and minutes, T+1 inside a day, limits of a session."""

from __future__ import annotations

from pathlib import Path

import pytest

from projects import rows, run_project

pytestmark = pytest.mark.rule("T9")

FILLS = ("at", "date", "ticker", "side", "quantity", "price", "event_id", "reason")

# Hong Kong by the hour: 9:30, 10:30, 11:30 (half an hour, to lunch), 13:00, 14:00, 15:00. The 24th closes at noon, the
# 25th and 26th are holidays. The price grows by one a bar.
HONG_KONG = [
    *((f"2024-12-23T{at}", price) for at, price in
      (("09:30", 100), ("10:30", 101), ("11:30", 102), ("13:00", 103), ("14:00", 104), ("15:00", 105))),
    *((f"2024-12-24T{at}", price) for at, price in (("09:30", 106), ("10:30", 107), ("11:30", 108))),
    *((f"2024-12-27T{at}", price) for at, price in (("09:30", 109), ("10:30", 110))),
]  # fmt: skip


def bars(ticker: str, table: list[tuple[str, float]]) -> str:
    return "".join(f"{ticker},{at}:00+08:00,{price},{price},{price},{price},1000000\n" for at, price in table)


def test_lunch_half_day_and_three_kinds_of_hold(tmp_path: Path) -> None:
    run = run_project(
        tmp_path,
        """
        account: {cash: 1000000, currency: HKD}
        execution: {costs: {use: zero}, slippage: {use: zero}, latency: 0min}
        strategies:
          - {name: Bars, use: named_tickers, params: {sign: one}, position: {weight: 0.1, hold: 2}}
          - {name: Sessions, use: named_tickers, params: {sign: one}, position: {weight: 0.1, hold: {sessions: 1}}}
          - {name: Minutes, use: named_tickers, params: {sign: one}, position: {weight: 0.1, hold: 30min}}
        baselines: []
        """,
        instruments="""
        ticker, name,   exchange, board, currency, lot_size
        H.HK,   Harbor, XHKG,     main,  HKD,      100
        K.HK,   Kite,   XHKG,     main,  HKD,      100
        """,
        announcements="""
        event_id, published_at,           event_type, issuer, headline, tickers
        lunch,    2024-12-23T12:10+08:00, news,       Harbor, x,        H.HK
        exact,    2024-12-24T10:30+08:00, news,       Harbor, x,        H.HK
        noon,     2024-12-24T12:00+08:00, news,       Kite,   x,        K.HK
        """,
        prices="ticker,bar_start,open,high,low,close,volume\n"
        + bars("H.HK", HONG_KONG)
        + bars("K.HK", [(at, 50) for at, _ in HONG_KONG]),
    )
    # Known at lunch: the bar of 13:00. A tenth of a million at the close before, 102, is 900 shares.
    # Known exactly at a bar's start: that bar. Known at noon of a half day: the next session, the 27th.
    bought = [
        ("2024-12-23T05:00Z", "2024-12-23", "H.HK", "buy", 900, 103.0, "lunch", "entry"),
        ("2024-12-24T02:30Z", "2024-12-24", "H.HK", "buy", 900, 107.0, "exact", "entry"),
        ("2024-12-27T01:30Z", "2024-12-27", "K.HK", "buy", 2000, 50.0, "noon", "entry"),
    ]
    sold = {
        # Two bars on: 15:00; from 10:30 over the half day's last bar to the 27th.
        "Bars": (("2024-12-23T07:00Z", "2024-12-23", 105.0), ("2024-12-27T01:30Z", "2024-12-27", 109.0)),
        # The first bar of the next session.
        "Sessions": (("2024-12-24T01:30Z", "2024-12-24", 106.0), ("2024-12-27T01:30Z", "2024-12-27", 109.0)),
        # The first bar that opens half an hour later, or later still.
        "Minutes": (("2024-12-23T06:00Z", "2024-12-23", 104.0), ("2024-12-24T03:30Z", "2024-12-24", 108.0)),
    }
    for name, exits in sold.items():
        found = run[name]
        assert [row for row in rows(found.fills, *FILLS) if row[3] == "buy"] == bought, name
        left = found.fills[(found.fills["side"] == "sell") & (found.fills["ticker"] == "H.HK")]
        assert rows(left, "at", "date", "price") == list(exits), name
        assert not len(found.refusals)
    # Days, at their last bar: 900 x 2 and, with 900 more at 108, 900 x 1, then another 900.
    assert rows(run["Bars"].curve, "date", "equity") == [
        ("2024-12-23", 1_001_800), ("2024-12-24", 1_002_700), ("2024-12-27", 1_003_600),
    ]  # fmt: skip
    assert rows(run["Minutes"].curve, "date", "equity") == [
        ("2024-12-23", 1_000_900), ("2024-12-24", 1_001_800), ("2024-12-27", 1_001_800),
    ]  # fmt: skip
    returns = run["Bars"].returns
    assert returns.tolist() == pytest.approx([0.0018, 1_002_700 / 1_001_800 - 1, 1_003_600 / 1_002_700 - 1])
    assert run["Bars"].metrics["total_return"] == pytest.approx(0.0036)
    # Eleven bars of trading, three days: exposure and the like go by the days.
    assert run["Bars"].metrics["exposure"] == pytest.approx(2 / 3)


SHANGHAI = [
    ("2025-03-03T14:00", 10.0),
    ("2025-03-04T09:30", 10.0), ("2025-03-04T10:30", 10.9), ("2025-03-04T13:00", 11.0), ("2025-03-04T14:00", 10.9),
    ("2025-03-05T09:30", 11.2), ("2025-03-05T10:30", 11.3),
]  # fmt: skip


@pytest.mark.parametrize("stamp", ["start", "end"])
def test_t_plus_one_and_the_limit_go_by_the_session(tmp_path: Path, stamp: str) -> None:
    """A hold of one bar cannot be left in the session that bought; the limit counts from the close of the day before,
    10, and not from the bar before, 10.9."""
    ends = {"09:30": "10:30", "10:30": "11:30", "13:00": "14:00", "14:00": "15:00"}
    stamped = [(f"{at[:11]}{ends[at[11:]]}" if stamp == "end" else at, price) for at, price in SHANGHAI]
    run = run_project(
        tmp_path,
        f"""
        account: {{cash: 100000, currency: CNY}}
        execution: {{costs: {{use: zero}}, slippage: {{use: zero}}, latency: 0min}}
        prices: {{use: csv, path: prices.csv, stamp: {stamp}, volume_unit: 100, timezone: Asia/Shanghai}}
        strategies: [{{name: One bar, use: named_tickers, params: {{sign: one}}, position: {{weight: 0.2, hold: 1}}}}]
        baselines: []
        """,
        instruments="""
        ticker, name,  exchange, board, currency
        A.SH,   Alpha, XSHG,     main,  CNY
        B.SH,   Beta,  XSHG,     main,  CNY
        """,
        announcements="""
        event_id, published_at,           event_type, issuer, headline, tickers
        early,    2025-03-04T09:00+08:00, news,       Alpha,  x,        A.SH
        lunch,    2025-03-04T12:00+08:00, news,       Beta,   x,        B.SH
        """,
        prices="ticker,bar_start,open,high,low,close,volume\n"
        + "".join(
            f"{ticker},{at}:00,{price},{price},{price},{price},300\n"
            for ticker in ("A.SH", "B.SH")
            for at, price in stamped
        ),
    )
    found = run["One bar"]
    assert rows(found.fills, "at", "ticker", "side", "quantity", "price", "reason") == [
        ("2025-03-04T01:30Z", "A.SH", "buy", 2000, 10.0, "entry"),
        ("2025-03-05T01:30Z", "A.SH", "sell", 2000, 11.2, "hold"),
    ]
    # 300 lots a bar are 30,000 shares, and a tenth of them more than 2,000. The limit is 11.00.
    assert rows(found.refusals, "at", "ticker", "side", "reason", "would_have_returned") == [
        ("2025-03-04T02:30Z", "A.SH", "sell", "t_plus_one", None),
        ("2025-03-04T05:00Z", "A.SH", "sell", "t_plus_one", None),
        ("2025-03-04T05:00Z", "B.SH", "buy", "limit_up", round(10.9 / 11 - 1, 9)),
        ("2025-03-04T06:00Z", "A.SH", "sell", "t_plus_one", None),
    ]
    assert found.explanations["explanation"].tolist()[2] == (
        "B.SH: buy refused on 2025-03-04 13:00, the open 11.00 was at its upper limit 11.00 (10 % since 1996-12-16, "
        "XSHG main)"
    )


@pytest.mark.rule("R5")
def test_two_bars_of_one_session_are_one_date_and_a_refusal_tells_the_local_time(tmp_path: Path) -> None:
    """R5: the bars of 13:00 and 14:00. The places are taken by then, so that the third entry is refused at 15:00."""
    (found,) = run_project(
        tmp_path,
        """
        account: {cash: 1000000, currency: HKD}
        execution: {costs: {use: zero}, slippage: {use: zero}, latency: 0min}
        strategies: [{name: Follow, use: named_tickers, params: {sign: one},
            position: {weight: 0.1, hold: null, max_positions: 2}}]
        baselines: []
        """,
        instruments="""
        ticker, name, exchange, board, currency, lot_size
        H.HK,   H,    XHKG,     main,  HKD,      100
        K.HK,   K,    XHKG,     main,  HKD,      100
        L.HK,   L,    XHKG,     main,  HKD,      100
        """,
        announcements="""
        event_id, published_at,           event_type, issuer, headline, tickers
        e1,       2024-12-23T12:10+08:00, news,       H,      x,        H.HK
        e2,       2024-12-23T13:10+08:00, news,       K,      x,        K.HK
        e3,       2024-12-23T14:10+08:00, news,       L,      x,        L.HK
        """,
        prices="ticker,bar_start,open,high,low,close,volume\n"
        + "".join(bars(ticker, HONG_KONG) for ticker in ("H.HK", "K.HK", "L.HK")),
    ).strategies
    assert (found.counts["events_traded"], found.counts["event_dates"]) == (2, 1)
    (sentence,) = found.explanations["explanation"]
    assert sentence == "L.HK: buy refused on 2024-12-23 15:00, all 2 places of `max_positions` were taken"
