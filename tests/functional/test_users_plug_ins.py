"""A reader of announcements and a labeller that asks a language model are one file each beside the config."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import newsbt
from newsbt.cli import main
from projects import write_project

TABLES = {
    "instruments": """
        ticker, name,   exchange, board, currency, lot_size
        H.HK,   Harbor, XHKG,     main,  HKD,      100
        P.HK,   Pier,   XHKG,     main,  HKD,      100
        """,
    "prices": """
        ticker, date,       open, high, low, close, volume
        H.HK,   2025-03-03, 10,   11,   9,   10,    1000000
        H.HK,   2025-03-04, 10,   11,   9,   10,    1000000
        P.HK,   2025-03-03, 10,   11,   9,   10,    1000000
        P.HK,   2025-03-04, 10,   11,   9,   10,    1000000
        """,
}
STRATEGY = (
    "strategies: [{name: S, use: named_tickers, params: {sign: one}, position: {weight: 0.1}}]\nbaselines: []\n"
    "evaluation: {placebo: 0}\n"
)

READER = '''
"""Reads a wire that writes `2025-03-03T12:00Z | Harbor | What happened`."""
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import newsbt


@dataclass(frozen=True, kw_only=True)
class Wire:
    path: Path

    def read(self, known_tickers=None):
        lines = [line.split(" | ") for line in self.path.read_text(encoding="utf-8").splitlines()]
        items = tuple(
            newsbt.Announcement(
                event_id=f"wire{k}", published_at=datetime.fromisoformat(at), event_type="wire", issuer=issuer,
                headline=headline,
            )
            for k, (at, issuer, headline) in enumerate(lines)
        )
        return newsbt.AnnouncementBatch(announcements=items, rows_read=len(lines), files=(self.path,))
'''
SIZER = '''
"""Half of the account for each signal, and nothing in the first rows."""
from dataclasses import dataclass

import numpy as np

import newsbt


@dataclass(frozen=True, kw_only=True)
class Half(newsbt.Sizer):
    first: int = 1
    weight: float = 0.5

    def weights(self, panel: newsbt.MarketPanel) -> np.ndarray:
        answer = np.full(panel.shape, self.weight)
        answer[: self.first] = np.nan
        return answer
'''
LABELLER = '''
"""Asks a language model of each headline how good it is for its issuer, and keeps what it said."""
import csv
import json
import urllib.request
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import newsbt

PROMPT = "From -1 to 1, how good is this for the company? Answer a number only. Headline: {headline}"


@dataclass(frozen=True, kw_only=True)
class AskModel:
    announcements: Path
    answers: Path
    address: str
    model: str

    def read_labels(self, known_tickers=None):
        known = json.loads(self.answers.read_text()) if self.answers.exists() else {}
        with self.announcements.open(encoding="utf-8", newline="") as file:
            headlines = {row["event_id"]: row["headline"] for row in csv.DictReader(file)}
        for headline in headlines.values():
            if headline not in known:
                known[headline] = self._asked(headline)
        self.answers.write_text(json.dumps(known))
        labels = {event: newsbt.EventLabel(sentiment=float(known[told])) for event, told in headlines.items()}
        read = (self.announcements,)
        return newsbt.LabelBatch(labels=labels, made_by=self.model, cutoff=date(2025, 1, 31), files=read)

    def _asked(self, headline):
        body = json.dumps({"model": self.model, "prompt": PROMPT.format(headline=headline)}).encode()
        with urllib.request.urlopen(self.address, data=body, timeout=10) as answer:
            return json.load(answer)["text"]
'''


def ran(config: Path, capsys: pytest.CaptureFixture[str]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What run.json and the table of events say."""
    assert main(["check", str(config)]) == 0
    capsys.readouterr()
    assert main(["run", str(config), "--json"]) == 0
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    assert main(["show", run["path"], "--events", "--format", "json"]) == 0
    return run, json.loads(capsys.readouterr().out)


def test_a_reader_of_announcements(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "wire.txt").write_text(
        "2025-03-03T12:00:00+00:00 | Harbor | A crane\n2025-03-03T13:00:00+00:00 | Pier | A boat\n", encoding="utf-8"
    )
    (tmp_path / "wire.py").write_text(READER, encoding="utf-8")
    config = write_project(tmp_path, f"announcements: {{use: 'wire.py:Wire', path: wire.txt}}\n{STRATEGY}", **TABLES)
    run, events = ran(config, capsys)
    assert run["counts"]["events"] == 2
    assert [(row["event_id"], row["ticker"]) for row in events] == [("wire0", "H.HK"), ("wire1", "P.HK")]
    assert sorted(path.name for path in tmp_path.glob("*.py")) == ["wire.py"]


NEWS = """
    event_id, published_at,         event_type, issuer, headline, tickers
    early,    2025-03-03T12:00:00Z, news,       Harbor, x,        H.HK
    late,     2025-03-04T12:00:00Z, news,       Harbor, x,        P.HK
    """


@pytest.mark.rule("X23")
def test_a_sizer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "half.py").write_text(SIZER, encoding="utf-8")
    config = write_project(
        tmp_path, STRATEGY.replace("weight: 0.1", "weight: {use: 'half.py:Half', weight: 0.4, first: 2}"),
        **{**TABLES, "prices": TABLES["prices"] + "P.HK, 2025-03-05, 10, 11, 9, 10, 1000000\n"}, announcements=NEWS,
    )  # fmt: skip
    run, _ = ran(config, capsys)
    document = json.loads((Path(run["path"]) / "run.json").read_text(encoding="utf-8"))
    assert list(document["hashes"]["components"]) == ["Half"]
    for engine in ("backtrader", "compiled"):
        (found,) = newsbt.run(config, overrides={"execution.engine": engine}).strategies
        assert found.fills[["ticker", "quantity"]].to_numpy().tolist() == [["P.HK", 40_000]]  # 400,000 at 10
        assert found.refusals[["ticker", "reason"]].to_numpy().tolist() == [["H.HK", "no_weight"]]


@pytest.mark.rule("X23")
@pytest.mark.parametrize("command", ["check", "run"])
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("answer * 3", "answered 1.5 for H.HK in row 1 (2025-03-04); expected a share of equity in [0, 1]"),
        ("answer[0]", "answered an array of shape (2,) and type float64; expected numbers of shape (2, 2)"),
        ("1 / 0", "raised ZeroDivisionError"),
    ],
    ids=["too much", "another shape", "broken"],
)
def test_a_sizer_that_answers_no_weights(
    tmp_path: Path, answer: str, words: str, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "half.py").write_text(SIZER.replace("return answer", f"return {answer}"), encoding="utf-8")
    config = write_project(
        tmp_path, STRATEGY.replace("weight: 0.1", "weight: {use: 'half.py:Half'}"), **TABLES, announcements=NEWS
    )
    assert main([command, str(config), "--json"]) == (1 if command == "run" else 2)
    message = capsys.readouterr()
    assert words in message.out + message.err and "strategy 'S'" in message.out + message.err


@pytest.fixture
def model() -> Iterator[tuple[str, list[str]]]:
    """A language model on this machine: its address, and what it was asked."""
    asked: list[str] = []

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append(question["prompt"])
            body = json.dumps({"text": "-0.5" if "sinks" in question["prompt"] else "0.75"}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_labeller_that_asks_a_language_model(
    tmp_path: Path, model: tuple[str, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    address, asked = model
    (tmp_path / "labeller.py").write_text(LABELLER, encoding="utf-8")
    block = (
        "announcements:\n  - {use: csv, path: news.csv}\n"
        "  - {use: 'labeller.py:AskModel', params: {announcements: news.csv, answers: answers.json, "
        f"address: '{address}', model: small-model-1}}}}\n"
    )
    (tmp_path / "news.csv").write_text(
        "event_id,published_at,event_type,issuer,headline,tickers\n"
        "e1,2025-03-03T12:00:00Z,news,Harbor,A crane,H.HK\n"
        "e2,2025-03-03T12:00:00Z,news,Pier,A boat sinks,P.HK\n",
        encoding="utf-8",
    )
    config = write_project(tmp_path, block + STRATEGY.replace("sign: one", "sign: sentiment"), **TABLES)
    run, events = ran(config, capsys)
    assert {row["event_id"]: row["signal"] for row in events} == {"e1": 0.75, "e2": -0.5}
    assert len(asked) == 2  # by `check`; the run found the answers beside the config
    (message,) = [notice for notice in run["notices"] if "small-model-1" in notice]
    assert "labels by small-model-1 for 2 of 2 events" in message
    assert sorted(path.name for path in tmp_path.glob("*.py")) == ["labeller.py"]


PEEKING = '''
"""More of what rises on the day itself."""
from dataclasses import dataclass

import numpy as np

import newsbt


@dataclass(frozen=True, kw_only=True)
class OfTheDay(newsbt.Sizer):
    def weights(self, panel: newsbt.MarketPanel) -> np.ndarray:
        return np.where(panel.close > panel.open, 0.3, 0.1)
'''


def test_a_sizer_that_looks_ahead_is_not_the_strategys_fault_without_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    days = [day for day in np.arange("2025-03-03", "2025-04-04", dtype="M8[D]") if np.is_busday(day)]
    bars = [f"H.HK, {day}, 10, 11, 9, {10.5 if k % 3 else 9.5}, 1000000" for k, day in enumerate(days)]
    news = [f"e{k}, {day}T20:00+08:00, x, Harbor, Said, H.HK" for k, day in enumerate(days[:-1])]
    tables = {
        "instruments": TABLES["instruments"],
        "prices": "\n".join(["ticker, date, open, high, low, close, volume", *bars]),
        "announcements": "\n".join(["event_id, published_at, event_type, issuer, headline, tickers", *news]),
    }
    (tmp_path / "sizes.py").write_text(PEEKING, encoding="utf-8")
    text = STRATEGY.replace("weight: 0.1", "hold: 1, weight: 0.1")

    def word(weight: str) -> str:
        config = write_project(tmp_path, text.replace("0.1", weight), **tables)
        assert main(["run", str(config), "--json"]) == 0
        (run,) = json.loads(capsys.readouterr().out)["runs"]
        return run["verdicts"]["S"]["word"]

    peeking = "{use: 'sizes.py:OfTheDay'}"
    config = write_project(tmp_path, text.replace("0.1", peeking), **tables)
    assert main(["audit", str(config), "--placebo", "0"]) == 1
    assert "the weight for H.HK" in capsys.readouterr().out
    assert word(peeking) == "looks ahead"
    assert word("0.1") == "too few"
