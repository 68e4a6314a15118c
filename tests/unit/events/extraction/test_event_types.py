"""Types of events as data: what a file of types may say, and what its words do."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from newsbt.domain.broader_types import BROADER
from newsbt.errors import DataError
from newsbt.events.extraction.event_types import EventType, default_types, read_types
from newsbt.events.extraction.rule_texts import packaged_text

APPROVAL = """
fda_approval:
  verbs: {en: [win, get], zh: [获得]}
  nouns: {en: [fda approval], zh: [fda批准]}
  needs: [actor, noun]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "types.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_packaged_types_have_what_they_need() -> None:
    types = default_types().types
    assert types["model_release"].kinds == ("model",)
    assert types["policy"].needs == ("government", "noun")
    assert types["partnership"].future is True


def test_a_file_extends_the_packaged_types_or_replaces_them(tmp_path: Path) -> None:
    path = written(tmp_path, APPROVAL)
    assert {"fda_approval", "partnership"} <= set(read_types(path).types)
    assert set(read_types(path, extend=False).types) == {"fda_approval"}


def test_a_type_is_switched_off_by_one_key_and_keeps_the_rest(tmp_path: Path) -> None:
    table = read_types(written(tmp_path, "partnership: {enabled: false}"))
    assert "partnership" not in table.types
    words = {word.type.name for found in table.find("a acquires b").words for word in found.value}
    assert "partnership" not in words


def test_verbs_are_found_in_all_forms_and_nouns_as_they_stand(tmp_path: Path) -> None:
    table = read_types(written(tmp_path, APPROVAL), extend=False)
    found = [(word.role, word.form) for one in table.find("x won fda approval").words for word in one.value]
    assert found == [("verbs", "ed"), ("nouns", "")]
    assert table.find("x wins").may_announce() and not table.find("fda approval winner").may_announce()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x: {verb: {en: [win]}}", "x.verb: there is no such key; did you mean 'verbs'"),
        ("x: {verbs: {en: win}}", "x.verbs.en: expected a list of words, not 'win'"),
        ("x: {verbs: {fr: [gagner]}}", "x.verbs: expected lists by language"),
        ("x: {verbs: {en: [win]}, needs: [actors]}", "x.needs: expected a list of some of actor"),
        ("x: {verbs: {en: [win]}, sign: up}", r"types\.yaml:1: x.sign: expected \+1, -1 or none, not 'up'"),
        ("x: {verbs: {en: [win]}, sign: [1]}", r"x.sign: expected \+1, -1 or none, not \[1\]"),
        ("x:\n  verbs: {en: [win]}\n  sing: 1", r"types\.yaml:3: x.sing: there is no such key; did you mean 'sign'"),
        (
            "x: {as: partnerships, verbs: {en: [win]}}",
            "x.as: there is no type 'partnerships'; did you mean 'partnership'",
        ),
        ("x: {as: deals, verbs: {en: [win]}}", "x.as: there is no type 'deals'"),
        ("x: {verbs: {en: [win]}, enabled: 1}", "x.enabled: expected true or false, not 1"),
        ("x: {verbs: {en: [win]}, priority: true}", "x.priority: expected a whole number"),
        ("x: {verbs: {en: [win]}, kinds: model}", "x.kinds: expected a list of kinds"),
        ("x: {nouns: {en: [deal]}}", "x: a type needs words that announce it"),
        ("x: {alone: {patterns: ['(']}}", "x.alone.patterns: expected regular expressions"),
        ("FDA approval: {verbs: {en: [win]}}", "a type is named by small letters"),
        ("x: [win]", "x: expected a mapping"),
        ("- x", "expected a mapping, with a name"),
        ("x: {", "expected YAML"),
    ],
)
def test_what_no_type_can_mean_is_refused_with_its_place(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=message):
        read_types(written(tmp_path, text))


def test_a_further_way_finds_the_type_that_it_is_of(tmp_path: Path) -> None:
    table = read_types(written(tmp_path, "x: {as: partnership, verbs: {en: [marry]}}"))
    (found,) = table.find("a marries b").words
    assert (found.value[0].type.event, "x" in table.signs, "x" in table.events) == ("partnership", False, False)
    off = read_types(written(tmp_path, "x: {as: partnership, verbs: {en: [marry]}}\npartnership: {enabled: false}"))
    assert not {"partnership", "x"} & {*off.types, *off.events}


def test_parts_of_types_are_types_of_the_package() -> None:
    signs = default_types().signs
    assert {*BROADER, *BROADER.values()} <= set(signs)
    assert (signs["earnings_beat"], signs["earnings_miss"], signs["dividend"]) == (1, -1, None)


def test_a_type_that_ships_switched_off_says_why() -> None:
    assert "merger" not in default_types().types
    assert "0.67" in packaged_text("types.yaml").partition("\nmerger:")[2]


def test_signs_are_of_types_that_are_switched_off_too(tmp_path: Path) -> None:
    path = written(tmp_path, "x: {verbs: {en: [win]}, sign: -1, enabled: false}\npartnership: {sign: none}")
    table = read_types(path)
    assert (table.signs["x"], table.signs["model_release"], table.signs["partnership"]) == (-1, 1, None)
    assert "x" not in table.types and "partnership" in table.types


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.yaml"):
        read_types(tmp_path / "none.yaml")


def test_a_type_without_words_of_its_own_needs_an_actor() -> None:
    assert EventType(name="x", event="x").needs == ("actor",)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="FIFOs are made on POSIX")
def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "types.yaml")
    with pytest.raises(DataError, match="FIFO"):
        read_types(tmp_path / "types.yaml")
