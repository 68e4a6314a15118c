"""JSON of which one item is broken: cut into its items by quotes and brackets, so that the others can be read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from newsbt._plain import JsonValue

__all__ = ["Broken", "element", "mended"]

# A text that never ends is one up to the end, so that no sign is looked at twice.
_SIGN = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\Z)|[\[\]{},:]', re.DOTALL)
_SEAM = re.compile(r',\s*(?=\{\s*")')
MOST_SEAMS = 8  # inside of one element that is tried as a whole
MOST_BROKEN = 1000  # elements; a document with more is broken itself
_CLOSING = {"{": "}", "[": "]"}


@dataclass(frozen=True, slots=True)
class Broken:
    """A part of a document that is not JSON, and why."""

    message: str


def element(text: str) -> Any:
    """One value, or a :class:`Broken`."""
    try:
        return json.loads(text)
    except RecursionError:
        return Broken("the item is not JSON: it is nested too deeply")
    except ValueError as error:
        if not isinstance(error, json.JSONDecodeError):
            return Broken(f"the item is not JSON: {error}")
        near = text[max(0, error.pos - 20) : error.pos + 20]
        return Broken(f"the item is not JSON: {error.msg} near {near!r}")


def mended(text: str, keys: Sequence[str], *, is_path: bool) -> Any:
    """A document that is not JSON as a whole, its list of records element by element; None where nobody can tell them.

    The list is the document, or stands under the first of `keys` that the document has, or under all of them, one in
    the other, where they are a path.
    """
    bare = text.strip()
    found = _value(bare, tuple(keys), is_path)
    return (
        _by_their_seams(bare, keys[-1:] if is_path else keys, keys[:-1] if is_path else ()) if found is None else found
    )


def _by_their_seams(text: str, keys: Sequence[str], outer: Sequence[str]) -> Any:
    """A document in which a quote or bracket is missing, cut where an element may begin: ``,{"``."""
    names = "|".join(map(re.escape, keys))
    start = re.match(r"\[", text) or (re.search(rf'"(?P<key>{names})"\s*:\s*\[', text) if names else None)
    if start is None:
        return None
    end = text.rfind("]")
    found: Any = _cut(text[start.end() : end if end > start.end() else len(text)])
    if all(isinstance(one, Broken) for one in found):
        return None
    if start[0] == "[":
        return found
    for key in (start["key"], *reversed(outer)):
        found = {key: found}
    return found


def _cut(text: str) -> list[JsonValue]:
    seams = [0, *(seam.end() for seam in _SEAM.finditer(text)), len(text)]
    found: list[JsonValue] = []
    at = broken = 0
    while at < len(seams) - 1:
        whole = first = element(text[seams[at] : seams[at + 1]].rstrip(" ,\t\r\n"))
        end = at + 1
        while isinstance(whole, Broken) and end < min(at + MOST_SEAMS, len(seams) - 1):
            end += 1
            whole = element(text[seams[at] : seams[end]].rstrip(" ,\t\r\n"))
        found.append(first if isinstance(whole, Broken) else whole)
        broken += isinstance(whole, Broken)
        if broken > MOST_BROKEN:
            return []
        at = at + 1 if isinstance(whole, Broken) else end
    return found


def _value(text: str, keys: tuple[str, ...], is_path: bool) -> Any:
    if text[:1] == "[":
        members = list(_members(text))
        return None if members and members[-1] is None else [element(value) for _, value in filter(None, members)]
    if text[:1] != "{":
        return None
    found: dict[str, JsonValue] = {}
    for member in _members(text):
        if member is None:
            return None
        key, value = member
        wanted = keys[:1] if is_path else keys
        if key in wanted:
            found[key] = _value(value, keys[1:] if is_path else (), is_path)
        elif not isinstance(other := element(value), Broken):
            found[key] = other
    return found if any(found.get(key) is not None for key in (keys[:1] if is_path else keys)) else None


def _members(text: str) -> Iterator[tuple[str, str] | None]:
    """Key and value of each member of an object, each element of a list; None last where it does not end as it should.

    Where the brackets of one element do not pair up, nobody can say where it ends.
    """
    open_: list[str] = []
    start, colon, key = 1, 0, ""
    for sign in _SIGN.finditer(text):
        one = sign[0]
        if one in ("{", "["):
            open_.append(_CLOSING[one])
        elif one in ("}", "]"):
            if not open_ or open_.pop() != one:
                break
            if open_:
                continue
            if text[max(start, colon) : sign.start()].strip():
                yield key, text[max(start, colon) : sign.start()].strip()
            if text[sign.end() :].strip():
                break
            return
        elif len(open_) != 1:
            continue
        elif one == ",":
            yield key, text[max(start, colon) : sign.start()].strip()
            start, key = sign.end(), ""
        elif one == ":" and open_[0] == "}" and colon < start:
            name = element(text[start : sign.start()].strip())
            key, colon = name if isinstance(name, str) else "", sign.end()
    yield None
