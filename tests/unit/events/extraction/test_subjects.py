"""What a story is about, from made-up sentences and claims: each way to a subject alone, and its words."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from made_texts import claim, made_text, product
from newsbt.domain.aliases import Mention
from newsbt.events.extraction.analysis import TextAnalysis
from newsbt.events.extraction.claims import Claim
from newsbt.events.extraction.extraction_rules import default_rules
from newsbt.events.extraction.finances import AMOUNT
from newsbt.events.extraction.subjects import amount_in_words, find_subject

CUES = {
    "capex": "capex_plan.nouns", "资本开支": "capex_plan.nouns", "plants": "capex_plan.nouns",
    "entity list": "export_control.strong", "实体清单": "export_control.strong", "bans": "export_control.strong",
    "chips": "export_control.nouns", "memory": "export_control.nouns",
    "rules": "policy.nouns", "办法": "policy.nouns", "bill": "policy.nouns",
    "backlog": "earnings_guidance.nouns", "order book": "earnings_guidance.strong", "sales": "earnings_guidance.nouns",
    "outlook": "earnings_guidance.strong", "net income": "earnings_guidance.strong",
    "results": "earnings_guidance.strong",
}  # fmt: skip
RULES = replace(default_rules(), graphics=("gpus",))
read = partial(made_text, cues=CUES)


def subject(text: TextAnalysis, *claims: Claim) -> tuple[str, str]:
    """Its name and the words that it comes from."""
    found = find_subject(text, claims, RULES)
    assert found.span is not None
    assert text.text[found.span.start : found.span.end] == found.span.text
    return found.name, found.span.text


def of_type(event_type: str, words: str, *paragraphs: str, begins: int = 3, **more: Any) -> tuple[str, str]:
    """The subject of one claim, whose cue is `words`."""
    text = read(*paragraphs, begins=begins)
    return subject(text, claim(text, words, event_type=event_type, **more))


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("3,800亿元", "380 billion yuan"), ("1万亿美元", "1 trillion dollars"), ("9999亿元", "999.9 billion yuan"),
        ("9999.99999999亿元", "1000 billion yuan"), ("10亿港元", "1 billion Hong Kong dollars"),
        ("9.99999999亿日元", "999.999999 million yen"), ("1.23456789亿欧元", "123.456789 million euros"),
        ("100万韩元", "1 million won"), ("99.9999万元", "999999 yuan"), ("1.2345万元", "12345 yuan"), ("5万", "50000"),
        ("20亿至30亿元", "2 billion"), ("20-30亿元", "2 to 3 billion yuan"), ("0.5至9亿元", "900 million yuan"),
        ("$60 billion to $65 billion", "60 to 65 billion dollars"), ("1,200 to 1,300 million", "1200 to 1300 million"),
        ("us$5bn", "5 billion dollars"), ("hk$ 5 mn", "5 million Hong Kong dollars"), ("€5tn", "5 trillion euros"),
        ("£5 million", "5 million pounds"), ("¥5 million", "5 million yuan"), ("rmb 5 million", "5 million yuan"),
        ("5 billion yen", "5 billion yen"), ("5 billion renminbi", "5 billion yuan"), ("5 billion", "5 billion"),
        ("$5 billion dollars", "5 billion dollars"), ("5 million euro", "5 million euros"),
    ],
)  # fmt: skip
def test_an_amount_is_written_in_one_way(written: str, words: str) -> None:
    match = AMOUNT.search(written)
    assert match is not None
    assert amount_in_words(match) == words


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("over three years", " over three years"), ("within the next 10 years", " over ten years"),
        ("in 11 years", " over 11 years"), ("for 12 years", " over 12 years"), ("in 2027", " in 2027"),
        ("未来三年", " over three years"), ("两年内", " over two years"), ("十年", " over ten years"),
        ("in 2027, 5年", " over five years"), ("over two years, 5年", " over two years"),
        ("20年 for 2026", " in 2026"), ("2028年", " in 2028"), ("soon", ""),
    ],
)  # fmt: skip
def test_spending_is_an_amount_and_its_years(when: str, words: str) -> None:
    found = of_type("capex_plan", "spends", "Ann rows", f"Ann spends $5 billion {when}.")
    assert found == ("5 billion dollars" + words, "$5 billion")


@pytest.mark.parametrize("begins", [0, 3])
def test_what_stands_in_other_sentences_is_none_of_this_ones(begins: int) -> None:
    texts = ("$1 billion in 2026", "Bob had $2 billion for two years, 三年.", "Ann spends $5 billion.", "$9 billion")
    assert of_type("capex_plan", "spends", *texts, begins=begins) == ("5 billion dollars", "$5 billion")


def test_spending_without_an_amount_is_that_it_is_spent() -> None:
    assert of_type("capex_plan", "raises", "Ann raises plants and capex now") == ("capex", "capex now")
    assert of_type("capex_plan", "raises", "Ann raises 资本开支") == ("资本开支", "资本开支")
    assert of_type("capex_plan", "raises", "Ann raises plants") == ("", "raises")


def test_the_body_comes_before_the_headline_and_its_beginning_before_its_end() -> None:
    text = read("Ann spends $1 billion", "Ann pays $2 billion. She gives $3 billion.", "Ann sends $4 billion.")
    claims = [claim(text, words, event_type="capex_plan") for words in ("spends", "pays", "gives", "sends")]
    assert subject(text, *claims)[0] == subject(text, *claims[::-1][1:])[0].replace("3", "2") == "2 billion dollars"
    heavy = [replace(one, weight=2.0) if one.cue == claims[2].cue else one for one in claims]
    assert subject(text, *heavy)[0] == "3 billion dollars"
    assert subject(text, claims[3], claims[0])[0] == "4 billion dollars"
    assert subject(text, claims[0])[0] == "1 billion dollars"
    empty = read("Ann spends", "Ann pays.", "Ann sends $4 billion.")
    assert subject(empty, *(claim(empty, one, event_type="capex_plan") for one in ("spends", "pays", "sends"))) == (
        "4 billion dollars",
        "$4 billion",
    )
    assert subject(empty, *(claim(empty, one, event_type="capex_plan") for one in ("pays", "spends"))) == ("", "pays")


def test_what_is_controlled_is_a_product_a_list_or_what_the_nouns_span() -> None:
    text = read("US bans Ann-1 and memory", begins=4)
    named = claim(text, "bans", event_type="export_control", objects=(product("Ann-1", 12),))
    assert subject(text, named) == ("Ann-1", "Ann-1")
    assert of_type("export_control", "halts", "US halts Bob-2 chips") == ("Bob-2", "Bob-2")
    assert of_type("export_control", "bans", "US bans it by the entity list") == ("entity list", "entity list")
    assert of_type("export_control", "加", "Ann加入实体清单") == ("entity list", "实体清单")
    assert of_type("export_control", "bans", "US bans chips or any memory or chips now") == (
        ("chips or any memory or chips",) * 2
    )
    assert of_type("export_control", "bans", "US bans chips, not memory") == ("chips", "chips, not memory")
    assert of_type("export_control", "bans", "US bans  memory  at sea") == ("memory", "memory")
    assert of_type("export_control", "bans", "US bans it") == ("", "bans")
    long = "chips " + "x" * 73
    assert of_type("export_control", "bans", f"US bans {long}y memory")[0] == long + "y"
    assert of_type("export_control", "bans", f"US bans {long}yz memory")[0] == long + "y"


def test_a_rule_is_its_title_or_what_is_issued() -> None:
    def rule(sentence: str, words: str = "issues", **more: Any) -> tuple[str, str]:
        return of_type("policy", words, "《Else》 Office sits", sentence, "《Other》", **more)

    assert rule("Office issues 《Rules of ice》 as rules.") == ("Rules of ice", "Rules of ice")
    assert rule("Office issues rules.", objects=(product("Ann-1", 3),))[0] == "Ann-1"
    assert rule("Office issues the rules on ice with snow.") == ("rules on ice", " the rules on ice with snow.")
    assert rule("Office issues its new bill, and rules.") == ("new bill", " its new bill, and rules.")
    assert rule("Office issues a bill that rules from May.")[0] == "bill"
    assert rule("Office issued了办法.", "issued") == ("办法", "了办法.")
    assert rule("Office发布办法.", "发布") == ("办法", "办法.")
    assert rule("Old rules and a bill that Office issues.") == (
        "rules and a bill",
        "rules and a bill that Office issues.",
    )
    assert rule("Old rules and a bill that Office issues as rules.") == ("as rules", " as rules.")
    assert rule("Office issues words.") == ("", "issues")
    assert rule("Office issues, by its rules.") == ("", "issues")


def test_power_is_whose_and_for_whom() -> None:
    def deal(*paragraphs: str, words: str = "signs") -> tuple[str, str]:
        return of_type("partnership", words, *paragraphs)

    assert deal("Ann signs for six gigawatts of Bob gpus") == ("6 GW of Bob GPUs for Ann", "six gigawatts")
    assert deal("Ann signs for six gigawatts of Bob") == ("6 GW of Bob systems for Ann", "six gigawatts")
    assert deal("Ann signs for 1.5 gw beside Bob") == ("1.5 GW of Ann systems for Bob", "1.5 gw")
    assert deal("Ann signs for 10-gw xyz Bob")[0] == "10 GW of Bob systems for Ann"
    assert deal("Ann signs for 10-gw xyza Bob")[0] == "10 GW of Bob systems for Ann"
    assert deal("Ann signs for 10-gw xyzab Bob")[0] == "10 GW of Ann systems for Bob"
    assert deal("Ann signs for 10-gw Norway Bob")[0] == "10 GW of Ann systems for Bob"
    assert deal("Bob signs for 10-gw by Norway, says Ann")[0] == "10 GW of Bob systems for Ann"
    assert deal("she signs for 10-gw") == ("10 GW of Ann systems", "10-gw")
    assert deal("she signs", "x.", "x.", "Office has 10 gw.") == ("10 GW of Ann systems", "10 gw")
    assert deal("she signs", "x.", "x.", "x.", "Office has 10 gw.") == ("cooperation", "signs")
    chips = ("Ann signs for 10 gw of gpus", "Bob-X1.", "Ann-2.", "Ann-X3.")
    assert deal(*chips)[0] == "10 GW of Ann GPUs (-X3)"
    assert deal(*(one.replace("gpus", "x") for one in chips))[0] == "10 GW of Ann systems"
    assert deal(*chips[:3], "x", chips[3])[0] == "10 GW of Ann GPUs"


def test_a_deal_without_power_is_about_a_product_or_with_somebody() -> None:
    assert of_type("partnership", "signs", "Ann signs for Bob-2") == ("Bob-2", "Bob-2")
    assert of_type("partnership", "signs", "Ann signs with Bob and Cat") == ("cooperation with Bob", "signs")
    assert of_type("partnership", "signs", "Ann signs with Bob", issuer="Bob") == ("cooperation with Ann", "signs")
    assert of_type("partnership", "signs", "Ann signs with Norway") == ("cooperation", "signs")
    text = read("Ann signs", "Ann seals with Bob.")
    claims = [claim(text, "signs"), replace(claim(text, "seals"), issuer="Bob")]
    assert subject(text, *claims) == ("cooperation with Bob", "signs")
    assert subject(text, *claims[::-1]) == ("cooperation with Ann", "seals")
    power = read("she signs", "She seals 10 gw.")
    two = [claim(power, "signs"), claim(power, "seals", "Bob")]
    assert subject(power, *two)[0] == "10 GW of Ann systems"


def test_an_outlook_is_of_a_kind_and_an_amount_behind_its_word() -> None:
    def outlook(*paragraphs: str) -> tuple[str, str]:
        return of_type("earnings_guidance", "says", *paragraphs)

    assert outlook("Ann says backlog is $5 billion") == ("Backlog of 5 billion dollars", "backlog is $5 billion")
    assert outlook("Ann says order book is $5 billion")[0] == "Backlog of 5 billion dollars"
    assert outlook("Ann says outlook is $5 billion")[0] == "Revenue outlook of 5 billion dollars"
    assert outlook("Ann says net income is $5 billion")[0] == "Net profit of 5 billion dollars"
    assert outlook("Ann says results of $5 billion")[0] == "Results of 5 billion dollars"
    assert outlook("Ann says sales of $5 billion") == ("says", "says")
    assert outlook("Ann says sales, results of $5 billion") == ("Results of 5 billion dollars", "results of $5 billion")
    assert outlook("Ann says $5 billion results") == ("says", "says")
    assert outlook("Ann says results", "$5 billion") == ("says", "says")
    for length, name in ((74, "Results of 5 billion"), (75, "says")):
        assert outlook(f"Ann says results {'x' * length} 5 bn now")[0] == name
    text = read("Ann says it", "Ann tells results of $7 billion.")
    claims = [claim(text, "says", event_type="earnings_guidance"), claim(text, "tells", event_type="earnings_guidance")]
    assert subject(text, *claims)[0] == "Results of 7 billion dollars"
    bare = read("Ann says it", "Ann tells.")
    claims = [claim(bare, one, event_type="earnings_guidance") for one in ("says", "tells")]
    assert subject(bare, *claims) == ("says", "says") and subject(bare, *claims[::-1]) == ("tells", "tells")


def release(text: TextAnalysis, words: str, *objects: str, event_type: str = "model_release", **more: Any) -> Claim:
    """A claim about products, where they first stand in its sentence."""
    made = claim(text, words, event_type=event_type, **more)
    first = [text.text.index(one, made.sentence.start) for one in objects]
    return replace(made, objects=tuple(product(name, at) for name, at in zip(objects, first, strict=True)))


@pytest.mark.parametrize("event_type", ["model_release", "product_launch"])
def test_a_release_is_the_product_that_weighs_most(event_type: str) -> None:
    text = read("Ann shows Ann-1", "Ann gives Ann-2. She sends Ann-Pro.", begins=6)
    one = release(text, "shows", "Ann-1", event_type=event_type)
    two = release(text, "gives", "Ann-2", event_type=event_type, weight=1.5)
    assert subject(text, one, two) == ("Ann-2", "Ann-2")
    assert subject(text, one, replace(two, weight=0.5)) == ("Ann-1", "Ann-1")
    plain = release(text, "sends", "Ann-Pro", event_type=event_type, weight=1.6)
    assert subject(text, one, plain)[0] == "Ann-1"
    assert subject(text, one, replace(plain, weight=1.7))[0] == "Ann-Pro"
    assert subject(text, replace(one, weight=0.5), plain)[0] == "Ann-Pro"
    assert subject(text, replace(one, weight=0.1), replace(plain, weight=0.1))[0] == "Ann-1"
    assert subject(text, one, replace(two, weight=1.0))[0] == "Ann-1", "the first of two that weigh the same"


def test_what_is_told_twice_weighs_twice_and_is_where_it_first_stands() -> None:
    text = read("Ann shows Ann-1", "Ann gives Ann-2. She sends ann 2 now.")
    again = replace(claim(text, "sends", event_type="model_release"), objects=(product("ann 2", 45),))
    claims = [release(text, "shows", "Ann-1", weight=1.5), release(text, "gives", "Ann-2"), again]
    found = find_subject(text, claims, RULES)
    assert found.name == "Ann-2"
    assert found.span is not None and found.span.start == text.text.index("Ann-2")


def test_products_of_one_claim_are_told_together_in_the_order_of_the_text() -> None:
    text = read("Ann shows Ann-2 and Ann-1", "Ann gives Ann-3.")
    both = release(text, "shows", "Ann-1", "Ann-2")
    assert subject(text, both) == ("Ann-2; Ann-1", "Ann-1")
    assert subject(text, both, release(text, "gives", "Ann-3", weight=0.5))[0] == "Ann-2; Ann-1"


def test_where_several_are_counted_those_that_the_text_defines_are_told_too() -> None:
    defined = "Ann-3 is its newest small model."
    for head, paragraphs, name in (
        ("Ann shows Ann-1, one of three models", (), "Ann-1; Ann-3"),
        ("Ann shows Ann-1", ("It has three models.",), "Ann-1; Ann-3"),
        ("Ann shows Ann-1", ("Rain.", "It has three models."), "Ann-1"),
        ("Ann shows Ann-1", (), "Ann-1"),
        ("Ann shows Ann-1 and Ann-2", (), "Ann-1; Ann-2; Ann-3"),
    ):
        text = read(head, *paragraphs, *(["x."] if not paragraphs else []), defined, "Bob-3 is its new model.",
                    "Ann-Pro is its new model.", "Ann-4 rows.")  # fmt: skip
        objects = ["Ann-1", "Ann-2"] if "Ann-2" in head else ["Ann-1"]
        assert subject(text, release(text, "shows", *objects))[0] == name, head


def test_a_release_without_a_known_product_is_the_new_name_behind_its_verb() -> None:
    def unnamed(*paragraphs: str, words: str = "shows") -> tuple[str, str]:
        return of_type("model_release", words, *paragraphs)

    assert unnamed("Zed-8 and Ann shows Zed-3 now") == ("Zed-3", "Zed-3")
    assert unnamed("Ann shows Q3 plans for Zed-3 Pro") == ("Zed-3 Pro", "Zed-3 Pro")
    assert unnamed("Ann shows Bob-2 beside Zed-3")[0] == "Zed-3"
    assert unnamed("Ann shows it", "x. Zed-3.") == ("", "shows")
    assert unnamed("Ann shows it", "Ann-1.") == ("Ann-1", "Ann-1")
    gap = "x" * 83
    assert unnamed(f"Ann shows {gap} Zed-3") == ("Zed-3", "Zed-3")
    assert unnamed(f"Ann shows {gap}x Zed-3") == ("", "shows")
    text = read("Ann shows it", "Ann gives Zed-3.")
    assert subject(text, *(claim(text, one, event_type="model_release") for one in ("shows", "gives")))[0] == "Zed-3"


@pytest.mark.parametrize(
    ("start", "end", "name"), [(10, 15, ""), (14, 17, ""), (8, 11, ""), (15, 17, "Zed-3"), (8, 10, "Zed-3")]
)
def test_a_new_name_lies_in_no_known_one(start: int, end: int, name: str) -> None:
    text = read("Ann shows Zed-3! now")
    head = text.headline
    for known in (
        replace(head, mentions=(Mention(start, end, "Cat", "company"),)),
        replace(head, mentions=(), products=(replace(product("Cat-1"), start=start, end=end),)),
    ):
        again = replace(text, sentences=(known,))
        assert subject(again, claim(again, "shows", event_type="model_release"))[0] == name


def test_else_it_is_the_issuers_product_that_the_beginning_names_most() -> None:
    def most(*paragraphs: str) -> tuple[str, str]:
        text = read("Ann shows", *paragraphs)
        claims = [claim(text, "shows", event_type="model_release")]
        return subject(text, *claims)

    assert most("Ann-1. Ann-2. Ann-2.") == ("Ann-2", "Ann-2")
    assert most("Ann-Pro. Ann-Pro.", "Ann-1.") == ("Ann-Pro", "Ann-Pro"), (
        "a version counts as much as being named again"
    )
    assert most("Ann-Pro.", "Ann-1.")[0] == "Ann-1"
    assert most("Ann-Pro. Ann-Pro. Ann-Pro. Ann-1.")[0] == "Ann-Pro"
    assert most("Bob-1. Bob-1. Ann-1.")[0] == "Ann-1"
    assert most("Ann-1.", "Ann-2.", "Ann-2. Ann-2.")[0] == "Ann-1"
    assert most("x.", "Ann-2.")[0] == "Ann-2"
    assert most("x.", "x.", "Ann-2.") == ("", "shows")
    two = read("Ann shows it", "Ann gives it.", "Bob-1. Ann-1. Ann-1.")
    claims = [claim(two, "gives", "Bob", "model_release"), claim(two, "shows", event_type="model_release")]
    assert subject(two, *claims)[0] == "Bob-1" and subject(two, *claims[::-1])[0] == "Ann-1"
    nothing = read("Ann shows it", "Ann gives it.")
    claims = [claim(nothing, one, event_type="model_release") for one in ("gives", "shows")]
    assert subject(nothing, *claims) == ("", "gives") and subject(nothing, *claims[::-1]) == ("", "shows")


def test_the_first_claim_says_of_what_type_a_story_is() -> None:
    text = read("Ann shows Ann-1 for $5 billion", "Ann-1 is $5 billion.")
    one, other = release(text, "shows", "Ann-1"), claim(text, "shows", event_type="capex_plan")
    assert subject(text, one, other)[0] == "Ann-1" and subject(text, other, one)[0] == "5 billion dollars"
    bob = replace(claim(text, "shows", "Bob", "model_release"), objects=one.objects)
    assert subject(text, one, bob)[0] == subject(text, bob, one)[0] == "Ann-1"
