"""The contracts of strategies, and the views they are handed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, dataclass_transform, runtime_checkable

import pandas as pd

from newsbt._typing import Array, Bools, Days, Floats
from newsbt.domain.broader_types import with_narrower
from newsbt.domain.entity import Universe
from newsbt.domain.news_sign import SIGNS, news_signs
from newsbt.domain.showing import brief
from newsbt.domain.signal import Signal

__all__ = [
    "EventView", "NamesEventTypes", "NamesRelations", "NamesSign", "NamesThemes", "NewsWanted", "PastView", "Reach",
    "ReachesFar", "StepStrategy", "Strategy",
]  # fmt: skip

NEWS = frozenset({"links", "events", "reach"})


class Reach(Protocol):
    """What the run's linker reaches from an event beyond `links`, for strategies that ask it event by event.

    Tickers in universe order, as of the day the event became known; none where the linker reaches nothing that way.
    """

    def issuer(self, event_id: str) -> tuple[str, ...]:
        """The issuer's own listings, also of an event that names other tickers."""
        ...

    def theme(self, event_id: str, themes: Sequence[str] = ()) -> tuple[str, ...]:
        """The members of any of some themes; no theme named: all instruments."""
        ...


@dataclass(frozen=True, kw_only=True)
class _View:
    """What every strategy sees. Arrays are read-only, (rows, N), NaN where there is no bar.

    Attributes
    ----------
    links : DataFrame
        A row for each event and instrument it touches: `event_id, ticker, relation, hop, weight, known_at,
        first_tradable_at, row, open_row, event_type, issuer, rivals, sentiment, relevance`, and the announcements'
        further columns. `weight` is the product of the relations' effects, NaN where one is not stated; `row` is the
        row of the first tradable bar, -1 where it lies outside the run; `open_row` is the same but under `entry:
        same_close`, where it is the first bar that opens after the news is known: a grid's rows from `open_row - 1`
        on may count the link.
    events : DataFrame
        A row for each event, also those that touch no instrument: `event_id, known_at, event_type, issuer,
        subject, rivals, headline, sentiment, relevance, tickers`, and the further columns.
    universe : Universe
        Instruments, relations and memberships with their dates; ask it with the day of `known_at`.
    tickers : ndarray of shape (N,)
    dates : ndarray of shape (rows,), datetime64[D]
    instruments : DataFrame
        `ticker, name, exchange, board, currency, sector, themes, sector_index, aliases, company`.
    open, high, low, close, volume : ndarray of shape (rows, N), local currency, shares
    tradable : ndarray of shape (rows, N), bool
    type_signs : mapping
        The default sign of types of events, 1.0 or -1.0; types without one are not in it.

    Notes
    -----
    The view notices whether its news (`links`, `events`, `reach`) are looked at: the orders of a grid whose strategy
    looks at none of them belong to no event.
    """

    links: pd.DataFrame
    events: pd.DataFrame
    universe: Universe
    tickers: Array
    dates: Days
    instruments: pd.DataFrame
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    tradable: Bools
    type_signs: Mapping[str, float] = field(default_factory=dict, repr=False, compare=False)
    _looked_at: set[str] = field(default_factory=set, repr=False, compare=False)

    if not TYPE_CHECKING:

        def __getattribute__(self, name: str) -> Any:
            if name in NEWS or name == "__dict__":  # whoever takes the view apart has all of it
                object.__getattribute__(self, "__dict__").setdefault("_looked_at", set()).add(name)
            return object.__getattribute__(self, name)

        def __getstate__(self) -> dict[str, Any]:
            return dict(self.__dict__)  # and so has whoever copies it

    __repr__ = brief

    def signs(self, frame: pd.DataFrame, sign: str) -> Floats:
        """The sign of the news in each row of `links` or `events`, in [-1, 1], NaN where it is not known.

        Parameters
        ----------
        sign : {'sentiment', 'type', 'one', 'effect', 'short'}
            The row's sentiment; the default sign of its type of event; 1; a link's weight (1 of an event); -1.
        """
        return news_signs(frame, sign, self.type_signs)


@dataclass(frozen=True, kw_only=True, repr=False)
class EventView(_View):
    """All events of a run and all its rows. Using a row only after it is past is the strategy's duty; `newsbt
    audit` and `newsbt.testing.check_strategy` prove it.

    Attributes
    ----------
    reach : Reach
        What the linker reaches beyond `links`: ``view.reach.theme(event_id, ["chinese_ai"])``. What a theme reaches is
        no row of `links`, which would have one for each event and instrument.
    """

    reach: Reach


@dataclass(frozen=True, kw_only=True, repr=False)
class PastView(_View):
    """What is known at the end of row t: arrays have t + 1 rows, and links are those that count by then (S3)."""


@runtime_checkable
class ReachesFar(Protocol):
    """A strategy with a parameter `hops`: how many relations away the links reach that it is handed, at least 1."""

    @property
    def hops(self) -> int: ...


@runtime_checkable
class NamesThemes(Protocol):
    """A strategy with a parameter `themes`: those whose members it trades, as ``newsbt explain`` says why it did."""

    @property
    def themes(self) -> Sequence[str]: ...


@runtime_checkable
class NamesEventTypes(Protocol):
    """A strategy with a parameter `event_types`: those it trades, as ``newsbt explain`` says why it did not."""

    @property
    def event_types(self) -> Sequence[str]: ...


@runtime_checkable
class NamesSign(Protocol):
    """A strategy with a parameter `sign`: what gives news its sign, as ``newsbt check`` counts news without one."""

    @property
    def sign(self) -> str: ...


@runtime_checkable
class NamesRelations(Protocol):
    """A strategy that says of which relations alone it trades links, as ``newsbt check`` says where there are none."""

    @property
    def trades_relations(self) -> Sequence[str]: ...


@dataclass(frozen=True, kw_only=True)
class NewsWanted:
    """What a strategy says of the news it looks for: links over so many relations, themes, types of events, relations
    of its links, none named being all; and by which of `domain.news_sign.SIGNS` it trades it, the empty string where it
    says none."""

    hops: int = 1
    themes: tuple[str, ...] = ()
    event_types: tuple[str, ...] = ()
    relations: tuple[str, ...] = ()
    sign: str = ""

    def wants_type(self, event_type: str) -> bool:
        """Whether it looks for events of a type: one that it names, or a part of one."""
        return not self.event_types or event_type in with_narrower(self.event_types)

    @classmethod
    def of(cls, strategy: object) -> NewsWanted:
        return cls(
            hops=max(1, int(strategy.hops)) if isinstance(strategy, ReachesFar) else 1,
            themes=tuple(strategy.themes or ()) if isinstance(strategy, NamesThemes) else (),
            event_types=tuple(strategy.event_types or ()) if isinstance(strategy, NamesEventTypes) else (),
            relations=tuple(strategy.trades_relations or ()) if isinstance(strategy, NamesRelations) else (),
            sign=strategy.sign if isinstance(strategy, NamesSign) and strategy.sign in SIGNS else "",
        )


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Strategy:
    """A strategy that answers signals for all events, or a whole grid, at once.

    A subclass is a frozen, keyword-only dataclass without saying so: its annotated fields are its parameters, and
    `__post_init__` may check them.

    >>> class Follow(Strategy):
    ...     strength: float = 1.0
    >>> Follow(strength=0.5)
    Follow(strength=0.5)
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        dataclass(frozen=True, kw_only=True)(cls)

    def signal(self, view: EventView) -> Signal:
        """Signals in [-1, 1]: `Signal.for_events(frame)` or `Signal.grid(array (T, N))`."""
        raise NotImplementedError(f"{type(self).__name__} needs a method signal(self, view)")


@dataclass_transform(frozen_default=True, kw_only_default=True)
class StepStrategy:
    """A strategy that is called at the end of every row and sees the past only. Parameters as in `Strategy`."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        dataclass(frozen=True, kw_only=True)(cls)

    def signal_at(self, t: int, past: PastView) -> Floats:
        """Signals in [-1, 1], an array of shape (N,), traded from the next row on."""
        raise NotImplementedError(f"{type(self).__name__} needs a method signal_at(self, t, past)")
