"""context.json: what a page needs beside the tables, small however large the run."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from made_runs import EVENT_ID, labels, made_run, strategy
from newsbt.domain.entity import Instrument
from newsbt.domain.results import Labels, RunResult
from newsbt.domain.run_context import LinkWords, RunContext
from newsbt.runs import context_document as module
from newsbt.runs.context_document import context_document
from newsbt.runs.reactions import CAR_SESSIONS
from newsbt.runs.run_document import record_of
from newsbt.runs.run_folder import write_run
from newsbt.runs.stored_runs import read_run

CONTEXT = RunContext(
    instruments=tuple(
        Instrument(ticker=ticker, name=ticker, exchange="XHKG", board="main", currency="HKD")
        for ticker in ("9988.HK", "0700.HK", "^HSTECH")
    ),
    links_of={0: (LinkWords(ticker=0, relation="issuer", hop=0, weight=1.0, path=("Alibaba",)),)}.__getitem__,
    zones={"XHKG": "Asia/Hong_Kong"},
    benchmark=2,
)


def priced() -> Labels:
    """9988.HK: 100, then opens at 104 and closes at 110 after the news, then 121; the index gains 1 % that day."""
    labelled = labels()
    panel = labelled.panel
    close = np.full(panel.shape, 100.0)
    close[1:, 0] = [110.0, 121.0, 121.0, 121.0]
    close[1:, 2] = 101.0
    opened = np.full(panel.shape, 100.0)
    opened[1, 0] = 104.0
    high, low = np.maximum(opened, close), np.minimum(opened, close)
    arrays: dict[str, Any] = {"open": opened, "high": high, "low": low, "close": close}
    for array in arrays.values():
        array.setflags(write=False)
    return dataclasses.replace(labelled, panel=dataclasses.replace(panel, **arrays))


def run(labelled: Labels | None = None) -> RunResult:
    return dataclasses.replace(made_run(strategies=[strategy("A", labelled=labelled or priced())]), context=CONTEXT)


def test_moves_and_abnormal_returns_by_hand() -> None:
    document = context_document(run())
    assert document is not None
    (event,) = document["events"]
    move, tradable, ar, car = event["reactions"]["9988.HK"]
    assert move == pytest.approx(0.10, abs=1e-5)
    assert tradable == pytest.approx(110 / 104 - 1, abs=1e-5)
    assert ar == pytest.approx(0.10 - 0.01)
    assert car == pytest.approx(0.10 - 0.01 + 0.10), f"day 0 to {CAR_SESSIONS}, as far as there are prices"
    assert document["shares"]["A"]["pairs"] == 2
    assert event["at"] == {"XHKG": 1.0}
    assert document["benchmark"] == "^HSTECH"


def test_a_split_is_no_move() -> None:
    labelled = priced()
    close, split = labelled.panel.close.copy(), labelled.panel.split.copy()
    close[1:, 0] /= 2
    split[1, 0] = 2.0
    opened = labelled.panel.open.copy()
    opened[1, 0] /= 2
    arrays: dict[str, Any] = {
        "close": close, "split": split, "open": opened, "low": np.minimum(opened, close),
        "high": np.maximum(opened, close),
    }  # fmt: skip
    for array in arrays.values():
        array.setflags(write=False)
    document = context_document(run(dataclasses.replace(labelled, panel=dataclasses.replace(labelled.panel, **arrays))))
    assert document is not None
    assert document["events"][0]["reactions"]["9988.HK"][0] == pytest.approx(0.10, abs=1e-5)


def with_cells(labelled: Labels, **cells: dict[tuple[int, int], float]) -> Labels:
    arrays: dict[str, Any] = {}
    for name, values in cells.items():
        array = getattr(labelled.panel, name).copy()
        for cell, value in values.items():
            array[cell] = value
        array.setflags(write=False)
        arrays[name] = array
    return dataclasses.replace(labelled, panel=dataclasses.replace(labelled.panel, **arrays))


def reaction(labelled: Labels) -> list[float]:
    document = context_document(run(labelled))
    assert document is not None
    found: list[float] = document["events"][0]["reactions"]["9988.HK"]
    return found


def test_dividends_are_put_back() -> None:
    """9988.HK goes ex 4 on day 0 and ex 11 the day after, the index ex 1 on day 0."""
    labelled = with_cells(priced(), dividend={(1, 0): 4.0, (2, 0): 11.0, (1, 2): 1.0})
    ar, after = 0.14 - 0.02, (121 + 11) / 110 - 1
    assert reaction(labelled) == pytest.approx([0.14, 114 / 108 - 1, ar, ar + after], abs=1e-5)


def test_adjustment_factors_are_put_back() -> None:
    """The same total prices as without: 100, 104, 110, 121 for one, 100 and 101 for the other."""
    panel = priced().panel
    halved = {(t, n): 0.5 for t in (0, 1) for n in (0, 2)}
    doubled = {
        name: {cell: getattr(panel, name)[cell] * 2 for cell in halved} for name in ("open", "high", "low", "close")
    }
    assert reaction(with_cells(priced(), adj_factor=halved, **doubled)) == reaction(priced())


def test_the_bars_with_the_largest_profits_are_kept_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BARS", 5)
    document = context_document(run())
    assert document is not None
    assert sum(len(rows) for rows, _ in document["tickers"]["9988.HK"]["bars"]) == 5
    assert document["tickers"]["0700.HK"]["bars"] == []


def test_a_long_headline_is_cut_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST_TEXT", 4)
    document = context_document(run())
    assert document is not None
    assert (document["events"][0]["headline"], document["events"][0]["cut"]) == ("QwQ-", 3)


def test_the_folder_gives_back_what_was_written_and_equal_runs_equal_bytes(tmp_path: Path) -> None:
    result = dataclasses.replace(run(), evidence={"study": {"groups": []}})
    folders = [write_run(result, tmp_path, report_html="<p>") for _ in range(2)]
    for name in ("context", "evidence"):
        first, second = ((folder / f"{name}.json").read_bytes() for folder in folders)
        assert first == second
        assert read_run(folders[0]).extra(name) == record_of(result).extra(name) == json.loads(first)
    assert read_run(folders[0]).extra("context")["events"][0]["id"] == EVENT_ID


def test_without_a_report_only_the_evidence_is_kept(tmp_path: Path) -> None:
    folder = write_run(dataclasses.replace(run(), evidence={"study": {"groups": []}}), tmp_path)
    assert (folder / "evidence.json").exists()
    assert not (folder / "context.json").exists()
    assert read_run(folder).extra("context") is None


def test_a_run_without_context_or_strategies_has_none() -> None:
    assert context_document(made_run()) is None
    assert context_document(dataclasses.replace(run(), strategies=())) is None
