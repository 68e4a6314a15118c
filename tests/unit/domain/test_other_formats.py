"""A download gone wrong is called what it is by every reader of a table, and never "a header and no rows"."""

from __future__ import annotations

import bz2
import lzma
import pickle
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest

from newsbt.domain.other_formats import server_answer
from newsbt.errors import DataError
from newsbt.events.from_csv import CsvAnnouncements
from newsbt.events.from_excel import ExcelAnnouncements
from newsbt.events.from_feeds import AlpacaAnnouncements, RssAnnouncements
from newsbt.events.from_jsonl import JsonlAnnouncements
from newsbt.events.from_parquet import ParquetAnnouncements
from newsbt.events.labels import LabelTable
from newsbt.linking.universe_tables import read_universe
from newsbt.prices.fx_readers import CsvFx
from newsbt.prices.price_readers import CsvPrices, ExcelPrices, ParquetPrices

KNOWN = {"0700.HK"}
OF_TEXT: Mapping[str, Callable[[Path], object]] = {
    "prices": lambda path: CsvPrices(path=path).read(KNOWN),
    "news": lambda path: CsvAnnouncements(path=path).read(KNOWN),
    "lines": lambda path: JsonlAnnouncements(path=path).read(KNOWN),
    "rates": lambda path: CsvFx(path=path).read(),
    "universe": lambda path: read_universe(path),
    "labels": lambda path: LabelTable(path=path, made_by="hand", cutoff=date(2025, 1, 1)).read_labels(KNOWN),
}
READERS: Mapping[str, Callable[[Path], object]] = {
    **OF_TEXT,
    "price workbook": lambda path: ExcelPrices(path=path).read(KNOWN),
    "news workbook": lambda path: ExcelAnnouncements(path=path).read(KNOWN),
    "price parquet": lambda path: ParquetPrices(path=path).read(KNOWN),
    "news parquet": lambda path: ParquetAnnouncements(path=path).read(KNOWN),
    "feed": lambda path: RssAnnouncements(path=path).read(KNOWN),
    "json": lambda path: AlpacaAnnouncements(path=path).read(KNOWN),
}
PAGES = (
    b"<html><body>Too many requests</body></html>",
    b"\xef\xbb\xbf\n<!DOCTYPE html>\n<title>Sign in, please</title>\n<p>a",
)
TABLE = b"date,close\n2025-01-02,1\n"


def refusal(name: str, content: bytes, folder: Path) -> str:
    path = folder / "given"
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        READERS[name](path)
    assert caught.value.problems[0].code == "wrong_format", str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("name", READERS)
def test_a_page_is_called_a_page(name: str, tmp_path: Path) -> None:
    for content in PAGES:
        found = refusal(name, content, tmp_path)
        assert "this is a page of HTML" in found and "expected" in found, found
        assert name in ("feed", "json") or "Download it again" in found, found


@pytest.mark.parametrize("name", [name for name in READERS if name not in ("lines", "json")])
def test_an_answer_in_json_is_called_json(name: str, tmp_path: Path) -> None:
    for content in (b'{"error": "invalid api key"}', b'{\n "Information": "rate limit",\n "code": 1}', b'[{"a": 1}]'):
        assert "this is JSON" in refusal(name, content, tmp_path)


@pytest.mark.parametrize("name", READERS)
def test_binary_files_are_called_by_their_kind(name: str, tmp_path: Path) -> None:
    for content, what in (
        (b"%PDF-1.7\n1 0 obj\n", "PDF"), (bz2.compress(TABLE), "bzip2"), (lzma.compress(TABLE), "xz"),
        (pickle.dumps(["a" * 9]), "pickle"), (b"\x89PNG\r\n\x1a\n" + bytes(9), "picture"), (b"ARROW1\0\0", "Arrow"),
    ):  # fmt: skip
        assert what in refusal(name, content, tmp_path)


def test_headings_in_brackets_are_a_table() -> None:
    assert server_answer(b"<TICKER>,<PER>,<DATE>\n") == server_answer(b"<DATE>;<CLOSE>\n") == ""
    assert server_answer(b"date,open\n") == server_answer(b"< 5,1\n") == server_answer(b"[a],b\n") == ""
    assert server_answer(b"<?xml version='1.0'?><Error/>") == "a document of XML"
