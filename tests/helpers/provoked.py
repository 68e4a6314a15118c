"""Every error of the table, provoked as a user would: what is typed in a small project, and what is printed."""

from __future__ import annotations

import gzip
import io
import itertools
import os
import re
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, chdir, contextmanager, nullcontext, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from unittest.mock import patch

from loopback import LoopbackServer, QuietHandler
from newsbt.cli import main
from newsbt.error_codes import ErrorCode

__all__ = ["PROVOKED", "Provoked", "printed"]

FILES: Mapping[str, str] = {
    "config.yaml": """
        name: mine
        universe: {instruments: instruments.csv}
        announcements: {use: csv, path: announcements.csv}
        prices: {use: csv, path: prices.csv}
        strategies:
          - {name: Mine, use: named_tickers}
        baselines: []
        evaluation: {placebo: 0}
        output: {runs: runs, report: false}
        """,
    "instruments.csv": """
        ticker,name,exchange,board,currency,lot_size
        H.HK,Harbor,XHKG,main,HKD,100
        """,
    "announcements.csv": """
        event_id,published_at,event_type,issuer,headline
        e1,2025-03-03T12:00:00+08:00,news,Harbor,Harbor opens a plant
        """,
    "prices.csv": """
        ticker,date,open,high,low,close,volume
        H.HK,2025-03-03,10,11,9,10,1000000
        H.HK,2025-03-04,10,11,9,10,1000000
        H.HK,2025-03-05,10,11,9,10,1000000
        """,
    "mine.py": """
        import newsbt


        class Mine(newsbt.Strategy):
            def signal(self, view):
                return 1 / 0
        """,
}
OWN = ("use: named_tickers", 'use: "mine.py:Mine"')
RUN, CHECK = "newsbt run config.yaml", "newsbt check config.yaml"


@dataclass(frozen=True)
class Provoked:
    """What is typed, what was replaced before it in a file of the project (`old` by `new`) or written anew (`files`),
    and what the computer does meanwhile."""

    command: str
    changes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    files: Mapping[str, str | bytes] = field(default_factory=dict)
    meanwhile: Callable[[Path], AbstractContextManager[object]] = lambda _: nullcontext()


def printed(one: Provoked, folder: Path) -> tuple[int, str, str]:
    """The exit code, what is printed on stderr and on stdout; paths of the folder without it, ports as 8000."""
    for name, text in FILES.items():
        old, new = one.changes.get(name, ("", ""))
        text = dedent(text).lstrip("\n")
        assert old in text, old
        (folder / name).write_text(text.replace(old, new, 1) if old else text, encoding="utf-8")
    for name, content in one.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    out, err = io.StringIO(), io.StringIO()
    with chdir(folder), one.meanwhile(folder), redirect_stdout(out), redirect_stderr(err):
        code = main(shlex.split(os.path.expandvars(one.command))[1:])
    text = err.getvalue().replace(f"{folder}{os.sep}", "").replace(str(folder), "~/project")
    return code, re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:8000", text), out.getvalue()


def _config(old: str, new: str) -> Mapping[str, tuple[str, str]]:
    return {"config.yaml": (old, new)}


def _row(table: str, old: str, new: str) -> Provoked:
    return Provoked(CHECK, {f"{table}.csv": (old, new)})


def _own(text: str) -> Provoked:
    return Provoked(RUN, _config(*OWN), {"mine.py": dedent(text).lstrip("\n")})


@contextmanager
def _raising(error: type[BaseException], where: str = "newsbt.pipeline.run") -> Iterator[None]:
    with patch(where, side_effect=error):
        yield


@contextmanager
def _without_feedparser(_: Path) -> Iterator[None]:
    with patch.dict(sys.modules, {"feedparser": None}):
        yield


@contextmanager
def _changing(folder: Path) -> Iterator[None]:
    """A file that is written again between two looks at it."""
    from newsbt.domain import input_files

    true = input_files._raw

    def growing(path: Path, file: io.RawIOBase) -> Iterator[bytes]:
        chunks = true(path, file)  # type: ignore[arg-type]
        yield from itertools.islice(chunks, 1)
        if path.name == "instruments.csv":
            with (folder / path.name).open("a") as more:
                more.write("I.HK,Isle,XHKG,main,HKD,100\n")
        yield from chunks

    with patch.object(input_files, "_raw", growing):
        yield


@contextmanager
def _serving(status: int, body: bytes) -> Iterator[None]:
    class Handler(QuietHandler):
        def do_GET(self) -> None:
            self.send(status, {}, body)

    server = LoopbackServer(Handler)
    try:
        with patch.dict(os.environ, {"SERVER": server.url}):
            yield
    finally:
        server.close()


@contextmanager
def _disagreeing(_: Path) -> Iterator[None]:
    """An engine that loses a fill."""
    from newsbt.simulation import agreement

    true = agreement.first_difference
    with patch.object(
        agreement, "first_difference", lambda *args: true(*args) or "fills, row 0: quantity 900 and 1000"
    ):
        yield


def _workbook() -> bytes:
    import pandas as pd

    book, frame = io.BytesIO(), pd.DataFrame({"ticker": ["H.HK"], "date": ["2025-03-03"], "close": [10.0]})
    with pd.ExcelWriter(book) as writer:
        for name in ("left", "right"):
            frame.assign(open=10, high=11, low=9, volume=1).to_excel(writer, sheet_name=name, index=False)
    return book.getvalue()


MANY = "".join(f"e{k},2025-03-03 12:00,news,Harbor,Harbor opens plant {k}\n" for k in range(24))
ABOVE = """
    import newsbt


    class Mine(newsbt.BacktraderStrategy):
        pass
    """
SEC = '{use: store, path: store, sources: {sec: {contact: me@example.com, address: "${SERVER}", pause: 0}}}'
READER = """\
import dataclasses


@dataclasses.dataclass
class Mine:
    def read(self, known_tickers=None):
        return {}['prices']
"""
PRICES = "ticker,date,open,high,low,close,volume"

PROVOKED: dict[ErrorCode, Provoked] = {
    "bad_usage": Provoked("newsbt run config.yaml --engine fast"),
    "bad_override": Provoked("newsbt run config.yaml --set strategies.Nmie.position.hold=5"),
    "unsupported": Provoked(
        "newsbt run config.yaml --engine compiled", _config(*OWN), {"mine.py": dedent(ABOVE).lstrip("\n")}
    ),
    "already_there": Provoked("newsbt new strategy buy_it", files={"strategies/buy_it.py": "kept = True\n"}),
    "syntax": Provoked(CHECK, _config("{instruments: instruments.csv}", "{instruments: instruments.csv")),
    "unknown_key": Provoked(CHECK, _config("named_tickers}", "named_tickers, position: {hodl: 3}}")),
    "missing_key": Provoked(CHECK, _config("prices: {use: csv, path: prices.csv}\n", "")),
    "wrong_type": Provoked(CHECK, _config("{placebo: 0}", "{placebo: '0'}")),
    "bad_value": Provoked(CHECK, _config("baselines:", "period: {start: 2025-04-01, end: 2025-03-01}\nbaselines:")),
    "unknown_name": Provoked(CHECK, _config("named_tickers", "named_tikers")),
    "unset_variable": Provoked(CHECK, _config("path: prices.csv", "path: '${MY_PRICES}/prices.csv'")),
    "missing_file": Provoked(CHECK, _config("path: prices.csv", "path: price.csv")),
    "not_a_file": Provoked("newsbt check ."),
    "unreadable_file": Provoked(
        CHECK, _config("prices.csv", "prices.csv.gz"), {"prices.csv.gz": gzip.compress(PRICES.encode() * 9)[:40]}
    ),
    "changed_file": Provoked(CHECK, meanwhile=_changing),
    "too_large": Provoked(
        "newsbt events import feed.json --format gdelt --out news.jsonl --max-mb 0.0001", files={"feed.json": " " * 999}
    ),
    "empty_file": Provoked(CHECK, files={"prices.csv": PRICES + "\n"}),
    "wrong_format": Provoked(
        CHECK, _config("{use: csv, path: prices.csv}", "{use: parquet, path: prices.parquet}"),
        {"prices.parquet": PRICES + "\n"},
    ),
    "not_utf8": Provoked(
        "newsbt explain article.txt --config config.yaml", files={"article.txt": "Nestlé opens".encode("latin-1")}
    ),
    "which_sheet": Provoked(
        CHECK, _config("{use: csv, path: prices.csv}", "{use: excel, path: prices.xlsx}"),
        {"prices.xlsx": _workbook()},
    ),
    "missing_column": _row("prices", "close", "shut"),
    "missing_value": _row("announcements", "Harbor opens a plant", ""),
    "naive_time": _row("announcements", "T12:00:00+08:00", " 12:00"),
    "bad_time": _row("announcements", "03-03T12", "02-30T12"),
    "unclear_time": Provoked(
        CHECK, {"announcements.csv": ("2025-03-03T12:00:00+08:00", "3/4/2025 12:00"),
                "config.yaml": ("path: announcements.csv", "path: announcements.csv, zone: Asia/Hong_Kong")},
    ),
    "duplicate_event_id": Provoked(
        CHECK, files={"announcements.csv": dedent(FILES["announcements.csv"]).lstrip() +
                      "e1,2025-03-04T12:00:00+08:00,news,Harbor,Harbor opens another\n"},
    ),
    "duplicate": _row("prices", "H.HK,2025-03-04", "H.HK,2025-03-03"),
    "unknown_ticker": Provoked(
        CHECK, {"announcements.csv": ("headline\n", "headline,tickers\n")},
        {"announcements.csv": "event_id,published_at,event_type,issuer,headline,tickers\n"
                              "e1,2025-03-03T12:00:00+08:00,news,Harbor,Harbor opens a plant,HH.HK\n"},
    ),
    "ambiguous_ticker": Provoked(
        CHECK, {"config.yaml": ("baselines:", "benchmark: '000001'\nbaselines:")},
        {"instruments.csv": "ticker,name,exchange,board,currency,lot_size\nH.HK,Harbor,XHKG,main,HKD,100\n"
                            "000001.SZ,Ping An,XSHE,main,CNY,100\n000001.SH,Composite,XSHG,index,CNY,1\n"},
    ),
    "more_bad_rows": Provoked(
        CHECK, files={"announcements.csv": "event_id,published_at,event_type,issuer,headline\n" + MANY}
    ),
    "unlabelled": Provoked(
        CHECK,
        _config(
            "{use: csv, path: announcements.csv}", "{use: articles, path: articles}\nlabeller: {use: 'mine.py:Mine'}"
        ),
        {
            "articles/one.txt": "Harbor opens a plant\nMar 3, 2025, 4:45 PM HKT\n\nIt is open.\n",
            "mine.py": dedent("""
                import dataclasses

                import newsbt


                @dataclasses.dataclass
                class Mine:
                    made_by, cutoff, fingerprint = "mine 1", None, "1"

                    def labelling(self, universe):
                        return self

                    def label(self, texts):
                        return [newsbt.NoLabel(reason="unsure", message="it may be this or that") for _ in texts]
                """).lstrip(),
        },
    ),
    "not_a_session": _row("prices", "2025-03-05", "2025-03-08"),
    "ohlc_order": _row("prices", "10,11,9,10", "10,8,9,10"),
    "not_positive": _row("prices", "10,11,9,10", "-10,11,9,10"),
    "adjusted_prices": Provoked(
        CHECK,
        files={
            "prices.csv": "ticker,date,open,high,low,close,adj close,volume\n"
                          "H.HK,2025-03-03,10,11,9,10,9.5,1000000\n",
        },
    ),
    "unclear_unit": _row("prices", "close", "close (GBp)"),
    "which_ticker": Provoked(
        CHECK, _config("path: prices.csv", "path: H.HK_or_I.HK.csv"),
        {
            "instruments.csv": "ticker,name,exchange,board,currency\n"
                               "H.HK,Harbor,XHKG,main,HKD\nI.HK,Isle,XHKG,main,HKD\n",
            "H.HK_or_I.HK.csv": "date,open,high,low,close,volume\n2025-03-03,10,11,9,10,1000000\n",
        },
    ),
    "unknown_exchange": _row("instruments", "XHKG", "XHKH"),
    "unknown_currency": Provoked(
        CHECK, _config("baselines:", "fx: {use: csv, path: fx.csv}\nbaselines:"),
        {"fx.csv": "pair,date,rate\nUSD,2025-03-03,7.8\n"},
    ),
    "missing_rate": Provoked(CHECK, _config("baselines:", "account: {currency: USD}\nbaselines:")),
    "no_data": Provoked(CHECK, _config("baselines:", "period: {start: 2030-01-01, end: 2030-03-01}\nbaselines:")),
    "bad_component": Provoked(
        CHECK, _config(*OWN), {"mine.py": "class Mine:\n    def signals(self, view):\n        return None\n"}
    ),
    "broken_module": Provoked(CHECK, _config(*OWN), {"mine.py": "import nmpy\n"}),
    "component_failed": Provoked(
        CHECK, _config("{use: csv, path: prices.csv}", "{use: 'mine.py:Mine'}"),
        {"mine.py": READER},
    ),
    "strategy_failed": Provoked(RUN, _config(*OWN)),
    "bad_signal": _own("""
        import newsbt


        class Mine(newsbt.Strategy):
            def signal(self, view):
                return 1.0
        """),
    "unreachable": Provoked("newsbt events import http://127.0.0.1:9/feed.xml --format rss --out news.jsonl"),
    "refused": Provoked(
        "newsbt events import $SERVER/feed.xml --format rss --out news.jsonl", meanwhile=lambda _: _serving(403, b"no")
    ),
    "structure_changed": Provoked(
        "newsbt events pull config.yaml --since 2025-03-01", _config("{use: csv, path: announcements.csv}", SEC),
        {"instruments.csv": "ticker,name,exchange,board,currency\nBABA,Alibaba,XNYS,main,USD\n"},
        meanwhile=lambda _: _serving(200, b"<html>we have moved</html>"),
    ),
    "not_pulled": Provoked(CHECK, _config("{use: csv, path: prices.csv}", "{use: store, path: store}")),
    "damaged_store": Provoked(
        CHECK, _config("{use: csv, path: prices.csv}", "{use: store, path: store}"),
        {"store/prices/notes.txt": "mine"},
    ),
    "missing_run": Provoked("newsbt show first"),
    "damaged_run": Provoked("newsbt show runs/first", files={"runs/first/run.json": "{"}),
    "engines_differ": Provoked("newsbt run config.yaml --verify", meanwhile=_disagreeing),
    "missing_extra": Provoked(
        "newsbt events import feed.xml --format rss --out news.jsonl",
        files={"feed.xml": "<rss version='2.0'><channel><title>t</title><item><title>a</title></item></channel></rss>"},
        meanwhile=_without_feedparser,
    ),
    "unwritable": Provoked("newsbt run config.yaml --runs prices.csv/runs"),
    "out_of_memory": Provoked(RUN, meanwhile=lambda _: _raising(MemoryError)),
    "interrupted": Provoked(RUN, meanwhile=lambda _: _raising(KeyboardInterrupt)),
}  # fmt: skip
