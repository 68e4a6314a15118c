"""YAML in and out: plain words stay words, and what is written reads back equal."""

from __future__ import annotations

from datetime import date

import hypothesis.strategies as st
import pytest
from hypothesis import given

from newsbt.domain.yaml_text import YamlFault, dump, read


def plain(text: str) -> object:
    node, faults = read(text)
    assert not faults
    return None if node is None else node.plain()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("true", True), ("False", False), ("no", "no"), ("On", "On"), ("y", "y"),
        ("null", None), ("~", None), ("", None), ("'null'", "null"),
        ("5", 5), ("-5", -5), ("1_000_000", 1_000_000), ("0", 0), ("0700", "0700"), ("0x1F", "0x1F"), ("0o7", "0o7"),
        ("1e6", 1e6), ("1E-3", 1e-3), ("-.5", -0.5), ("5.", 5.0), (".inf", float("inf")), ("e6", "e6"), (".", "."),
        ("12:30", "12:30"), ("2024-02-29", date(2024, 2, 29)), ("2024-02-30", "2024-02-30"),
        ("2024-2-9", "2024-2-9"), ("9988.HK", "9988.HK"), ("^HSTECH", "^HSTECH"), ("000300.SH", "000300.SH"),
        ("!!str 5", "5"), ("!!int '5'", 5), ("!!float 5", 5.0), ("9" * 5000, "9" * 5000),
    ],
)  # fmt: skip
def test_scalars(written, meant):
    value = plain(f"x: {written}\n")["x"]  # type: ignore[index]
    assert value == meant and type(value) is type(meant)


def test_lines_count_from_one_and_keys_keep_their_words():
    node, _ = read("a: 1\n\non:\n  - x\n  - {1: y,\n     2024-01-01: z}\n")
    assert node is not None
    assert node.plain() == {"a": 1, "on": ["x", {"1": "y", "2024-01-01": "z"}]}
    assert node.line_of(("on", 1, "2024-01-01")) == (6, 3)
    assert node.line_of(("on", 0)) == (4, 2)
    assert node.line_of(("on", 7)) == (3, 1)
    assert node.line_of(("b",)) == (1, 0)


def test_every_repeated_key_is_a_fault_and_the_first_stays():
    node, faults = read("a: 1\nb: {c: 1, c: 2}\na: 3\na: 4\n")
    assert node is not None and node.plain() == {"a": 1, "b": {"c": 1}}
    assert [(f.line, f.path) for f in faults] == [(2, ("b", "c")), (3, ("a",)), (4, ("a",))]


def test_merges():
    assert plain("a: {<<: [{x: 1}, {x: 2, y: 2}], y: 3}") == {"a": {"x": 1, "y": 3}}
    assert plain("a: {'<<': 1}") == {"a": {"<<": 1}}
    with pytest.raises(YamlFault, match="merges a mapping"):
        read("a: {<<: 3}")


def test_aliases_count_by_what_they_unfold_into():
    many = "a: &a [" + "x, " * 990 + "x]\nb: ["
    assert len(plain(many + "*a, " * 90 + "*a]")["b"]) == 91  # type: ignore[index]
    with pytest.raises(YamlFault, match="unfolds into more than 100000"):
        read(many + "*a, " * 100 + "*a]")


def test_aliases_cannot_nest_deeper_than_brackets_can():
    rungs = "\n".join(f"a{k}: &a{k} [*a{k - 1}]" for k in range(1, 60))
    with pytest.raises(YamlFault, match="nested deeper"):
        read(f"a0: &a0 [x]\n{rungs}")


LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.dates()
    | st.text(st.characters(blacklist_categories=["Cs"]), max_size=20)
    | st.sampled_from(["no", "1e6", "0700", "2024-02-30", "2024-02-29", "<<", "~", "", "0x1", "12:30", "a: b", "5."])
)  # fmt: skip


@given(
    st.dictionaries(
        st.text(st.characters(whitelist_categories=["L", "N"]), min_size=1, max_size=8) | st.just("<<"),
        st.recursive(
            LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab.", max_size=3), inner)
        ),
        min_size=1,
        max_size=4,
    )
)
def test_what_is_dumped_reads_back_equal(value):
    assert plain(dump(value)) == value
