"""The rules that come with newsbt, and folders of one's own."""

from __future__ import annotations

import re
import shutil
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from newsbt.errors import DataError
from newsbt.events.extraction.days import day_words
from newsbt.events.extraction.extraction_rules import default_rules, load_rules
from newsbt.events.extraction.products import plain_name
from newsbt.events.extraction.rule_texts import rule_mapping

RULES = Path(str(files("newsbt.events.extraction") / "rules"))
ARTICLES = Path(__file__).parents[3] / "data" / "articles"


def test_every_maker_of_a_product_is_an_organisation() -> None:
    rules = default_rules()
    names = {one.name for one in rules.organisations}
    assert {family.maker for family in rules.families} <= names
    assert set(rules.authorities.values()) <= names
    assert set(rules.governments) | set(rules.governments.values()) <= names


def test_no_sentence_of_an_article_stands_in_the_rules() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in RULES.iterdir())
    for path in ARTICLES.rglob("*.txt"):
        for sentence in re.split(r"[.。\n]", path.read_text(encoding="utf-8")):
            if len(sentence.split()) > 6 or len(sentence) > 40:
                assert sentence.strip() not in text


def test_a_folder_of_ones_own(tmp_path: Path) -> None:
    shutil.copytree(RULES, tmp_path / "rules")
    assert len(load_rules(tmp_path / "rules").families) == len(default_rules().families)
    (tmp_path / "rules" / "events.yaml").write_text("[", encoding="utf-8")
    with pytest.raises(DataError, match=r"events\.yaml"):
        load_rules(tmp_path / "rules")
    (tmp_path / "rules" / "status.yaml").unlink()
    with pytest.raises(DataError, match=r"status\.yaml"):
        load_rules(tmp_path / "rules")


def test_words_of_rules_stay_words_and_a_key_stands_once() -> None:
    assert rule_mapping("x.yaml", "verbs: [on, no, off]") == {"verbs": ["on", "no", "off"]}
    with pytest.raises(DataError, match=r"x\.yaml:2: .*verbs"):
        rule_mapping("x.yaml", "verbs: [on]\nverbs: [off]")


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("on monday evening", 3), ("late on thursday", 0), ("overnight", 0), ("yesterday", 1), ("three weeks ago", 21),
        ("on 20 february", 14), ("february 20, 2025", 14), ("last week", 14), ("in 2023", 730),
        ("from 30 june", -116),
        ("a week-old model", 7), ("8月21日", -168), ("3月5日", 1), ("上周三", 8), ("周三", 1), ("昨日", 1),
        ("三天前", 3),
        ("last thursday", 7), ("30 december", 66), ("since january", 50),
    ],
)  # fmt: skip
def test_words_of_time(text: str, age: int) -> None:
    (word,) = day_words(text, 0, len(text), date(2025, 3, 6))
    assert word.age == age


def test_impossible_days_say_nothing() -> None:
    assert day_words("on 31 february and 99月99日", 0, 26, date(2025, 3, 6)) == []
    assert day_words("29 february", 0, 11, date(2025, 3, 6))[0].age == 371


def test_names_are_compared_without_case_blanks_and_signs() -> None:
    assert plain_name("DeepSeek R1") == plain_name("deepseek-r1")
    assert plain_name("GPT-4.5") != plain_name("GPT-45")
