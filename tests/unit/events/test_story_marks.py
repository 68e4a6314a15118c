"""What two headlines of one company have in common, whatever their words and languages."""

from __future__ import annotations

import pytest

from newsbt.events.extraction.extract import Extractor
from newsbt.events.story_marks import is_one_story, marks_of

pytestmark = pytest.mark.rule("S1")

READER = Extractor().reader
COMPANY = ("Harbor", "港湾集团", "港湾")


def is_one(one: str, other: str) -> bool:
    first, second = (marks_of(text, COMPANY, READER) for text in (one, other))
    assert is_one_story(first, second) == is_one_story(second, first)
    return is_one_story(first, second)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Harbor to buy Quillon Robotics for $3.1 billion", "港湾集团同意以31亿美元收购Quillon"),
        ("Harbor agrees $3.05bn takeover of Quillon", "Harbor strikes deal to acquire Quillon for $3 billion"),
        ("Harbor 4Q EPS 51c", "港湾（HBR）2024年第四季度业绩净利润同比增长11%"),
        ("Nvidia and Harbor team up on robots", "港湾携手英伟达开发机器人"),
        ("Harbor posts fourth-quarter profit", "Harbor's Q4 net income beats estimates"),
        ("Harbor recalls 120,000 scooters over battery fires", "港湾因电池起火召回12万辆滑板车"),
    ],
)
def test_names_amounts_periods_and_notions_are_one_in_either_language(one: str, other: str) -> None:
    assert is_one(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Harbor to buy Quillon Robotics for $3.1 billion", "港湾以31亿美元出售工厂"),  # an amount alone
        ("Harbor and Nvidia partner on chips", "Harbor and Tencent partner on chips"),  # other companies
        ("Harbor raises steel prices by 10%", "Harbor raises steel prices by 25% after tariffs"),  # other shares
        ("Harbor Q4 earnings preview: what to watch", "Harbor Q4 earnings: revenue up"),  # what is to come
        ("Harbor delays launch of Quillon robot", "Harbor announces launch of Quillon robot"),
        ("Harbor warns on tariffs on steel", "Harbor to pay tariffs on steel"),  # a reply
        ("Harbor Q3 revenue rises 14%", "港湾第二季度营收增长14%"),  # other quarters
        ("Harbor Q3 revenue rises 14%", "Harbor Q2 revenue rises 14%"),
        ("States sue to block Harbor from payment systems", "Judge blocks Harbor from payment systems"),
        ("Quillon makes $97.4 billion bid for Harbor", "How Quillon's $97.4 billion bid could gum up Harbor"),
        ("Harbor deputy chief: closing 50 stores", "Harbor deputy chief: a new finish for Quillon"),
        ("Harbor launches AI model", "Harbor's chief on AI models and phones"),  # what any headline says
    ],
)
def test_what_differs_in_one_of_them_is_another_story(one: str, other: str) -> None:
    assert not is_one(one, other)


def test_the_companys_own_names_say_nothing() -> None:
    found = marks_of("Alphabet: Google expands Gemini in Tokyo", ("Alphabet",), READER)
    assert not found.parties and "party Google" not in found.marks
