"""Whether a document is of the shape that its TypedDict says."""

from __future__ import annotations

from typing import NotRequired, TypedDict

import pytest

from newsbt._plain import JsonValue
from newsbt.domain.run_documents import ContextDocument, RunDocument, StrategyDocument
from newsbt.domain.shapes import wrong_shape


class Inner(TypedDict):
    name: str
    also: NotRequired[bool]


class Outer(TypedDict):
    inner: Inner
    counts: dict[str, int]
    values: list[float | None]
    pair: tuple[str, int]
    either: str | float | None
    any: dict[str, JsonValue]


SOUND: dict[str, JsonValue] = {
    "inner": {"name": "a", "unknown": 1}, "counts": {"a": 1}, "values": [1.0, 2, None], "pair": ["a", 1],
    "either": None, "any": {"a": [{"b": None}]},
}  # fmt: skip


def test_what_is_sound_has_no_fault() -> None:
    assert wrong_shape(SOUND, Outer) is None
    assert wrong_shape({**SOUND, "either": "a", "inner": {"name": "a", "also": True}}, Outer) is None


@pytest.mark.parametrize(
    ("part", "fault"),
    [
        ({"inner": []}, "inner: expected a mapping, got []"),
        ({"inner": {}}, "inner.name: it is missing"),
        ({"inner": {"name": 5}}, "inner.name: expected text, got 5"),
        ({"inner": {"name": "a", "also": 1}}, "inner.also: expected true or false, got 1"),
        ({"counts": {"a": "../../x"}}, "counts.a: expected a whole number of 64 bits, got '../../x'"),
        ({"counts": {"a": True}}, "counts.a: expected a whole number of 64 bits, got True"),
        ({"counts": {"a": 1.5}}, "counts.a: expected a whole number of 64 bits, got 1.5"),
        ({"counts": None}, "counts: expected a mapping, got None"),
        ({"values": {"a": 1}}, "values: expected a list, got {'a': 1}"),
        ({"values": [1.0, "x"]}, "values[1]: expected a number of 64 bits, got 'x'"),
        ({"values": [2**63]}, "values[0]: expected a number of 64 bits, got 9223372036854775808"),
        ({"pair": ["a"]}, "pair: expected a list of 2, got ['a']"),
        ({"pair": ["a", "b"]}, "pair[1]: expected a whole number of 64 bits, got 'b'"),
        ({"either": []}, "either: expected another kind of value, got []"),
    ],
)
def test_the_first_fault_is_named_with_where_it_is(part: dict[str, JsonValue], fault: str) -> None:
    assert wrong_shape({**SOUND, **part}, Outer) == fault


def test_what_an_older_version_did_not_write_may_be_lacking() -> None:
    assert wrong_shape({"inner": {"name": "a"}}, Outer, may_lack=[Outer]) is None
    assert wrong_shape({}, Outer) is not None
    assert wrong_shape([], Outer, may_lack=[Outer]) == "all of it: expected a mapping, got []"


def test_the_documents_of_runs_can_be_checked() -> None:
    assert wrong_shape({"strategies": [{"name": "a"}]}, RunDocument, may_lack=[RunDocument, StrategyDocument]) is None
    links = {"events": [{"links": [["A.SH", "named", 0, None, ["Alpha"]]]}]}
    assert wrong_shape(links, ContextDocument) is None
    links["events"][0]["links"][0][2] = "x"
    assert wrong_shape(links, ContextDocument) == "events[0].links[0][2]: expected a whole number of 64 bits, got 'x'"
