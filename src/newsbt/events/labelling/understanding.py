"""Items of news as the labeller of a config understands them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from newsbt.domain.aliases import AliasBook
from newsbt.domain.entity import Universe
from newsbt.domain.label_batch import until_sentence
from newsbt.domain.text_label import OTHER_LANGUAGE, UNLABELLED, NoLabel, TextLabel, label_fault
from newsbt.errors import DataError, Problem
from newsbt.events.extraction.analysis import language_of
from newsbt.events.extraction.extract import Extractor
from newsbt.events.extraction.extraction_result import Extraction
from newsbt.events.extraction.news_item import NewsItem, without_headline
from newsbt.events.labelling.rule_labeller import Rules, RulesLabelling
from newsbt.ports import Labeller, Labelling, TellingLabelling

__all__ = ["ON_UNLABELLED", "TextReading", "Understanding"]

ON_UNLABELLED = ("error", "keep")
NO_HEADLINE = "no_headline"


class Understanding:
    """Which labeller reads the texts of a run, what becomes of one that it cannot label, and what it did so far.

    Parameters
    ----------
    labeller : Labeller, optional
        None: the rules.
    on_unlabelled : {'error', 'keep'}
        ``keep`` counts a text without a label, and goes on.
    """

    def __init__(self, labeller: Labeller | None = None, on_unlabelled: str = "error") -> None:
        if on_unlabelled not in ON_UNLABELLED:
            raise ValueError(f"on_unlabelled is 'error' or 'keep', not {on_unlabelled!r}")
        self.labeller: Labeller = Rules() if labeller is None else labeller
        self.on_unlabelled = on_unlabelled
        self.unlabelled: Counter[str] = Counter()
        self.texts = 0
        self._at_work: list[tuple[Universe | None, Labelling]] = []

    def reading(self, universe: Universe | None) -> TextReading:
        """Understands items by the names of a universe."""
        labelling = next((one for names, one in self._at_work if names is universe), None)
        if labelling is None:
            labelling = self.labeller.labelling(universe)
            self._at_work.append((universe, labelling))
        return TextReading(self, labelling, universe)

    @property
    def cutoff(self) -> date | None:
        """The last day of which the labeller can have read something; None where it reads nothing, or nobody knows."""
        day = self.labeller.cutoff
        return None if not self.texts or day == date.min else day

    @property
    def fingerprint(self) -> str:
        """The labeller's, where it has read anything; else empty."""
        return self.labeller.fingerprint if self.texts else ""

    def notices(self) -> tuple[str, ...]:
        """What must stand beside the results of what was read."""
        if not self.texts:
            return ()
        found = []
        if self.labeller.cutoff != date.min:
            until = until_sentence(self.labeller.cutoff)
            found.append(f"labels by {self.labeller.made_by} for {self.texts:,} texts: {until}")
        if self.unlabelled:
            reasons = ", ".join(f"{count:,} {reason}" for reason, count in self.unlabelled.most_common())
            kept = f"kept as events of the type {UNLABELLED}, which are linked to nothing"
            what = kept if self.on_unlabelled == "keep" else "left out"
            found.append(f"{self.unlabelled.total():,} of {self.texts:,} texts have no label ({reasons}): {what}")
        at_work = [labelling for _, labelling in self._at_work]
        return (*found, *(line for one in at_work if isinstance(one, TellingLabelling) for line in one.notices()))


@dataclass(frozen=True)
class TextReading:
    """A labeller at work on items. Their times are the items' own: no labeller says when news was known."""

    understanding: Understanding
    labelling: Labelling
    universe: Universe | None

    def extract(self, item: NewsItem) -> Extraction:
        """What an item announces; of the kind ``unlabelled``, where its labeller cannot tell and is allowed not to.

        No labeller is asked about an item without a headline.

        Raises
        ------
        RefusedItem
            It has no headline, under ``on_unlabelled: error``: it is a bad row.
        DataError
            It cannot be labelled, under ``on_unlabelled: error``.
        """
        text, mine = item.as_text, self.understanding
        if not item.headline.text:
            if mine.on_unlabelled != "keep":
                raise without_headline(item)
            mine.texts += 1
            mine.unlabelled[NO_HEADLINE] += 1
            reason = f"{NO_HEADLINE}: the item has no headline"
            return self._extraction(item, TextLabel(kind="none"), unlabelled=reason)
        (found,) = self.labelling.label([text])
        if isinstance(found, TextLabel) and (fault := label_fault(found, text)):
            found = NoLabel(reason="bad_label", message=f"its answer does not keep to the contract: {fault}")
        mine.texts += 1
        if isinstance(found, TextLabel):
            return self._extraction(item, found)
        mine.unlabelled[found.reason] += 1
        if mine.on_unlabelled == "keep":
            return self._extraction(item, TextLabel(kind="none"), unlabelled=f"{found.reason}: {found.message}")
        if found.reason == OTHER_LANGUAGE:
            return self._extraction(item, TextLabel(kind="none"))
        message = (
            f"no label for {item.headline.text[:80]!r}: {mine.labeller.made_by}: {found.message}; "
            "labeller: {on_unlabelled: keep} goes on without it"
        )
        raise DataError(message, [Problem(code=UNLABELLED, message=message, file=item.origin or None)])

    def _extraction(self, item: NewsItem, label: TextLabel, unlabelled: str = "") -> Extraction:
        tickers = label.tickers
        if tickers is None:
            tickers = self._names.tickers(label.issuer, item.published_at.date()) if label.issuer else ()
        kind, language = UNLABELLED if unlabelled else label.kind, language_of(item.headline.text, item.body.text)
        return replace(
            Extraction.of_item(item, kind, language, label.evidence),
            issuer=label.issuer,
            event_type=label.event_type,
            subject=label.subject,
            rivals=label.rivals,
            tickers=tickers,
            mentioned=label.mentioned,
            ambiguous=label.ambiguous,
            contaminated=label.contaminated,
            sentiment=label.sentiment,
            score=label.score,
            unlabelled=unlabelled,
        )

    @cached_property
    def _names(self) -> AliasBook:
        extractor = self.labelling.extractor if isinstance(self.labelling, RulesLabelling) else Extractor(self.universe)
        return extractor.aliases
