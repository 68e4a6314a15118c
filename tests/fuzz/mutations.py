"""Files that are nearly valid, changed in a few places with their structure kept, and files that are not."""

from __future__ import annotations

import copy
import gzip
import html
import io
import json
import random
import re
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["arbitrary", "mutated"]

ODD = [
    "", " ", "0", "-1", "1", "1e400", "-1e-400", "nan", "inf", "NaT", "null", "None", "true", "2025-02-30",
    "2025-03-06", "0001-01-01", "9999-12-31T23:59:59-23:59", "2025-03-06T03:00:00+08:00", "2025-03-06T25:00Z",
    "1741209600", "9" * 40, "0x10", "1_000", "1,5", "٣", "½", "=1+1", '"', "'", ";", ",", "|", "\t", "\\", "..",
    "/", "../../x", "${HOME}", "<b>x</b>", "&lt;", "]]>", "{", "[", "}", "A.HK", "9988.HK", "^HSTECH", "XHKG",
    "main", "HKD", "USDHKD", "0700", "²",
    "9" * 5000, "\ud7ff", "\u202e", "\ufeff", "\x00", "\x1b[31m", "\r", "a" * 5000, "阿里巴巴",
    "e\u0301", "&" * 50, "(" * 300,
]  # fmt: skip
DAYS = (-3650, -30, -1, 0, 1, 7, 400)
BEGINNINGS = (
    b"", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"PAR1", b"PK\x03\x04", b"\xef\xbb\xbf", b"\xff\xfe",
    b"\xd0\xcf\x11\xe0", b"{", b"[", b'{"event_id": ', b"<?xml version='1.0'?>", b"<!DOCTYPE x [<!ENTITY a 'b'>]>",
    b"<html>", b"%YAML", b"a: &a [*a]", b"ticker,date,open", b"event_id,published_at\n", b"\x93NUMPY",
)  # fmt: skip


_DAY = re.compile(r"[12]\d{3}-\d\d-\d\d")
_BETWEEN_TAGS = re.compile(rb"(?<=>)[^<>]+(?=</)")
_CALLED = re.compile(rb"(\w+\()([\[{].*[\]}])(\);?\s*)", re.DOTALL)


def arbitrary(chance: random.Random) -> bytes:
    """Bytes or odd cells behind a beginning that a reader knows."""
    if chance.random() < 0.5:
        return chance.choice(BEGINNINGS) + chance.randbytes(chance.randrange(400))
    lines = (
        chance.choice(",;\t|: ").join(chance.choice(ODD) for _ in range(chance.randrange(1, 14)))
        for _ in range(chance.randrange(1, 9))
    )
    return chance.choice(BEGINNINGS) + "\n".join(lines).encode("utf-8", "surrogatepass")


def mutated(valid: bytes, chance: random.Random, ending: str) -> bytes:
    """One to four changes of a valid file, by what it is and by the ending of its name."""
    for _ in range(chance.choice((1, 1, 1, 1, 2, 4))):
        valid = _mutation_of(valid, chance, ending)(valid, chance)
    if chance.random() < 0.03:
        valid = gzip.compress(valid)
    return valid


def _mutation_of(valid: bytes, chance: random.Random, ending: str) -> Callable[[bytes, random.Random], bytes]:
    if valid[:4] == b"PK\x03\x04":
        return _archive if chance.random() < 0.9 else _bytes
    if valid[:4] == b"PAR1":
        return _parquet if chance.random() < 0.9 else _bytes
    if valid[:6] == b"\x93NUMPY" and chance.random() < 0.8:
        return _flipped
    if ending == ".yaml" and chance.random() < 0.9:
        return _yaml
    if _CALLED.match(valid) and chance.random() < 0.85:
        return _called
    if valid[:1] in (b"{", b"[") and chance.random() < 0.9:
        return _json
    return chance.choice((_cells, _cells, _cells, _lines, _bytes, _tokens))


def _bytes(valid: bytes, chance: random.Random) -> bytes:
    """Some bytes changed, anywhere, a piece cut out or doubled, or the end gone."""
    content = bytearray(valid)
    if not content:
        return b"\0"
    at = chance.randrange(len(content))
    kind = chance.randrange(4)
    if kind == 0:
        for _ in range(chance.randrange(1, 6)):
            content[chance.randrange(len(content))] = chance.randrange(256)
    elif kind == 1:
        del content[at : at + chance.randrange(1, 60)]
    elif kind == 2:
        content[at:at] = content[at : at + chance.randrange(1, 200)]
    else:
        del content[at:]
    return bytes(content)


def _flipped(valid: bytes, chance: random.Random) -> bytes:
    """A few bytes of an array changed, seldom of its head; nothing moves."""
    content = bytearray(valid or b"\0")
    for _ in range(chance.randrange(1, 6)):
        head = min(128, len(content) - 1) if chance.random() < 0.9 else 0
        content[chance.randrange(head, len(content))] = chance.randrange(256)
    return bytes(content)


def _text(valid: bytes) -> str:
    return valid.decode("utf-8", "surrogateescape")


def _packed(text: str) -> bytes:
    return text.encode(
        "utf-8", "surrogatepass" if not any("\udc80" <= c <= "\udcff" for c in text) else "surrogateescape"
    )


def _encoded(text: str) -> bytes:
    try:
        return _packed(text)
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def _cells(valid: bytes, chance: random.Random) -> bytes:
    """A cell of a line exchanged for an odd one, or for its neighbour; the head is seldom touched."""
    lines = _text(valid).split("\n")
    row = chance.randrange(len(lines)) if len(lines) < 2 or chance.random() < 0.1 else chance.randrange(1, len(lines))
    mark = max(",;\t|:", key=lines[row].count)
    cells = lines[row].split(mark)
    at = chance.randrange(len(cells))
    if chance.random() < 0.8:
        cells[at] = chance.choice(ODD)
    else:
        other = chance.randrange(len(cells))
        cells[at], cells[other] = cells[other], cells[at]
    lines[row] = mark.join(cells)
    return _encoded("\n".join(lines))


def _lines(valid: bytes, chance: random.Random) -> bytes:
    """A line dropped, doubled, moved, indented or exchanged."""
    lines = _text(valid).split("\n")
    at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    kind = chance.randrange(5)
    if kind == 0 and len(lines) > 1:
        del lines[at]
    elif kind == 1:
        lines.insert(other, lines[at])
    elif kind == 2:
        lines[at], lines[other] = lines[other], lines[at]
    elif kind == 3:
        lines[at] = chance.choice((" ", "  ", "\t", "- ")) + lines[at]
    else:
        lines[at] = chance.choice(ODD)
    return _encoded("\n".join(lines))


def _tokens(valid: bytes, chance: random.Random) -> bytes:
    """A word somewhere exchanged for an odd one, or put in."""
    text = _text(valid)
    at = chance.randrange(len(text) + 1)
    return _encoded(text[:at] + chance.choice(ODD) + text[at + chance.choice((0, 0, 1, 5)) :])


def _json(valid: bytes, chance: random.Random) -> bytes:
    """A value of a document, or of one line of it, exchanged, renamed or gone; what cannot be read is text."""
    lines = valid.split(b"\n")
    at = chance.choice([k for k, line in enumerate(lines) if line] or [0])
    with suppress(ValueError, RecursionError):
        return _written(_changed(json.loads(valid), chance), chance)
    with suppress(ValueError, RecursionError):
        lines[at] = _written(_changed(json.loads(lines[at]), chance), chance)
        return b"\n".join(lines)
    return _tokens(valid, chance)


def _written(tree: Any, chance: random.Random) -> bytes:
    return json.dumps(tree, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")


def _called(valid: bytes, chance: random.Random) -> bytes:
    """The same of a document that is handed to a function."""
    found = _CALLED.match(valid)
    assert found is not None
    before, inner, behind = found.groups()
    return before + _json(inner, chance) + behind


def _yaml(valid: bytes, chance: random.Random) -> bytes:
    """The same of a document of YAML."""
    try:
        tree = yaml.safe_load(valid)
        return yaml.safe_dump(_changed(tree, chance), sort_keys=False, allow_unicode=True).encode(
            "utf-8", "surrogatepass"
        )
    except (yaml.YAMLError, ValueError, RecursionError, TypeError, AttributeError):
        return _lines(valid, chance)


def _changed(tree: Any, chance: random.Random) -> Any:
    """A value of a tree exchanged, for an odd one, one of its own kind or another of the tree, renamed, doubled or
    gone."""
    nodes: list[tuple[Any, Any]] = []
    left = [tree]
    while left:
        node = left.pop()
        pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        for key, value in pairs:
            nodes.append((node, key))
            left.append(value)
    if not nodes:
        return tree
    node, key = chance.choice(nodes)
    kind = chance.randrange(27)
    if kind > 5:
        node[key] = _alike(node[key], [other[at] for other, at in nodes], chance)
    elif kind == 0:
        del node[key]
    elif kind == 1 and isinstance(node, dict):
        node[chance.choice(ODD)] = node.pop(key)
    elif kind == 2:
        other, at = chance.choice(nodes)
        node[key] = copy.deepcopy(other[at])
    elif kind == 3 and isinstance(node, list):
        node.append(copy.deepcopy(node[key]))
    else:
        node[key] = chance.choice((None, True, -1, 0, 0.5, 1e308, 10**30, 10**400, [], {}, [[]], {"a": 1}, *ODD[:40]))
    return tree


def _alike(value: Any, others: Sequence[Any], chance: random.Random) -> Any:
    """Another value of the same kind, which a reader's first look lets pass."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return chance.choice((value + 1, value - 1, 2 * value, value // 2, 0, 1))
    if isinstance(value, float):
        return chance.choice((value * 1.5, value / 3, -value, 0.0, 1.0, 1e-9))
    if isinstance(value, str) and value[:1] in ("{", "["):
        return _json(value.encode("utf-8", "surrogatepass"), chance).decode("utf-8", "replace")
    if isinstance(value, date):
        return value + timedelta(days=chance.choice(DAYS))
    if isinstance(value, str) and _DAY.match(value) and chance.random() < 0.8:
        with suppress(ValueError):
            return str(date.fromisoformat(value[:10]) + timedelta(days=chance.choice(DAYS))) + value[10:]
    if isinstance(value, str) and value[:2].isdigit() and chance.random() < 0.7:
        at = chance.randrange(len(value))
        return value[:at] + (chance.choice("0123456789") if value[at].isdigit() else value[at]) + value[at + 1 :]
    if isinstance(value, dict) and value:
        return dict(chance.sample(list(value.items()), len(value)))
    if isinstance(value, list) and value:
        return chance.choice((value[:1], value[1:], value + value[:1], value[::-1]))
    return copy.deepcopy(chance.choice([one for one in others if type(one) is type(value)]))


def _archive(valid: bytes, chance: random.Random) -> bytes:
    """A member of a zip archive changed and packed again, so that readers come past its directory."""
    try:
        with zipfile.ZipFile(io.BytesIO(valid)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, ValueError, KeyError, OSError, EOFError, NotImplementedError, zipfile.zlib.error):  # type: ignore[attr-defined]
        return _bytes(valid, chance)
    if members:
        name = chance.choice(sorted(members, key=lambda one: "sheet" not in one)[: max(1, len(members))])
        inner = members[name]
        if name.endswith((".json", ".yaml", ".parquet")):
            members[name] = _mutation_of(inner, chance, name[name.rindex(".") :])(inner, chance)
        elif name.endswith(".npy") and chance.random() < 0.9:
            members[name] = _flipped(inner, chance)
        else:
            change = chance.choice((_bytes, _tokens, _between_tags, _between_tags, _between_tags, _between_tags))
            members[name] = change(inner, chance) if chance.random() < 0.95 else b""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def _between_tags(valid: bytes, chance: random.Random) -> bytes:
    """A text of a document of XML exchanged for an odd one, or for another of its texts; the document stays one."""
    found = list(_BETWEEN_TAGS.finditer(valid))
    if not found:
        return _tokens(valid, chance)
    one, other = chance.choice(found), chance.choice(found).group()
    odd = html.escape(chance.choice([text for text in ODD if text.isprintable()])).encode()
    return valid[: one.start()] + (odd if chance.random() < 0.6 else other) + valid[one.end() :]


def _parquet(valid: bytes, chance: random.Random) -> bytes:
    """The table written anew: some values exchanged for odd ones of their type, rows doubled, shuffled or gone, or a
    column dropped, renamed or of another type."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    out = io.BytesIO()
    try:
        table = pq.read_table(io.BytesIO(valid))
        if not table.num_columns:
            return _bytes(valid, chance)
        at = chance.randrange(table.num_columns)
        change = chance.choice((_values, _values, *[_alike_values] * 4, *[_rows] * 4, _column))
        pq.write_table(change(table, at, chance), out)
    except (pa.ArrowException, OSError, ValueError, OverflowError):
        return _bytes(valid, chance)
    return out.getvalue()


def _values(table: pa.Table, at: int, chance: random.Random) -> pa.Table:
    import pyarrow as pa

    field = table.schema.field(at)
    kind = field.type
    odd: list[Any] = [None]
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind):
        odd += [one for one in ODD if one.isprintable()]
    elif pa.types.is_floating(kind):
        odd += [0.0, -0.0, -1.0, float("nan"), float("inf"), -float("inf"), 1e308, 5e-324, 1e-9]
    elif pa.types.is_boolean(kind):
        odd += [True, False]
    else:
        whole = pa.array([0, 1, -1, 20_000, 2**31 - 1, -(2**31)], pa.int32() if kind.bit_width == 32 else pa.int64())
        odd += whole.cast(kind).to_pylist()
    often = chance.choice((0.05, 0.3, 1.0))
    values = [chance.choice(odd) if chance.random() < often else one for one in table.column(at).to_pylist()]
    return table.set_column(at, field, pa.array(values, kind))


def _alike_values(table: pa.Table, at: int, chance: random.Random) -> pa.Table:
    """Values of the column in other rows, so that types and most checks of a cell hold and orders and pairs do not."""
    import pyarrow as pa

    field, values = table.schema.field(at), table.column(at).to_pylist()
    often = chance.choice((0.05, 0.3, 1.0))
    return table.set_column(
        at, field, pa.array([chance.choice(values) if chance.random() < often else one for one in values], field.type)
    )


def _rows(table: pa.Table, _: int, chance: random.Random) -> pa.Table:
    here = range(table.num_rows)
    if not here:
        return table
    half = sorted(chance.sample(here, len(here) // 2))
    some = chance.choice((chance.choices(here, k=1), half, half, here[::-1], [*here, *here]))
    return table.take(list(some) if chance.random() < 0.95 else [])


def _column(table: pa.Table, at: int, chance: random.Random) -> pa.Table:
    import pyarrow as pa

    name, kind = table.column_names[at], chance.randrange(4)
    if kind == 0:
        return table.remove_column(at)
    if kind == 1:
        return table.rename_columns([*table.column_names[:at], chance.choice(ODD), *table.column_names[at + 1 :]])
    values: list[Any] = [chance.choice(ODD) for _ in range(table.num_rows)]
    if kind == 2:
        values = [chance.choice((0.0, -1.0, float("nan"), float("inf"), 1e308, 5e-324)) for _ in values]
    return table.set_column(at, name, pa.array(values))
