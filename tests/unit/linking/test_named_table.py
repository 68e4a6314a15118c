"""The table of instruments with the names that say enough by themselves written behind its aliases."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsbt.domain.entity import Instrument, Universe
from newsbt.domain.made_names import WORD, MadeName
from newsbt.linking.named_table import with_names

UNIVERSE = Universe(
    instruments=tuple(
        Instrument(ticker=ticker, name=name, company=name, exchange="XHKG", board="main", currency="HKD")
        for ticker, name in (("0001.HK", "Alpha Holdings"), ("0002.HK", "Apple Growers"), ("0003.HK", "Gamma"))
    )
)
MADE = (
    MadeName(company="Alpha Holdings", name="Alpha"),
    MadeName(company="Apple Growers", name="Apple", why=WORD),
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # Without the column it is added at the end; a row that is short of cells is filled up.
        (
            "ticker,name,note\n0001.HK,Alpha Holdings,x\n0002.HK,Apple Growers\n",
            "ticker,name,note,aliases\n0001.HK,Alpha Holdings,x,Alpha\n0002.HK,Apple Growers,,\n",
        ),
        # With it, it is where it was, and a name that stands there already stands once.
        (
            "ticker,aliases,name\n0001.HK,AH;Alpha,Alpha Holdings\n0003.HK,G,Gamma\n9999.HK,Z,Unknown\n",
            "ticker,aliases,name\n0001.HK,AH;Alpha,Alpha Holdings\n0003.HK,G,Gamma\n9999.HK,Z,Unknown\n",
        ),
        (
            "ticker,aliases,name\n0001.HK,AH,Alpha Holdings\n",
            "ticker,aliases,name\n0001.HK,AH;Alpha,Alpha Holdings\n",
        ),
    ],
)
def test_names_stand_behind_the_aliases_of_their_listings(tmp_path: Path, before: str, after: str) -> None:
    table, out = tmp_path / "instruments.csv", tmp_path / "out.csv"
    table.write_text(before)
    with_names(table, out, UNIVERSE, MADE)
    assert out.read_text() == after
    assert table.read_text() == before
