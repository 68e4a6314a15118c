"""A text of news as labellers are handed it, and pieces of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from newsbt.domain.showing import brief

__all__ = ["NewsText", "Span"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A piece of a text: ``text == item.text[start:end]``.

    Attributes
    ----------
    start, end : int
        Letters from the beginning of the text.
    text : str

    Examples
    --------
    >>> from newsbt import Span
    >>> Span(start=0, end=7, text="Alibaba").text
    'Alibaba'
    """

    start: int
    end: int
    text: str

    __repr__ = brief

    @classmethod
    def of(cls, text: str, start: int, end: int) -> Span:
        return cls(start, end, text[start:end])


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsText:
    """A text to be labelled.

    Attributes
    ----------
    text : str
        All of it; every span points into it.
    headline, body : Span
        The body may be empty.
    published_at : datetime
        As written, with its offset. It dates words such as "yesterday", and says which listings there were. When news
        was known is no labeller's to say.
    """

    text: str
    headline: Span
    body: Span
    published_at: datetime

    __repr__ = brief

    @classmethod
    def of(cls, headline: str, body: str = "", *, published_at: datetime) -> NewsText:
        """A text of a headline and what follows it, on lines of their own."""
        text = f"{headline}\n\n{body}"
        return cls(
            text=text,
            headline=Span(0, len(headline), headline),
            body=Span.of(text, len(headline) + 2, len(text)),
            published_at=published_at,
        )
