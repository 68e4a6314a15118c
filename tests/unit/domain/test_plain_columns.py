"""CSV files whose quotes stand around whole fields are read by Arrow, others record by record, to the same columns."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbt.domain import coded_table
from newsbt.domain.coded_table import ColumnTable, read_columns
from newsbt.domain.plain_columns import plain_columns
from newsbt.domain.table_files import open_table
from newsbt.errors import DataError

PATH = Path("x.csv")
PIECES = st.lists(
    st.sampled_from(["", "a", '""', '"a"', '"a,b"', '"a\nb"', '"a""b"', '""""', '"\r\n"', ' "a"']), max_size=3
)


def record_by_record(data: bytes) -> ColumnTable:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coded_table, "plain_columns", lambda _data, _head: None)
        return read_columns(PATH, data)


def shown(table: ColumnTable) -> object:
    cells = [(one.values, one.codes.tolist(), one.codes.dtype) for one in table.cells]
    return table.columns, cells, table.lines.tolist(), list(table.ragged), list(table.records())


@pytest.mark.parametrize(
    ("data", "plain"),
    [
        ("a,b\n1,x\n2,x\n1,\n", True),
        ("a,b\n1,x\n2,x\n\n\n", True),
        ("a,b\n1,x", True),
        ("a, b\n ,\n公司, é \n,\n", True),
        ("a,b\n1\u2028,x\x0b\n\x0c,\x85\n", True),
        ("a,b\n\ufeff\ufeff1,\ufeffx\n\ufeff2,y\n", True),
        ("a,b\r\n1,x\r\n", True),
        ("a,b\r\n1,x\r2\r\n", False),
        ("a,b\r\n1,x\n2,y\r", False),
        ('a,b\n1,"x,y"\n', True),
        ('"a","b"\n"1","x"\n', True),
        ('a,b\n1,"x\ny"\n2,"\n\n"\n3,x', True),
        ('a,b\n1,"say ""x"""\n"",""""""\n"""2""",\n', True),
        ('a,b\r\n1,"x,y"\r\n', True),
        ('a,b\r\n1,"x\r\ny"\r\n', False),
        ('a,b\n1,x"y"\n', False),
        ('a,b\n1, "x"\n', False),
        ('"a\n",b\n1,x\n', False),
        (f'a,b\n1,"{"x" * 3_000_000}"\n' * 3, False),
        ("a,b\n1,x\n\n2,y\n", False),
        ("a,b\n1,x,y\n2\n", False),
        ("\na,b\n1,x\n", False),
        ("a\n1\n", False),
        (f"a,b\n1,{'x' * 3_000_000}\n" * 3, False),
    ],
)
def test_either_way_the_columns_are_the_same(data: str, plain: bool) -> None:
    found = read_columns(PATH, data.encode())
    assert shown(found) == shown(record_by_record(data.encode()))
    assert (plain_columns(data.encode(), open_table(PATH, data.encode())[0]) is not None) == plain


@given(st.lists(PIECES.map(",".join) | st.text(st.sampled_from('a ,\n\r"é\t;\ufeff'), max_size=6), max_size=8))
def test_so_they_are_of_any_text(lines: list[str]) -> None:
    data = "\n".join(["a,b", *lines]).encode()
    assert answer_of(read_columns, data) == answer_of(lambda _path, data: record_by_record(data), data)


def answer_of(read: Callable[[Path, bytes], ColumnTable], data: bytes) -> object:
    try:
        return shown(read(PATH, data))
    except DataError as error:
        return str(error)
