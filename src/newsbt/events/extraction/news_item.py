"""A text of news before anything is understood of it: its parts, and when it was published."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from newsbt.domain.showing import brief
from newsbt.domain.text_spans import NewsText, Span
from newsbt.error_codes import ErrorCode
from newsbt.errors import DataError, Problem
from newsbt.events.extraction.markup import without_markup

__all__ = ["MAX_CHARACTERS", "NewsItem", "RefusedItem", "Span", "clean", "refuse", "without_headline"]

MAX_CHARACTERS = 10_000_000  # no article is longer; a longer item is a dump of something else
MAX_HEADLINE = 1_000

# Escape sequences of terminals first, then every other control character but the line feed and the tab.
_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\-_]?|\x9b[0-?]*[ -/]*[@-~]")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


class RefusedItem(DataError):
    """A text that nobody can date or read. Its one problem says why, for a counted rejection."""

    @property
    def problem(self) -> Problem:
        return self.problems[0]


def refuse(code: ErrorCode, message: str, *, file: str | None = None, line: int | None = None) -> RefusedItem:
    """The error for one item that cannot be used."""
    problem = Problem(code=code, message=message, file=file, line=line)
    return RefusedItem(str(problem), [problem])


def clean(text: str) -> str:
    """The text with plain line ends, without escape sequences, control characters and invisible marks.

    >>> clean("Alibaba\\x1b[31m unveils\\x00 Qwen3\\r\\n")
    'Alibaba unveils Qwen3\\n'
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return _CONTROLS.sub("", _ESCAPES.sub("", plain))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsItem:
    """One text, and where its parts stand in it.

    Attributes
    ----------
    text : str
        All of it, cleaned; every span points into it.
    headline : Span
        Empty where the text has none.
    body : Span
        What follows the headline and the lines about the text; may be empty.
    published_at : datetime
        As written, with its offset. `published` is where; None where the text does not say it.
    time_precision : str
        ``minute``, ``hour`` or ``day``.
    received_at : datetime
        When this text could be had at the earliest: `published_at`, or the end of its day or hour where no finer
        time is known. A text of the afternoon is never known in the morning.
    """

    text: str
    headline: Span
    body: Span
    published_at: datetime
    published: Span | None
    time_precision: str = "minute"
    received_at: datetime
    dateline: Span | None = None
    item_id: str = ""
    source: str = ""
    url: str = ""
    origin: str = ""

    __repr__ = brief

    @property
    def as_text(self) -> NewsText:
        """What a labeller is handed: all but where the item came from and when it could be had."""
        return NewsText(text=self.text, headline=self.headline, body=self.body, published_at=self.published_at)

    @classmethod
    def of(
        cls,
        headline: str,
        body: str = "",
        *,
        published_at: datetime,
        time_precision: str = "minute",
        received_at: datetime | None = None,
        dateline: str = "",
        item_id: str = "",
        source: str = "",
        url: str = "",
        origin: str = "",
    ) -> NewsItem:
        """An item from parts that are already apart, such as those of a feed. A blank headline stays blank: whoever
        reads the item says what becomes of it.

        Raises
        ------
        RefusedItem
            A naive time, or a text beyond :data:`MAX_CHARACTERS`.
        """
        title = " ".join(without_markup(clean(headline)).split())
        check_headline(title, origin)
        if published_at.tzinfo is None:
            raise refuse(
                "naive_time",
                f"{published_at.isoformat()} has no offset; write for example {published_at.isoformat()}+08:00",
                file=origin or None,
            )
        written = published_at.isoformat()
        head = f"{title}\n\nPublished: {written}\n"
        town = " ".join(clean(dateline).split())
        if town:
            head += f"Dateline: {town}\n"
        text = f"{head}\n{clean(body).strip()}"
        check_size(text, origin)
        at = len(title) + len("\n\nPublished: ")
        town_at = len(head) - 1 - len(town)
        return cls(
            text=text,
            headline=Span(0, len(title), title),
            body=Span.of(text, len(head) + 1, len(text)),
            published_at=published_at,
            published=Span.of(text, at, at + len(written)),
            time_precision=time_precision,
            received_at=known_from(published_at, time_precision) if received_at is None else received_at,
            dateline=Span.of(text, town_at, town_at + len(town)) if town else None,
            item_id=item_id,
            source=source,
            url=url,
            origin=origin,
        )


def without_headline(item: NewsItem) -> RefusedItem:
    """The error for an item of which there is nothing to understand."""
    return refuse("missing_value", "the item has no headline", file=item.origin or None)


def check_size(text: str, origin: str) -> None:
    """Raise RefusedItem for a text that is too long to be one item."""
    if len(text) > MAX_CHARACTERS:
        raise refuse(
            "too_large",
            f"the item has {len(text):,} characters, and one item may have {MAX_CHARACTERS:,}; split it",
            file=origin or None,
        )


def check_headline(headline: str, origin: str) -> None:
    """Raise RefusedItem for a first line that is no headline but a text without line ends."""
    if len(headline) > MAX_HEADLINE:
        message = f"the headline has {len(headline):,} characters; put the headline on a line of its own"
        raise refuse("bad_value", message, file=origin or None)


def known_from(published_at: datetime, time_precision: str) -> datetime:
    """The instant from which a text published then can be had, at the precision its time has."""
    if time_precision == "minute":
        return published_at
    if time_precision == "hour":
        return published_at + timedelta(hours=1)
    return datetime.combine(published_at.date() + timedelta(days=1), time(0), tzinfo=published_at.tzinfo)
