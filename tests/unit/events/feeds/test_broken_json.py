"""JSON of vendors in which one item is broken: the others are read, and the broken one is named by its place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsbt.errors import DataError
from newsbt.events.feeds.alpaca import parse_alpaca
from newsbt.events.feeds.broken_json import Broken, mended
from newsbt.events.feeds.feed_item import Parsed
from newsbt.events.feeds.gdelt import parse_gdelt
from newsbt.events.feeds.mapped import ColumnMap, parse_mapped
from newsbt.events.from_feeds import AlpacaAnnouncements, GdeltAnnouncements
from paces import is_linear

AT = "2025-03-05T10:15:00Z"

BROKEN = [
    r'{"title": "a \- b"}',
    r'{"title": "a \u12", "x": 1}',
    '{"title": "a\nb"}',
    '{"title": "a" "b"}',
    '{"title": }',
    '{"title": "a",}',
    "{'title': 'a'}",
    '{"title": "a", "x": ' + "9" * 5000 + "}",
    '{"title": "a", "x": ' + "[" * 50_000 + "]" * 50_000 + "}",
    '{"title": "a", "x": [1, 2}',
    '{"title": "a}',
    '{"title": "a"',
    "nothing",
    "",
]


def alpaca(*items: str) -> Parsed:
    return parse_alpaca(f'{{"news": [{", ".join(items)}], "next_page_token": "t"}}'.encode(), "x")


def gdelt(*items: str) -> Parsed:
    return parse_gdelt(f'{{"articles": [{", ".join(items)}]}}'.encode(), "x")


def mapped(*items: str) -> Parsed:
    columns = ColumnMap(columns={"headline": "title", "published_at": "created_at"}, records="data.items")
    return parse_mapped(f'{{"n": 2, "data": {{"items": [{", ".join(items)}], "m": {{}}}}}}'.encode(), "x", columns)


def plain_list(*items: str) -> Parsed:
    return parse_alpaca(f"[{', '.join(items)}]".encode(), "x")


def lines(*items: str) -> Parsed:
    return parse_alpaca("\n".join(item.replace("\n", "\t") for item in items).encode(), "x")


def good(title: str) -> str:
    return json.dumps(
        {"title": title, "created_at": AT, "seendate": AT, "url": f"u{title}", "tags": [{"a": ["}, {"]}, {"b": 1}]}
    )


@pytest.mark.parametrize("read", [alpaca, gdelt, mapped, plain_list])
@pytest.mark.parametrize("broken", BROKEN)
def test_one_broken_item_does_not_refuse_the_others(read, broken: str) -> None:
    parsed = read(good("A"), broken, good("C"))
    assert parsed.items[0].headline == "A"
    assert parsed.items[-1].headline == "C"
    assert [problem.code for problem in parsed.refused] == ["bad_value"] * len(parsed.refused)
    assert len(parsed.items) == 2
    assert len(parsed.refused) >= 1
    assert "is not JSON" in parsed.refused[0].message
    assert "2" in str(parsed.refused[0])


@pytest.mark.parametrize("broken", [one for one in BROKEN if one.startswith("{")])
def test_one_broken_line_does_not_refuse_the_others(broken: str) -> None:
    parsed = lines(good("A"), broken, good("C"))
    assert [item.headline for item in parsed.items] == ["A", "C"]
    assert "item 2" in str(parsed.refused[0].file)


def test_the_next_page_is_found_behind_a_broken_item() -> None:
    assert alpaca(good("A"), BROKEN[0]).next_page == "t"


def test_a_broken_item_stops_a_run_by_its_place_or_is_counted(tmp_path: Path) -> None:
    file = tmp_path / "gdelt.json"
    file.write_text(f'{{"articles": [{good("A")}, {BROKEN[0]}]}}')
    with pytest.raises(DataError, match=r"gdelt.json \(item 2\): the item is not JSON: Invalid .escape near"):
        GdeltAnnouncements(path=file).read()
    batch = GdeltAnnouncements(path=file, on_bad_row="skip", keep="all").read()
    assert [item.headline for item in batch.announcements] == ["A"]
    assert dict(batch.bad_rows) == {"bad_value": 1}


@pytest.mark.parametrize(
    "data", [b"{}", b" {}\n", b"\xef\xbb\xbf{ }", b'{"articles": []}', b'{"articles": null}', b"[]"]
)
def test_gdelts_empty_answers_are_nothing_found(data: bytes) -> None:
    assert parse_gdelt(data, "x") == Parsed(items=())


@pytest.mark.parametrize(
    ("data", "code", "message"),
    [
        (b"Please limit requests to one every 5 seconds or contact the operators.", "refused", "asked too often"),
        (b"Your query was too short or too long.\n", "wrong_format", "words: 'Your query was too short or too long.'"),
        (b"<!doctype html><html>", "wrong_format", "a page of HTML"),
        (b'{"timeline": []}', "bad_value", "list of items under 'articles'"),
    ],
)
def test_what_gdelt_says_in_words_is_told_as_that(data: bytes, code: str, message: str) -> None:
    with pytest.raises(DataError, match=message) as caught:
        parse_gdelt(data, "x")
    assert caught.value.problems[0].code == code


def test_null_is_an_empty_list_and_nan_is_no_text(tmp_path: Path) -> None:
    assert parse_alpaca(b'{"news": null, "next_page_token": null}', "x").items == ()
    parsed = parse_alpaca(f'[{{"id": 1, "headline": "A", "created_at": "{AT}", "content": NaN}}]'.encode(), "x")
    assert parsed.items[0].body == ""
    file = tmp_path / "none.json"
    file.write_text('{"news": null}')
    assert AlpacaAnnouncements(path=file).read().announcements == ()


@pytest.mark.parametrize(
    ("start", "unit"),
    [("", "{"), ("", "["), ("", '{"a":'), ('{"news":["', '\\"'), ('[{"a":', '\\"'), ('{"news":[', '"},{"'),
     ('{"news":[', "},{"), ('{"news":[', "\\")],
)  # fmt: skip
def test_bombs_of_depth_and_of_quotes_take_no_time(start: str, unit: str) -> None:
    def read(size: int) -> None:
        with pytest.raises(DataError):
            parse_alpaca((start + unit * (size // len(unit))).encode(), "x")

    assert is_linear(read, 50_000)


WORD = st.text(alphabet='ab"\\\\{}[]:, ', max_size=6)
JSON = st.recursive(
    st.none() | st.integers() | WORD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORD, inner, max_size=3),
    max_leaves=5,
)
ROW = st.dictionaries(WORD, JSON, max_size=3)


@settings(max_examples=40, deadline=None)
@given(
    rows=st.lists(ROW, min_size=1, max_size=4),
    index=st.integers(0, 4),
    more=ROW,
)
def test_the_items_beside_a_broken_one_are_what_they_are(rows: list, index: int, more: dict) -> None:
    parts = [json.dumps(row, ensure_ascii=False) for row in rows]
    parts.insert(index % (len(parts) + 1), r'{"a": "\-"}')
    others = json.dumps(more)[1:-1]
    text = f'{{{others}{", " if others else ""}"news": [{", ".join(parts)}]}}'
    found = mended(text, ("news",), is_path=False)["news"]
    assert [one for one in found if not isinstance(one, Broken)] == rows
    assert sum(isinstance(one, Broken) for one in found) == 1
