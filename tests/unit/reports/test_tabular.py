"""Tables in a terminal: a column is whole, or named among those left out; at every width, whatever is in it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from newsbt.reports.results_table import lines_of
from newsbt.reports.tabular import GAP, TerminalTable, figure, grid, ids, prose, token
from newsbt.reports.wrapping import Prose, fold, longest_piece

WIDTHS = (40, 60, 80, 100, 120, 200)
MONEY = ("-12,345,678.90", "0.00", "9,876.28", "-0.01", "1,234,567,890,123.45")
NAMES = (
    "Buy on rival release",
    "Buy every Chinese AI stock when a rival model is released and hold it for a week 2024-07-01",
    "竞争对手发布模型时买入2025年的中国人工智能股票",
    "momentum_2024_v12_with_a_name_that_nobody_would_type_12345678.90",
)
TICKERS = ("0700.HK", "300750.SZ", "A-TICKER-OF-SOME-LENGTH.XNAS", "阿里巴巴-W.HK")
EVENTS = ("2024-07-23-meta-llama-3-1", "e1", "https://example.org/news/2025/03/06/qwq-32b.html?page=1&of=12")

# Each with where its cells may be folded.
HEADS = (
    prose("Strategy", 3), token("Ticker", 0), token("Date", 2), figure("Profit\nand loss", 1),
    figure("Would have returned", 4), ids("Like it", 8), token("Event", 6), prose("Why", 7),
)  # fmt: skip

rows_of = st.lists(
    st.tuples(
        st.sampled_from(NAMES), st.sampled_from(TICKERS), st.dates().map(str), st.sampled_from(MONEY),
        st.floats(-1e6, 1e6).map(lambda value: f"{value:+,.2%}"),
        st.lists(st.sampled_from(TICKERS), max_size=5).map(", ".join), st.sampled_from(EVENTS), st.sampled_from(NAMES),
    ),
    min_size=1, max_size=5,
)  # fmt: skip


def columns_of(lines: Sequence[str], table: TerminalTable, width: int) -> dict[str, list[str]]:
    """What stands below each title that is shown, line by line."""
    columns = table.shown(width)
    widths = table._widths(columns, width)
    found: dict[str, list[str]] = {}
    at = 0
    for column, wide in zip(columns, widths, strict=True):
        found[table.titles[column]] = [between(line, at, at + wide).strip() for line in lines]
        at += wide + GAP
    return found


def between(line: str, first: int, last: int) -> str:
    """The part of a line in some cells of the terminal."""
    kept, at = "", 0
    for letter in line:
        if first <= at < last:
            kept += letter
        at += cell_len(letter)
    return kept


@given(rows=rows_of, width=st.sampled_from(WIDTHS))
def test_what_is_shown_is_whole_and_what_is_not_is_named(rows: list[tuple[str, ...]], width: int) -> None:
    """For every column: each of its cells stands in the output as it is (text with its blanks as line ends), or its
    title stands under the table; and nothing is wider than the terminal but a first column that is."""
    table = TerminalTable(HEADS, rows, more="--format csv")
    lines = list(lines_of(table, width))
    rule = next(n for n, line in enumerate(lines) if line and set(line) == {"─"})
    note_at = next((n for n, line in enumerate(lines) if line.startswith("Not shown for want of room:")), len(lines))
    named = " ".join(lines[note_at:])
    shown = columns_of(lines[rule + 1 : note_at], table, width)
    for column, head in enumerate(HEADS):
        cells = [row[column] for row in rows]
        if head.title not in shown:
            assert head.title.replace("\n", " ") in named
            continue
        got = shown[head.title]
        if head.folds == "nowhere":
            assert [text for text in got if text] == [cell for cell in cells if cell]
        else:
            assert "".join("".join(got).split()) == "".join("".join(cells).split())
            for word in " ".join(cells).split() if head.folds == "words" else []:
                assert any(word in text for text in got), "ids are folded between words only"
    assert ("Ticker" in shown) and max(map(cell_len, lines)) <= max(width, max(map(cell_len, TICKERS)))
    assert named == "" or f"of {table.full_width} columns" in named
    assert set(table.shown(table.full_width)) == set(range(len(HEADS)))


def test_numbers_of_a_text_are_not_folded() -> None:
    """The word of 40 letters is folded between letters, the figures in it and beside it are not."""
    text = "paid -12,345,678.90 on 2025-03-06 09:30 at 10 % for momentum_2024_v12_with_a_long_name_1234.56"
    lines = fold(text, 12)
    for whole in ("-12,345,678.90", "2025-03-06 09:30", "10 %", "2024", "1234.56"):
        assert any(whole in line for line in lines), whole
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert longest_piece(text) == len("2025-03-06 09:30")


@given(st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs", "S")), max_size=80), st.integers(1, 60))
def test_folding_loses_nothing_and_is_as_narrow_as_can_be(text: str, width: int) -> None:
    lines = fold(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert fold(text, 1000) == [" ".join(text.split())]
    assert max(map(cell_len, lines)) <= max(width, longest_piece(text))


def test_no_blank_is_added() -> None:
    assert fold("of 5 % to 95 %: -5.67%", 80) == ["of 5 % to 95 %: -5.67%"]


def test_the_wider_the_more_where_no_column_is_too_wide_alone() -> None:
    rows = [(NAMES[0], TICKERS[0], "2025-03-06", MONEY[0], "+1.00%", TICKERS[1], EVENTS[1], "cash")]
    table = TerminalTable(HEADS, rows)
    chosen = [set(table.shown(width)) for width in range(30, 200)]
    assert all(narrow <= wide for narrow, wide in pairwise(chosen))


@pytest.mark.parametrize("width", WIDTHS)
def test_labels_and_sentences_fit_and_keep_every_word(width: int) -> None:
    pairs = [
        ("Period", "2024-07-01 to 2025-07-31, 283 rows"),
        ("Dropped a/very/long/path/to/announcements.csv", NAMES[1]),
    ]
    lines = list(lines_of(grid(pairs), width))
    assert max(map(cell_len, lines)) <= width
    assert all(word in " ".join(lines) for word in ("Period", "2024-07-01", "2025-07-31,", "release", "283"))
    printed = list(lines_of(Prose(f"  {NAMES[1]} {EVENTS[2]}", indent=2), width))
    assert any(EVENTS[2] in line for line in printed), "no word is folded, not even a long one"


def test_a_table_in_ascii_has_a_rule_that_ascii_has() -> None:
    import io

    from rich.console import Console

    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    Console(file=out, width=40).print(TerminalTable([figure("A")], [["1"]]))
    out.flush()
    assert raw.getvalue() == b"A\n-\n1\n"
