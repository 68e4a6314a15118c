"""Claims about money: spending plans, deals between companies, results and outlooks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsbt.events.extraction.claims import REACH, Claim, Scene, claim_of, name_before, refers_back, stranger_before

__all__ = ["AMOUNT", "guidance", "partnerships", "spending"]

AMOUNT = re.compile(
    r"(?:(?P<sign>us\$|hk\$|\$|€|£|¥|rmb ?)\s?)?(?P<low>\d[\d,]*(?:\.\d+)?)(?: ?(?:billion|bn|million|trillion))?"
    r"(?:\s?(?:to|-|and)\s?(?:us\$|hk\$|\$|€|£|¥)?(?P<high>\d[\d,]*(?:\.\d+)?))?[\s-]?"
    r"(?P<unit>billion|bn|million|mn|trillion|tn|万亿|亿|万)"
    r"(?:[- ]?(?P<money>yuan|renminbi|dollars?|euros?|pounds?|yen|won|us dollars|元|美元|港元|人民币|日元|欧元|韩元))?"
)
SHARE = re.compile(r"\d+(?:\.\d+)?%|per ?cent|百分")
_RAISED = re.compile(r"\b(?:lift|rais|boost|increas|cut|lower|expand|doubl|step)\w*\b|上调|提高|增加|加大|下调")
_REPORTED = re.compile(
    r"\b(?:report|post|guid|forecast|expect|project|publish|cut|slash|rais|lift|lower|reaffirm|beat|miss|top|book|announc|say|said|see)\w*\b"
    r"|公布|发布|披露|上调|下调|预计|预期|预告|同比|增长|下降|下滑|超|不及"
)


def spending(scene: Scene) -> Iterator[Claim]:
    """Who spends how much on what."""
    analysis, sentence = scene.analysis, scene.sentence
    nouns = sentence.cued("capex_plan.nouns")
    cues = sentence.cued("capex_plan.strong")
    if not cues or not nouns:
        return
    amount = AMOUNT.search(analysis.folded, sentence.start, sentence.end)
    share = SHARE.search(analysis.folded, sentence.start, sentence.end)
    for cue in cues:
        plainly = any(one.start <= cue.start and cue.end <= one.end for one in nouns)
        if amount is None and not (
            plainly and (share or _RAISED.search(analysis.folded, sentence.start, sentence.end))
        ):
            continue
        at = cue.start if amount is None else max(cue.start, amount.start())
        actor = name_before(analysis, sentence, at)
        issuer = (
            actor.name if actor is not None else scene.main if refers_back(sentence, cue) or sentence.zone == 0 else ""
        )
        if issuer and abs(cue.start - (amount.start() if amount else cue.start)) <= REACH:
            yield claim_of(analysis, sentence, cue, "capex_plan", issuer, 1.0, actor=actor)


def partnerships(scene: Scene) -> Iterator[Claim]:
    """Who works with, buys or supplies whom."""
    analysis, sentence = scene.analysis, scene.sentence
    cues = sentence.cued("partnership.strong")
    named = [(one.start, one.name) for one in sentence.mentions if one.kind == "company" and one.certain]
    named += [(one.start, one.maker) for one in sentence.products]
    parties = list(dict.fromkeys(name for _, name in sorted(named)))
    if not cues or not parties:
        return
    if len(parties) == 1:
        if not scene.main or scene.main == parties[0] or not refers_back(sentence, cues[0]):
            return
        parties.insert(0, scene.main)
    cue = cues[0]
    if min(named)[0] > cue.start and stranger_before(analysis, sentence, cue):
        return
    actor = next((one for one in sentence.mentions if one.name == parties[0]), None)
    yield claim_of(analysis, sentence, cue, "partnership", parties[0], 0.8, actor=actor)


def guidance(scene: Scene) -> Iterator[Claim]:
    """Who reports or foresees which figures."""
    analysis, sentence = scene.analysis, scene.sentence
    cues = sentence.cued("earnings_guidance.strong")
    if not cues:
        return
    figure = AMOUNT.search(analysis.folded, sentence.start, sentence.end) or SHARE.search(
        analysis.folded, sentence.start, sentence.end
    )
    if figure is None and not _REPORTED.search(analysis.folded, sentence.start, sentence.end):
        return
    actor = next((one for one in sentence.mentions if one.kind == "company" and one.certain), None)
    issuer = actor.name if actor is not None else scene.main if sentence.cued("pronoun") or sentence.zone == 0 else ""
    if issuer:
        weight = 1.0 if figure is not None else 0.6
        yield claim_of(analysis, sentence, cues[0], "earnings_guidance", issuer, weight, actor=actor)
