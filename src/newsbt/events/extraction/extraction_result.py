"""What extraction answers: fields with the words that gave them, or why there are none."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from newsbt.domain.announcement import Announcement
from newsbt.domain.broader_types import broad_type
from newsbt.domain.showing import brief
from newsbt.errors import Problem
from newsbt.events.extraction.news_item import NewsItem, Span

__all__ = ["Extraction", "Rejection"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """A text that cannot be used: `problem` says why, where and what to do; its `code` is the reason to count."""

    origin: str
    problem: Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """A text as understood.

    Attributes
    ----------
    is_announcement : bool
        Whether an issuer announces something new. `kind` says what else it is: ``followup`` (of an event known
        before: then the fields name that event), ``denial``, ``delay``, ``rumour``, ``opinion``, ``wrap`` (of a
        market) or ``none``.
    issuer, event_type, subject : str
        Empty unless it is an announcement or a follow-up.
    rivals : tuple of str
        Products, or companies where no product is named.
    tickers : tuple of str
        The issuer's listings on the article's day; where it has none, those of the company whose product the
        announcement is about. Only what was listed by then.
    mentioned : tuple of str
        Everything else with a name of its own: companies and indices in the order of the text.
    ambiguous : tuple of Span
        Names that mean a company in the right company only, and whose context is missing: not used.
    contaminated : tuple of str
        The names of the headline where the body, of some length, has none of them: then it is of something else, and
        the headline alone was read.
    sentiment : float
        In [-1, 1], from the words about what was announced; how shares moved does not count. NaN where no word
        says anything.
    score : float
        How sure the labeller is, in [0, 1]; NaN where it does not say.
    unlabelled : str
        Why nobody can tell what it is, where its labeller failed: its `kind` is then ``unlabelled``.
    published_at, time_precision, received_at
        The article's own time. An article is never known before it was published: `received_at` is that time, or
        the end of its day or hour where it says no more.
    evidence : mapping of str to Span
        For every field that has a value the piece of `text` that gave it.
    """

    item_id: str
    text: str
    is_announcement: bool
    kind: str
    issuer: str = ""
    event_type: str = ""
    subject: str = ""
    rivals: tuple[str, ...] = ()
    tickers: tuple[str, ...] = ()
    mentioned: tuple[str, ...] = ()
    ambiguous: tuple[Span, ...] = ()
    contaminated: tuple[str, ...] = ()
    sentiment: float = math.nan
    score: float = math.nan
    unlabelled: str = ""
    language: str
    published_at: datetime
    time_precision: str
    received_at: datetime
    headline: str
    body: str = ""
    dateline: str = ""
    source: str = ""
    url: str = ""
    origin: str = ""
    evidence: Mapping[str, tuple[Span, ...]] = field(default_factory=lambda: MappingProxyType({}))

    __repr__ = brief

    @classmethod
    def of_item(cls, item: NewsItem, kind: str, language: str, evidence: Mapping[str, tuple[Span, ...]]) -> Extraction:
        """An item as one of a kind, with its own text and times, whose words are added to the `evidence`."""
        own = {"published_at": item.published, "headline": item.headline, "dateline": item.dateline}
        return cls(
            item_id=item.item_id,
            text=item.text,
            is_announcement=kind == "announcement",
            kind=kind,
            language=language,
            published_at=item.published_at,
            time_precision=item.time_precision,
            received_at=item.received_at,
            headline=item.headline.text,
            body=item.body.text,
            dateline=item.dateline.text if item.dateline else "",
            source=item.source,
            url=item.url,
            origin=item.origin,
            evidence=MappingProxyType(
                {**evidence, **{name: (span,) for name, span in own.items() if span is not None}}
            ),
        )

    @property
    def broader_type(self) -> str:
        """The type that its `event_type` is a part of, as ``earnings_beat`` is of ``earnings_guidance``, or itself."""
        return broad_type(self.event_type)

    @property
    def event_id(self) -> str:
        """The item's own id, or one made from its time and headline, the same on every machine."""
        if self.item_id:
            return self.item_id
        digest = hashlib.sha256(f"{self.published_at.isoformat()}\n{self.headline}".encode()).hexdigest()
        return f"{self.published_at.date().isoformat()}-{digest[:12]}"

    def announcement(self) -> Announcement:
        """The announcement that a run reads.

        Raises
        ------
        ValueError
            The text announces nothing.
        """
        if not self.is_announcement:
            raise ValueError(f"{self.event_id!r} is a {self.kind}, no announcement")
        return Announcement(
            event_id=self.event_id,
            published_at=self.published_at,
            received_at=self.received_at,
            time_precision=self.time_precision,
            event_type=self.event_type,
            issuer=self.issuer,
            subject=self.subject,
            rivals=self.rivals,
            headline=self.headline,
            body=self.body,
            source=self.source,
            url=self.url,
            sentiment=self.sentiment,
            tickers=self.tickers,
            mentioned=self.mentioned,
            attributes=MappingProxyType(
                {"language": self.language, **({} if math.isnan(self.score) else {"score": self.score})}
            ),
            origin=self.origin or self.event_id,
        )
