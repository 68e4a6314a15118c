"""What kind of text it is, judged from made-up sentences and claims: each rule of the verdict alone."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from made_texts import claim, made_text, product
from newsbt.events.extraction.analysis import TextAnalysis
from newsbt.events.extraction.claims import Claim
from newsbt.events.extraction.extraction_rules import default_rules
from newsbt.events.extraction.status import StatusVerdict, judge

CUES = {
    "denies": "denial", "delays": "delay", "reportedly": "rumour", "why": "opinion", "stocks": "wrap",
    "still": "followup", "model": "release.model_nouns",
}  # fmt: skip
KINDS = ("denial", "delay", "rumour", "opinion", "wrap", "followup")
RULES = replace(
    default_rules(), fresh_days=3, patterns={kind: (re.compile(rf"\blike an? {kind}\b"),) for kind in KINDS}
)
RELEASES = ("model_release", "product_launch")
STATES = ("policy", "export_control")
WORKS = ("capex_plan", "partnership", "earnings_guidance")
read = partial(made_text, cues=CUES)


def kind_of(text: TextAnalysis, *claims: Claim) -> str:
    return judge(text, claims, RULES).kind


def words_of(verdict: StatusVerdict) -> tuple[str, str]:
    return verdict.kind, verdict.evidence.text if verdict.evidence else ""


def test_a_text_of_nobody_known_is_nothing_whatever_it_denies() -> None:
    assert kind_of(read("Someone denies it")) == "none"
    assert kind_of(read("Ann denies it")) == kind_of(read("Rain", "Ann-1 came. She denies it")) == "denial"
    nobody = read("She signs and denies it")
    assert kind_of(nobody, claim(nobody, "signs")) == "denial"
    assert kind_of(read("Ann sleeps")) == "none"


def test_what_the_headline_announces_is_an_announcement() -> None:
    text = read("Ann signs")
    found = judge(text, [claim(text, "signs")], RULES)
    assert (found.kind, found.claims, found.evidence) == ("announcement", (claim(text, "signs"),), None)


@pytest.mark.parametrize(("weight", "kind"), [(1.0, "announcement"), (0.999, "none")])
def test_a_claim_needs_enough_weight(weight: float, kind: str) -> None:
    text = read("Ann signs")
    assert kind_of(text, claim(text, "signs", weight=weight)) == kind


@pytest.mark.parametrize(("weight", "kind"), [(1.0, "followup"), (0.833, "none")])
def test_so_does_one_of_long_ago_which_weighs_a_fifth_more_because_it_is_dated(weight: float, kind: str) -> None:
    text = read("Ann signs", "Ann had signed.")
    assert kind_of(text, claim(text, "signed", weight=weight, age=30)) == kind
    assert kind_of(text, claim(text, "signed", weight=weight, past_perfect=True)) == (
        "followup" if weight == 1 else kind
    )


def test_the_heaviest_story_is_told_and_the_others_are_not() -> None:
    text = read("Bob and Ann sign")
    ann, bob = claim(text, "sign", weight=1.5), claim(text, "sign", "Bob", weight=0.5)
    for age, kind in ((None, "announcement"), (30, "followup")):
        claims = [replace(one, age=age) for one in (bob, ann)]
        assert judge(text, claims, RULES) == StatusVerdict(kind=kind, claims=(claims[1],))


def test_stories_are_of_one_issuer_and_one_type() -> None:
    text = read("Ann and Bob sign", "Ann signs. Ann spends.")
    half = {"weight": 0.6}
    one, other = claim(text, "sign", **half), claim(text, "signs.", **half)
    assert judge(text, [one, other], RULES).claims == (one, other)
    assert kind_of(text, one, claim(text, "signs.", "Bob", **half)) == "none"
    assert kind_of(text, one, claim(text, "spends", event_type="policy", **half)) == "none"


def test_a_sentence_counts_once_by_its_heaviest_claim() -> None:
    text = read("Ann sails", "Ann signs and seals.")
    assert kind_of(text, claim(text, "signs", weight=0.6), claim(text, "seals", weight=0.6)) == "none"
    assert kind_of(text, claim(text, "signs", weight=1.0), claim(text, "seals", weight=0.1)) == "announcement"
    assert kind_of(text, claim(text, "sails", weight=0.5), claim(text, "seals", weight=0.5)) == "announcement"


def test_a_headline_that_speaks_of_a_model_of_the_issuers_adds_one_and_a_half() -> None:
    text = read("Ann and the model", "Ann releases. Bob releases.")
    light = claim(text, "Ann rel", event_type="model_release", weight=0.1)
    assert kind_of(text, light) == "announcement"
    assert kind_of(text, replace(light, event_type="partnership")) == "none"
    assert kind_of(text, replace(light, issuer="Bob", of_headline=True)) == "none"
    other = claim(text, "Bob rel", "Bob", "product_launch", weight=1.7, of_headline=True)
    assert judge(text, [light, other], RULES).claims == (other,)
    without = read("Ann and the sea", "Ann releases.")
    assert kind_of(without, claim(without, "releases", event_type="model_release", weight=0.1)) == "none"


def test_a_date_adds_a_fifth_and_a_named_release_three_tenths() -> None:
    text = read("Ann and Bob", "Ann releases Ann-1. Bob signs.")
    rival = claim(text, "signs", "Bob", weight=1.5)
    dated = claim(text, "releases", weight=0.9, age=0)
    assert kind_of(text, dated) == "announcement" and kind_of(text, replace(dated, age=None)) == "none"
    assert judge(text, [dated, rival], RULES).claims == (rival,)
    for event_type in RELEASES:
        named = claim(text, "releases", event_type=event_type, weight=0.8, objects=(product("Ann-1"),))
        assert kind_of(text, named) == "announcement" and kind_of(text, replace(named, objects=())) == "none"
        assert kind_of(text, replace(named, event_type="partnership")) == "none"
        assert judge(text, [named, rival], RULES).claims == (rival,)


@pytest.mark.parametrize(("cue", "kind"), [("denies", "denial"), ("delays", "delay")])
def test_denials_and_delays_stand_in_the_headline_or_two_sentences_of_the_first_paragraph(cue: str, kind: str) -> None:
    def judged(*paragraphs: str) -> tuple[str, str]:
        text = read(*paragraphs)
        return words_of(judge(text, [claim(text, "signs")], RULES))

    assert judged(f"Ann signs {cue}", "Ann talks. Bob talks") == (kind, cue)
    assert judged("Ann signs", f"Ann {cue}. Bob talks") == (kind, cue)
    assert judged("Ann signs", f"Ann talks. Bob {cue}") == (kind, cue)
    assert judged("Ann signs", f"Ann talks. Bob talks. Bob {cue}")[0] == "announcement"
    assert judged("Ann signs", "Ann talks", f"Bob {cue}")[0] == "announcement"
    words = f"like a {kind}"
    assert judged(f"Ann signs {words}", "Ann talks") == (kind, words)
    assert judged("Ann signs", f"It is {words}. Ann talks") == (kind, words)
    assert judged("Ann signs", f"Ann talks. It is {words}")[0] == "announcement"
    assert judged("Ann denies and delays what she signs")[0] == "denial"


def test_a_rumour_stands_in_the_headline_or_the_first_sentence() -> None:
    def judged(*paragraphs: str, language: str = "en", **more: Any) -> tuple[str, str]:
        text = read(*paragraphs, language=language)
        return words_of(judge(text, [claim(text, "signs", **more)], RULES))

    assert judged("Ann reportedly signs") == ("rumour", "reportedly")
    assert judged("Ann signs as in words like a rumour") == ("rumour", "like a rumour")
    assert judged("Ann signs", "It reportedly did. Bob talks") == ("rumour", "reportedly")
    assert judged("Ann signs", "It did. Bob reportedly did")[0] == "announcement"
    assert judged("Ann signs", "It is like a rumour")[0] == "announcement"
    after = "Ann signs, reportedly"
    assert judged(after, of_headline=True) == judged(after, language="zh") == ("rumour", "reportedly")
    assert judged(after, language="zh", of_headline=True)[0] == "announcement"
    assert judged("Ann reportedly signs", language="zh", of_headline=True)[0] == "rumour"
    assert judged("Ann signs", "It reportedly did")[0] == "rumour", "the first sentence is not the second"


def test_what_is_of_long_ago_is_followed_up() -> None:
    def judged(*paragraphs: str, **more: Any) -> tuple[str, str]:
        text = read(*paragraphs)
        old = claim(text, "signed", age=30, **more)
        found = judge(text, [old], RULES)
        assert found.claims == ((old,) if found.kind == "followup" else ())
        return words_of(found)

    assert judged("Ann sails", "Ann signed") == ("followup", "")
    assert judged("Ann is still there", "Ann signed") == ("followup", "still")
    assert judged("Ann sails", "Ann signed. She still sails") == ("followup", "still")
    assert judged("Ann sails", "Ann signed. She sails. She still sails") == ("followup", "")
    assert judged("Ann and stocks", "Ann signed") == ("followup", "")
    assert judged("why Ann sails", "Ann signed") == ("opinion", "why")
    assert judged("Ann is like an opinion", "Ann signed") == ("opinion", "like an opinion")
    assert judged("Bob sails", "Ann signed") == ("followup", "")
    assert judged("Bob still sails", "Ann signed") == ("followup", "still")
    assert judged("Bob and stocks", "Ann signed") == ("wrap", "stocks")
    assert judged("Ann-1 and stocks", "Ann signed") == ("followup", "")
    assert judged("Bob sails", "Ann signed. That is why") == ("opinion", "why")
    assert judged("Ann sails", "Ann signed", planned=True) == ("none", "")


def test_what_is_new_comes_before_what_is_old() -> None:
    text = read("Ann signs", "Bob signed.")
    new, old = claim(text, "signs"), claim(text, "signed", "Bob", age=30, weight=5.0)
    assert judge(text, [old, new], RULES) == StatusVerdict(kind="announcement", claims=(new,))


def test_an_opinion_is_none_where_the_headline_announced_before_it_or_the_lead_dates_a_claim() -> None:
    def judged(*paragraphs: str, **more: Any) -> tuple[str, str]:
        text = read(*paragraphs)
        return words_of(judge(text, [claim(text, "signs", **more)], RULES))

    assert judged("why Ann signs", of_headline=True) == judged("why Ann signs") == ("opinion", "why")
    assert judged("Ann signs: why") == ("opinion", "why")
    assert judged("Ann signs: why", of_headline=True)[0] == "announcement"
    touching = read("Ann signs: why")
    assert kind_of(touching, claim(touching, "signs: ", of_headline=True)) == "announcement"
    assert kind_of(touching, claim(touching, "signs: w", of_headline=True)) == "opinion"
    assert judged("Ann signs, like an opinion") == ("opinion", "like an opinion")
    assert judged("why Ann sails", "Ann signs", age=0)[0] == "announcement"
    assert judged("why Ann signs", age=0)[0] == "announcement"
    assert judged("why Ann sails", "Ann signs") == ("opinion", "why")
    assert judged("why Ann sails", "Ann sails", "Ann signs", age=0) == ("opinion", "why")
    release = {"event_type": "model_release", "age": 0, "weight": 1.0}
    assert judged("why Ann sails", "Ann signs", **release) == ("opinion", "why")
    assert judged("why Ann sails", "Ann signs", objects=(product("Ann-1"),), **release)[0] == "announcement"
    assert words_of(judge(read("Ann: why", "Bob is why"), [], RULES)) == ("opinion", "why")


def test_an_opinion_of_the_first_paragraph_counts_where_nothing_is_announced_there() -> None:
    def judged(*paragraphs: str, **more: Any) -> tuple[str, str]:
        text = read(*paragraphs)
        return words_of(judge(text, [claim(text, "signs", **more)], RULES))

    assert judged("Ann sails", "Ann asks why", "Ann signs") == ("opinion", "why")
    assert judged("Ann sails", "Ann asks why and signs")[0] == "announcement"
    assert judged("Ann signs", "Ann asks why")[0] == "announcement"
    assert words_of(judge(read("Ann sails", "She asks. She asks. She asks why"), [], RULES)) == ("opinion", "why")
    head = read("Ann asks why now", "She asks not")
    found = judge(head, [], RULES)
    assert found.evidence is not None
    assert (found.evidence.start, found.evidence.end) == (9, 12)


def test_a_wrap_is_of_a_market_and_not_of_a_company() -> None:
    def judged(*paragraphs: str, **more: Any) -> tuple[str, str]:
        text = read(*paragraphs)
        return words_of(judge(text, [claim(text, "signs", **more)], RULES))

    assert words_of(judge(read("Ann and stocks"), [], RULES)) == ("wrap", "stocks")
    assert judged("Ann signs, stocks rise") == ("wrap", "stocks")
    assert judged("Ann signs, stocks rise", of_headline=True)[0] == "announcement"
    assert judged("stocks: Ann signs", of_headline=True) == ("wrap", "stocks")
    assert judged("stocks: Ann signs", objects=(product("Ann-1"),))[0] == "announcement"
    assert judged("stocks: Ann and Bob", "Ann signs")[0] == "announcement"
    assert judged("stocks of Ann-1", "Ann signs")[0] == "announcement"


def test_a_dated_claim_of_the_lead_makes_a_wrap_an_announcement_of_a_company_that_it_does_not_name() -> None:
    text = read("stocks: she signs", "She sails.", "She rows.")
    head = claim(text, "signs", of_headline=True)
    for words, age, kind in (("sails", 0, "announcement"), ("sails", None, "wrap"), ("rows", 0, "wrap")):
        assert kind_of(text, head, claim(text, words, age=age)) == kind, (words, age)
    assert kind_of(text, replace(head, age=0, objects=(product("Cat-1"),))) == "announcement"


def test_an_announcement_is_made_within_three_paragraphs() -> None:
    text = read("Ann sails", "Rain.", "Rain.", "Ann signs.", "Ann seals.")
    assert kind_of(text, claim(text, "signs")) == "announcement"
    assert kind_of(text, claim(text, "seals")) == "none"


@pytest.mark.parametrize("begins", [0, 5])
@pytest.mark.parametrize(
    ("language", "length", "near"), [("en", 40, 24), ("en", 72, 24), ("en", 90, 30), ("zh", 40, 8), ("zh", 90, 8)]
)
def test_a_headline_is_about_who_stands_at_its_beginning(language: str, length: int, near: int, begins: int) -> None:
    for name in ("Ann", "Ann-1"):
        for at, kind in ((near - 1, "announcement"), (near, "none")):
            headline = ("x" * (at - 1) + f" {name} ").ljust(length, "x")
            text = read(headline, "Ann signs", language=language, begins=begins)
            assert len(headline) == length
            assert kind_of(text, claim(text, "signs")) == kind, (name, at)


def test_a_headline_is_about_whom_it_announces_something_of() -> None:
    text = read("She sails", "She signs.")
    head, body = claim(text, "sails", of_headline=True), claim(text, "signs")
    assert judge(text, [head, body], RULES).claims == (head, body)
    assert kind_of(text, body) == kind_of(text, claim(text, "signs", weight=0.9), replace(head, weight=0.0)) == "none"
    assert kind_of(text, head, replace(body, issuer="Bob", weight=9.0)) == "announcement"
    assert judge(text, [head, replace(body, issuer="Bob", weight=9.0)], RULES).claims == (head,)


@pytest.mark.parametrize("event_type", [*RELEASES, *STATES, *WORKS])
def test_a_headlines_own_claim_is_about_whom_it_names_anywhere_and_of_a_state_about_anybody(event_type: str) -> None:
    far = read("x" * 30 + " Ann signs", "Ann seals")
    assert kind_of(far, claim(far, "signs", event_type=event_type)) == "announcement"
    assert kind_of(far, claim(far, "seals", event_type=event_type)) == "none"
    nobody = read("she signs")
    kind = "announcement" if event_type in STATES else "none"
    assert kind_of(nobody, claim(nobody, "signs", event_type=event_type)) == kind


@pytest.mark.parametrize("event_type", [*RELEASES, *STATES, *WORKS])
def test_what_a_headline_says_is_to_come_is_not_released_by_the_body(event_type: str) -> None:
    text = read("Ann is set to sail", "Ann signs.")
    signs = claim(text, "signs", event_type=event_type)
    assert kind_of(text, signs) == ("none" if event_type in RELEASES else "announcement")
    assert kind_of(text, replace(signs, of_headline=True)) == "announcement"
    later = read("Ann sails", "Ann is set to sign.")
    assert kind_of(later, claim(later, "sign", event_type=event_type)) == "announcement"


@pytest.mark.parametrize(
    ("headline", "is_of_a_state"),
    [
        ("The Office sits", True), ("Norway's government sits", True), ("Norway sails", False), ("Ann sits", False),
        ("The regulators sit", True), ("Ministry officials sit", True), ("Bob's government sits", True),
        ("Bob's house: to will", False),
    ],
)  # fmt: skip
def test_what_a_state_does_needs_a_headline_of_a_state(headline: str, is_of_a_state: bool) -> None:
    text = read(headline, "She signs.")
    for event_type in (*RELEASES, *STATES, *WORKS):
        kind = "announcement" if is_of_a_state and event_type in STATES else "none"
        assert kind_of(text, claim(text, "signs", "She", event_type)) == kind, event_type


@pytest.mark.parametrize("event_type", [*RELEASES, *STATES, *WORKS])
def test_what_is_planned_is_news_of_all_but_releases(event_type: str) -> None:
    text = read("Ann signs")
    planned = claim(text, "signs", event_type=event_type, planned=True)
    assert kind_of(text, planned) == ("none" if event_type in RELEASES else "announcement")
    assert kind_of(text, replace(planned, planned=False)) == "announcement"


@pytest.mark.parametrize(
    ("age", "is_new"), [(-2, False), (-1, True), (0, True), (2, True), (3, True), (4, False), (30, False)]
)
def test_a_claim_is_new_from_the_day_after_to_three_days_before(age: int, is_new: bool) -> None:
    text = read("Ann signs")
    for of_headline in (False, True):
        dated = claim(text, "signs", age=age, of_headline=of_headline)
        assert kind_of(text, dated) == ("announcement" if is_new else "followup")


def test_without_a_date_the_headline_is_new_and_what_had_been_is_old() -> None:
    text = read("Ann signs", "Ann seals.")
    head = claim(text, "signs", past_perfect=True, of_headline=True)
    assert kind_of(text, head) == "announcement"
    assert kind_of(text, replace(head, of_headline=False)) == "followup"
    assert kind_of(text, replace(head, age=0)) == "announcement"
    assert kind_of(text, head, claim(text, "seals", age=30, weight=0.1)) == "announcement", "that is its background"


def test_a_claim_without_a_date_has_the_dates_of_others_of_the_same() -> None:
    text = read("Ann signs", "Ann seals. Bob seals. Ann rows.")
    bare, light = claim(text, "signs"), 0.1
    assert kind_of(text, bare) == "announcement"

    def beside(*ages: int, words: tuple[str, ...] = ("Ann seals", "Ann rows"), **more: Any) -> str:
        others = [
            claim(text, word, age=age, **{"weight": light, **more}) for word, age in zip(words, ages, strict=False)
        ]
        return kind_of(text, bare, *others)

    assert beside(30) == "followup"
    assert beside(3) == beside(-3) == beside(30, 3) == "announcement"
    assert beside(4) == beside(-4) == beside(30, 4) == "followup"
    assert beside(30, issuer="Bob") == beside(30, event_type="capex_plan") == "announcement"
    first, same, second = product("Ann-1"), product("ann 1"), product("Ann-2")
    bare = replace(bare, objects=(first,))
    assert beside(30) == beside(30, objects=(same,)) == beside(30, objects=(second, same)) == "followup"
    assert beside(30, objects=(second,)) == "announcement"
    bare = replace(bare, objects=())
    assert beside(30, objects=(second,)) == "followup"


def test_evidence_is_where_its_words_stand() -> None:
    text = read("Ann signs", "It is like a denial of it.", begins=7)
    found = judge(text, [claim(text, "signs")], RULES).evidence
    assert found is not None
    assert (found.start, found.end, found.text) == (23, 36, "like a denial")
