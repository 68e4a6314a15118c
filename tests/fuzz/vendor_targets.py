"""Readers of files as vendors write them and users have them: by `init --from`, by a map, and as DataFrames."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

import pandas as pd

from fuzz.samples import MAPPED
from fuzz.target import DATA, KNOWN, ROOT, Target, both, head, instruments, small_prices

__all__ = ["VENDOR_TARGETS", "price_books", "price_files", "price_frames"]


def _csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False).encode()


@cache
def price_files() -> Sequence[bytes]:
    """Prices as vendors' pages and libraries write them, and bars of minutes."""
    import vendor_tables as made

    bars = made.bars().iloc[:25]
    texts = [
        made.yfinance_history(bars, "Asia/Hong_Kong"),
        made.yfinance_download({"0700.HK": bars, "9988.HK": bars}),
        made.yfinance_download({"0700.HK": bars}, by_ticker=True), made.yfinance_stacked({"0700.HK": bars}),
        made.akshare(bars, code="000001").to_csv(index=False), made.akshare_minutes(made.bars()),
        made.baostock(bars, "sz.000001"), made.baostock_minutes(made.bars(), "sz.000001"),
        made.tushare(bars, "000001.SZ"), made.stooq_bulk(bars, "0700.HK"),
        made.eodhd(bars), made.alpaca(bars, "BABA"), made.tiingo(bars), made.nasdaq(bars), made.investing(bars),
        made.investing(bars, "%d.%m.%Y").replace(",", ";"),
    ]  # fmt: skip
    return [one.encode() for one in texts]


@cache
def price_frames() -> Sequence[bytes]:
    """The same as libraries hand them over, in Parquet."""
    folder = ROOT / "tests" / "data" / "vendors"
    return [one.read_bytes() for one in sorted(folder.glob("*.parquet")) if one.stat().st_size < 20_000]


def _book(sheets: Mapping[str, pd.DataFrame]) -> bytes:
    out = io.BytesIO()
    with pd.ExcelWriter(out) as writer:
        for name, frame in sheets.items():
            frame.to_excel(writer, sheet_name=name, index=False)
    return out.getvalue()


@cache
def price_books() -> Sequence[bytes]:
    frame = pd.read_csv(io.BytesIO(head(DATA / "prices" / "0700.HK.csv", 12)), dtype={"ticker": str})
    plain = frame.drop(columns="ticker")
    named = plain.rename(columns={"date": "Tag", "close": "Schluss", "open": "Eröffnung"})
    dated = frame.assign(date=pd.to_datetime(frame["date"]))
    return [
        _book({"0700.HK": plain, "9988.HK": plain}),
        _book({"Notes": named[["Tag"]], "Prices": dated}),
        _book({"a": named}),
    ]


NAMED: Sequence[tuple[Mapping[str, str], bool]] = (
    ({}, False), ({}, False), ({}, True), ({"date": "Tag", "close": "Schluss"}, False),
    ({"close": "close", "open": "Eröffnung"}, False), ({"ticker": "Symbol"}, True),
)  # fmt: skip
NEWS_NAMED: Sequence[tuple[Mapping[str, str], bool]] = (
    ({}, False), ({}, False), ({"headline": "what", "published_at": "when"}, False), ({"issuer": "who"}, False),
)  # fmt: skip


def _first_project(is_news: bool) -> Callable[[Path], object]:
    """`init --from` of a file, with and without headings that the user names, and the config that comes of it."""

    def read(path: Path) -> object:
        from newsbt.cli.first_project import CONFIG as FIRST
        from newsbt.cli.first_project import create_first_project
        from newsbt.config.loading import load
        from newsbt.errors import NewsbtError

        own = small_prices()
        named, with_another = random.Random(path.read_bytes()).choice(NEWS_NAMED if is_news else NAMED)
        paths = [own] if is_news else [path, *([DATA / "prices" / "9988.HK.csv"] if with_another else [])]
        folder = path.parent / "project"
        with suppress(NewsbtError):
            if is_news:
                made = create_first_project(folder, paths, path, news_columns=named)
            else:
                made = create_first_project(folder, paths, None, columns=named)
            if not made.stops:
                load(folder / FIRST, environ={})
        return None

    return read


def _news_frame() -> pd.DataFrame:
    return pd.DataFrame(MAPPED["rows"]).assign(mood=[0.5, -0.5], of=["9988.HK", "0700.HK"])


@cache
def news_files() -> Sequence[bytes]:
    """Tables of announcements, and of headlines that do not say whose they are."""
    table = pd.read_csv(io.BytesIO(head(DATA / "announcements" / "ai_releases.csv", 12)), dtype=str)
    headlines = table[["published_at", "headline"]]
    naive = table.assign(published_at=table["published_at"].str[:16].str.replace("T", " "))
    named = table.rename(columns={"headline": "what", "published_at": "when", "issuer": "who"})
    unclear = headlines.assign(published_at="03/04/2025 09:30 AM").rename(columns={"published_at": "date"})
    return [_csv(one) for one in (table, headlines, naive, named, unclear)]


@cache
def news_lines() -> Sequence[bytes]:
    frames = [pd.read_csv(io.BytesIO(one), dtype=str) for one in news_files()]
    return [one.to_json(orient="records", lines=True, force_ascii=False).encode() for one in frames]


@cache
def news_books() -> Sequence[bytes]:
    frames = [pd.read_csv(io.BytesIO(one), dtype=str).head(6) for one in news_files()]
    return [_book({"News": one}) for one in frames]


def _mapped(path: Path, policy: str) -> object:
    from newsbt.events.from_feeds import MappedAnnouncements

    keep = {
        "columns": {"published_at": "when", "headline": "what", "issuer": "who", "tickers": "of", "sentiment": "mood"}
    }
    document = {**keep, "records": "rows"} if path.read_bytes()[:1] == b"{" and b'"rows"' in path.read_bytes() else keep
    reader = MappedAnnouncements(path=path, on_bad_row=policy, map={**document, "zone": "Asia/Hong_Kong"})
    return reader.with_universe(instruments()).read(KNOWN)


def _mapped_files() -> Sequence[bytes]:
    lines = "\n".join(json.dumps(one, ensure_ascii=False) for one in MAPPED["rows"])
    return [
        json.dumps(MAPPED, indent=1).encode(),
        lines.encode(),
        json.dumps(MAPPED["rows"]).encode(),
        _csv(_news_frame()),
    ]


def _frame(kind: str) -> Callable[[Path, str], object]:
    def make(path: Path, policy: str) -> object:
        from newsbt.cli.own_files import ASKED, _answered
        from newsbt.events.from_frame import FrameAnnouncements
        from newsbt.prices.fx_readers import FrameFx
        from newsbt.prices.price_readers import FramePrices

        try:
            frame = pd.read_parquet(path)
        except Exception:  # pandas' own affair
            return None
        if kind == "prices":
            frames = frame if "symbol" in map(str.lower, map(str, frame.columns)) else {"0700.HK": frame}
            return _answered(FramePrices(frame=frames, on_bad_row=policy), ASKED, KNOWN)
        if kind == "rates":
            return FrameFx(frame=frame, on_bad_row=policy).read()
        return FrameAnnouncements(frame=frame, on_bad_row=policy).read(KNOWN)

    return make


def _parquet(frame: pd.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.to_parquet(out)
    return out.getvalue()


@cache
def _news_frames() -> Sequence[bytes]:
    table = pd.read_csv(io.BytesIO(news_files()[0]), dtype=str)
    lists = table.assign(published_at=pd.to_datetime(table["published_at"], utc=True, format="ISO8601"), sentiment=0.5,
                         tickers=[["9988.HK", "0700.HK"]] * len(table))  # fmt: skip
    return _parquet(table), _parquet(lists), _parquet(lists.set_index(["event_id", "published_at"]))


def _rate_frames() -> bytes:
    return _parquet(pd.read_csv(DATA / "fx.csv").head(20))


def _news_of(*modules: str) -> tuple[str, ...]:
    return ("cli/own_files.py", "cli/first_project.py", *modules)


_FRAMES = ("events/from_frame.py", "events/announcement_rows.py", "prices/price_columns.py", "prices/fx_readers.py")

VENDOR_TARGETS: Mapping[str, Target] = {
    "init prices csv": Target("0700.HK.csv", price_files, _first_project(False), _news_of("cli/price_sources.py")),
    "init prices parquet": Target("0700.HK.parquet", price_frames, _first_project(False), _news_of()),
    "init prices xlsx": Target("0700.HK.xlsx", price_books, _first_project(False), _news_of()),
    "init news csv": Target("a.csv", news_files, _first_project(True), _news_of()),
    "init news jsonl": Target("a.jsonl", news_lines, _first_project(True), _news_of()),
    "init news xlsx": Target("a.xlsx", news_books, _first_project(True), _news_of()),
    "mapped items": Target(
        "items.json", _mapped_files, both(_mapped),
        ("events/feeds/mapped.py", "events/feeds/documents.py", "events/feeds/broken_json.py"),
    ),
    "frame of news": Target("a.parquet", _news_frames, both(_frame("news")), _FRAMES[:2]),
    "frame of prices": Target("p.parquet", price_frames, both(_frame("prices")), _FRAMES[2:3]),
    "frame of rates": Target("f.parquet", _rate_frames, both(_frame("rates")), _FRAMES[3:]),
}  # fmt: skip
