"""Makes the bundled sample of disclosures: `python data/make_disclosures.py`.

Companies, announcements, prices, **and the effect of the announcements on the prices**, are made up: shares rise after
buybacks and fall after profit warnings because this script says so. Seeded, offline, the same rows every time. What a
pull would have kept is put into a store by newsbt itself.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sampling.draws import Draws
from sampling.sessions import Sessions, load_sessions
from sampling.ticks import on_tick

from newsbt.disclosures.disclosure import Disclosure
from newsbt.disclosures.disclosure_store import DisclosureStore

HERE = Path(__file__).resolve().parent
FIRST, LAST = date(2024, 7, 2), date(2025, 12, 31)
PULLED_AT = datetime(2026, 1, 5, tzinfo=UTC)
NOTICE = (
    "simulated sample, made up by data/make_disclosures.py: the companies, their news, and its effect on the prices"
)
DRIFT = {"buyback": 0.004, "profit_warning": -0.006}  # made up: a session's return, for three sessions
DRIFT_SESSIONS = 3
ZONES = {"XHKG": "Asia/Hong_Kong", "XSHG": "Asia/Shanghai", "XNYS": "America/New_York"}
SOURCES = {"XHKG": "hkexnews", "XSHG": "cninfo", "XNYS": "sec"}
INDICES = {"XHKG": "^MADEUP", "XSHG": "^MADEUPCN", "XNYS": "^MADEUPUS"}


@dataclass(frozen=True)
class Share:
    """A made-up listing; its code belongs to nobody."""

    ticker: str
    name: str
    exchange: str
    currency: str
    start: float


SHARES = (
    Share("5901.HK", "Harbour Kite Toys", "XHKG", "HKD", 14.0), Share("5902.HK", "Peak Tram Foods", "XHKG", "HKD", 6.2),
    Share("5903.HK", "Lantau Looms", "XHKG", "HKD", 41.0), Share("5904.HK", "Junk Bay Shipping", "XHKG", "HKD", 3.3),
    Share("609901.SH", "River Delta Glass", "XSHG", "CNY", 18.0), Share("609902.SH", "Mulberry", "XSHG", "CNY", 9.0),
    Share("609903.SH", "North Gate Pumps", "XSHG", "CNY", 33.0), Share("ZZKT", "Kite Toys", "XNYS", "USD", 22.0),
    Share("ZZLM", "Looms", "XNYS", "USD", 12.0),
)  # fmt: skip

# What each kind of announcement is called: category and title of HKEXnews in both languages, title of CNINFO, of a 6-K.
KINDS = {
    "buyback": (
        "Next Day Disclosure Returns - [Share Buyback]", "Next Day Disclosure Return", "翌日披露報表",
        "关于回购公司股份进展的公告", "6-K Announcement of Share Repurchase",
    ),
    "profit_warning": (
        "Announcements and Notices - [Profit Warning / Inside Information]", "PROFIT WARNING", "盈利警告",
        "业绩预亏公告", "6-K Profit Warning",
    ),
    "results": (
        "Announcements and Notices - [Interim Results]", "INTERIM RESULTS ANNOUNCEMENT", "中期業績公告",
        "2025年半年度报告", "6-K Announces Unaudited Quarter Results",
    ),
    "meeting": (
        "Announcements and Notices - [Date of Board Meeting]", "DATE OF BOARD MEETING", "董事會召開日期",
        "关于召开股东大会的通知", "6-K Notice of Annual General Meeting",
    ),
    "other_disclosure": (
        "Announcements and Notices - [Other]", "CHANGE OF PRINCIPAL OFFICE", "更改主要辦事處",
        "关于变更办公地址的公告", "6-K",
    ),
}  # fmt: skip
A_YEAR = {"buyback": 14, "profit_warning": 2, "results": 2, "meeting": 3, "other_disclosure": 6}


@dataclass(frozen=True)
class Notice:
    """An announcement: its kind, and the session after whose close it came."""

    kind: str
    day: date


def notices(share: Share, sessions: Sessions) -> list[Notice]:
    """What a company announces, at random days."""
    draws = Draws(f"disclosures/{share.ticker}")
    days = [day for day in sessions.days if FIRST <= day <= LAST]
    found = {
        Notice(kind, days[int(draws.uniform() * (len(days) - 1))])
        for kind, count in A_YEAR.items()
        for _ in range(round(count * 1.5))
    }
    return sorted(found, key=lambda one: (one.day, one.kind))


def disclosure(share: Share, notice: Notice, number: int, next_day: date) -> Disclosure:
    """The announcement as its source has it: CNINFO prints the day after, as issuers publish on the evening before."""
    category, english, chinese, mainland, form = KINDS[notice.kind]
    source, zone = SOURCES[share.exchange], ZoneInfo(ZONES[share.exchange])
    minutes = 5 + int(Draws(f"minute/{share.ticker}/{notice.day}/{notice.kind}").uniform() * 150)
    at = datetime.combine(notice.day, time(16, 30), tzinfo=zone) + timedelta(minutes=minutes)
    day = datetime.combine(next_day, time(), tzinfo=zone)
    common = {"issuer": share.name, "tickers": (share.ticker,), "published_at": day if source == "cninfo" else at}
    if source == "sec":
        ids = (f"0009999-{at:%y}-{number:06}",)
        return Disclosure(ids=ids, headline=form, form="6-K", time_source="header", **common)
    if source == "cninfo":
        return Disclosure(
            ids=(f"cninfo-made-up-{number}",), headline="", headline_local=mainland, time_precision="day",
            time_source="stated", **common,
        )  # fmt: skip
    return Disclosure(
        ids=(f"hkexnews-made-up-{number}",), headline=english, headline_local=chinese, category=category,
        time_source="stated", **common,
    )  # fmt: skip


def drifts(found: list[Notice], days: tuple[date, ...]) -> dict[date, float]:
    """What the announcements add to the sessions after them. Made up."""
    added: dict[date, float] = {}
    for notice in found:
        after = [day for day in days if day > notice.day][:DRIFT_SESSIONS]
        for day in after:
            added[day] = added.get(day, 0.0) + DRIFT.get(notice.kind, 0.0)
    return added


def bars(share: Share, sessions: Sessions, added: dict[date, float]) -> Iterator[str]:
    """A price line for each session: a walk, and what announcements add between open and close."""
    draws = Draws(f"bars/{share.ticker}")
    close = share.start
    for day, activity in zip(sessions.days, sessions.activity, strict=True):
        if not FIRST - timedelta(days=40) <= day <= LAST:
            continue
        gap, session, up, down, volume = (draws.normal() for _ in range(5))
        first = close * (1 + 0.004 * gap)
        last = first * (1 + 0.010 * session + added.get(day, 0.0))
        quoted = [
            on_tick(price, share.exchange, "main", day)
            for price in (
                first, max(first, last) * (1 + 0.004 * abs(up)), min(first, last) * (1 - 0.004 * abs(down)), last
            )
        ]  # fmt: skip
        close = quoted[3]
        prices = ",".join(f"{price:.3f}" for price in quoted)
        yield f"{share.ticker},{day},{prices},{round(2_000_000 * activity * (1 + 0.2 * volume), -2):.0f}"


def index_bars(sessions: Sessions) -> Iterator[str]:
    """An index that knows nothing of the companies."""
    draws = Draws(f"bars/index/{sessions.market}")
    close = 1000.0
    for day in sessions.days:
        if FIRST - timedelta(days=40) <= day <= LAST:
            before, close = close, round(close * (1 + 0.006 * draws.normal()), 2)
            yield f"{INDICES[sessions.market]},{day},{before},{max(before, close)},{min(before, close)},{close},"


def make_sample(out: Path) -> None:
    """Write `instruments.csv`, `prices` and the store `disclosures` below a folder."""
    for name in ("prices", "disclosures"):
        shutil.rmtree(out / name, ignore_errors=True)
    (out / "prices").mkdir(parents=True)
    (out / "prices" / "NOTICE.txt").write_text(NOTICE + "\n", encoding="utf-8")
    rows = [
        f"{one.ticker},{one.name},{one.exchange},{'adr' if one.exchange == 'XNYS' else 'main'},{one.currency},"
        f"{INDICES[one.exchange]},{'100' if one.exchange == 'XHKG' else ''},false"
        for one in SHARES
    ]
    head = "ticker,name,exchange,board,currency,sector_index,lot_size,shortable"
    currencies = {one.exchange: one.currency for one in SHARES}
    rows += [
        f"{ticker},Made-up index of {mic},{mic},index,{currencies[mic]},,,false" for mic, ticker in INDICES.items()
    ]
    (out / "instruments.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    calendars = {market: load_sessions(market) for market in ZONES}
    store = DisclosureStore(out / "disclosures")
    lines = ["ticker,date,open,high,low,close,volume"]
    lines += [line for sessions in calendars.values() for line in index_bars(sessions)]
    number = 0
    for share in SHARES:
        sessions = calendars[share.exchange]
        found = notices(share, sessions)
        items = []
        for notice in found:
            number += 1
            next_day = next(day for day in sessions.days if day > notice.day)
            items.append(disclosure(share, notice, number, next_day))
        source = store.source(SOURCES[share.exchange])
        source.commit(share.ticker, items, now=PULLED_AT, settled=[(FIRST, LAST)])
        lines += bars(share, sessions, drifts(found, sessions.days))
    (out / "prices" / "made_up.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the made-up sample of disclosures.")
    parser.add_argument("--out", type=Path, default=HERE / "buybacks", help="folder to write to")
    make_sample(parser.parse_args().out)


if __name__ == "__main__":
    main()
