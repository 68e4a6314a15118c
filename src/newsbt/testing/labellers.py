"""Conformance check for labellers: what says what texts announce."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from newsbt.domain.text_label import NoLabel, TextLabel, label_fault
from newsbt.domain.text_spans import NewsText
from newsbt.ports import Labeller
from newsbt.ports.conformance import lacking
from newsbt.testing.components import check_component, expect
from newsbt.testing.small_market import SmallMarket, small_market
from newsbt.testing.whole import whole

__all__ = ["check_labeller", "news_texts"]

__tracebackhide__ = True  # pytest shows the frames of the test and of what it hands over

AT = datetime(2025, 3, 6, 8, 45, tzinfo=UTC)
BODY = (
    "HANGZHOU - The company said on Thursday that the model is open to developers from today. It compared it with "
    "DeepSeek-R1.\n\nShares rose 8% in Hong Kong."
)
TEXTS = (
    ("Alibaba releases QwQ-32B, a model it says rivals DeepSeek-R1", BODY),
    ("Alibaba denies that it will release a model this week", ""),
    ("阿里巴巴发布QwQ-32B推理模型", "3月6日，阿里巴巴发布新模型。"),
    ("Alibaba 发布 QwQ-32B: 性能 on par with DeepSeek-R1", ""),
    ("アリババがQwen3を公開", ""),
    ("Wie man Kaffee kocht und warum es nicht gelingt", ""),
    ("<div><p>Alibaba</p> <b>launches&nbsp;QwQ</b></div><script>x()</script>", "<<<>>>&&&"),
    ("?", ""),
    ("Alibaba releases QwQ-32B", "The same sentence again, and again. " * 20_000),
)
"""Headlines and bodies, ordinary ones and those that labellers trip over."""


def news_texts() -> list[NewsText]:
    """Texts of news for tests: two languages and others, mixed scripts, markup, next to nothing, very long ones.

    Returns
    -------
    list of NewsText

    Examples
    --------
    >>> len(news_texts())
    9
    """
    return [NewsText.of(headline, body, published_at=AT) for headline, body in TEXTS]


def check_labeller(
    labeller: Labeller, texts: Sequence[NewsText] | None = None, *, market: SmallMarket | None = None
) -> list[TextLabel | NoLabel]:
    """Prove a labeller fit: ``labelling(universe)`` answers something whose ``label(texts)`` gives an answer for each.

    Every label keeps to the contract (`newsbt.TextLabel`): the words that it names as evidence stand in the text.
    Texts that labellers trip over have an answer too, if only `NoLabel`; labelling twice, one by one or all at once,
    gives the same.

    Parameters
    ----------
    labeller : Labeller
        An instance.
    texts : sequence of NewsText, optional
        None: those of :func:`news_texts`.
    market : SmallMarket, optional
        Whose universe it is handed; by default a small one of newsbt's.

    Returns
    -------
    list of TextLabel or NoLabel
        The answers, for further assertions.

    Raises
    ------
    AssertionError
        It names what is wrong, and with which text.

    Examples
    --------
    >>> from newsbt.events.labelling.rule_labeller import Rules
    >>> len(check_labeller(Rules(), news_texts()[:2]))
    2
    """
    check_component(labeller, Labeller)
    fault = lacking(labeller, Labeller)
    expect(not fault, fault)
    expect(bool(labeller.made_by.strip()), "made_by names who labels, with the version of a model")
    expect(bool(labeller.fingerprint), "fingerprint is a digest of all that the answers depend on; it is empty")
    expect(labeller.fingerprint == labeller.fingerprint, "fingerprint is another the second time")
    asked = news_texts() if texts is None else list(texts)
    market = market or small_market()
    universe = market.prepared().market.universe
    for names in (universe, None):
        one = labeller.labelling(names)
        answers = list(one.label(asked))
        expect(len(answers) == len(asked), f"label() gives {len(answers)} answers for {len(asked)} texts")
        for text, answer in zip(asked, answers, strict=True):
            what = f"{text.headline.text[:60]!r}"
            expect(isinstance(answer, TextLabel | NoLabel), f"{what}: a TextLabel or NoLabel, not {answer!r}")
            if isinstance(answer, TextLabel):
                fault = label_fault(answer, text)
                expect(not fault, f"{what}: {fault}")
            else:
                expect(bool(answer.reason and answer.message), f"{what}: a NoLabel says why, in a word and a sentence")
        expect(list(one.label([])) == [], "no texts have no answers")
        again = labeller.labelling(names)
        apart = [found for text in asked for found in again.label([text])]
        for text, first, second in zip(asked, answers, apart, strict=True):
            same = whole(first) == whole(second)
            expect(same, f"{text.headline.text[:60]!r} is labelled another way by itself, or the second time")
    return answers
