"""`newsbt events names`: aliases for any table, and which of them are words."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from newsbt.cli import main

TABLE = """ticker,name,exchange,aliases,note
TGT,Target Corp,XNYS,,x
EMB,Emberwick Holdings Ltd,XNYS,Ember,
"""


def test_names_are_told_and_written_behind_the_aliases(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table, out = tmp_path / "listed.csv", tmp_path / "named.csv"
    table.write_text(TABLE, encoding="utf-8")
    assert main(["events", "names", str(table), "--out", str(out), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document == {
        "instruments": 2, "path": str(out),
        "names": [
            {"company": "Target Corp", "name": "Target", "why": "a word of the language", "tickers": ["TGT"]},
            {"company": "Emberwick Holdings Ltd", "name": "Emberwick", "why": "", "tickers": ["EMB"]},
        ],
    }  # fmt: skip
    with out.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["ticker"], row["aliases"], row["note"]) for row in rows] == [
        ("TGT", "", "x"),
        ("EMB", "Ember;Emberwick", ""),
    ]
    assert main(["events", "names", str(table)]) == 0
    assert "1 names made, 1 that say too little alone" in capsys.readouterr().out
