"""What `newsbt init --from` makes of files of which nothing can be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsbt.cli.own_files import read_prices
from newsbt.errors import DataError


def test_prices_of_which_no_row_can_be_used_say_what_is_wrong_with_them(tmp_path: Path) -> None:
    path = tmp_path / "0700.HK.csv"
    path.write_text("ticker,date,open,high,low,close,volume\n0700.HK,2025-03-03,x,1,1,1,1\n")
    with pytest.raises(DataError, match=r"0700\.HK\.csv:2: .*'x'"):
        read_prices(path, {})
