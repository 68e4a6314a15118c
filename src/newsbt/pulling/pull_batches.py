"""Answers on their way into the store: a few seconds' together, so that there are few files and little to lose."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from newsbt.errors import DataError
from newsbt.price_store import PriceStore, PulledPrices, PulledRates
from newsbt.pulling.provider_contract import Adjustment

__all__ = ["Batches"]

EMPTY = pd.DataFrame()


@dataclass(frozen=True, slots=True, kw_only=True)
class _PullKey:
    """What goes into one pull."""

    provider: str
    version: str
    exchange: str
    adjusted: Adjustment | None  # None: rates


@dataclass(slots=True)
class _Batch:
    asked: dict[str, tuple[date, date]] = field(default_factory=dict)
    frames: dict[str, pd.DataFrame] = field(default_factory=dict)
    gaps: dict[str, str] = field(default_factory=dict)

    def only(self, name: str) -> _Batch:
        """What it has of one instrument or pair."""
        return _Batch(
            asked={name: self.asked[name]},
            frames={key: frame for key, frame in self.frames.items() if key == name},
            gaps={key: gap for key, gap in self.gaps.items() if key == name},
        )


class Batches:
    """What came is added to the store `seconds` later, whatever is waited for then, and at the end.

    `refused` is called with the name of what the store does not take, and why: a full disk takes nothing, and
    the rest goes on.
    """

    def __init__(self, store: PriceStore, refused: Callable[[str, DataError], None], *, seconds: float) -> None:
        self._store, self._refused, self._seconds = store, refused, seconds
        self._batches: dict[_PullKey, _Batch] = {}
        self._lock = threading.RLock()
        self._timer: threading.Timer | None = None

    def prices(
        self, provider: str, version: str, exchange: str, adjusted: Adjustment, ticker: str, asked: tuple[date, date],
        frame: pd.DataFrame,
    ) -> None:  # fmt: skip
        """Rows of an instrument."""
        self._add(
            _PullKey(provider=provider, version=version, exchange=exchange, adjusted=adjusted), ticker, asked, frame
        )

    def rates(self, provider: str, version: str, pair: str, asked: tuple[date, date], frame: pd.DataFrame) -> None:
        """Rates of a pair."""
        self._add(_PullKey(provider=provider, version=version, exchange="", adjusted=None), pair, asked, frame)

    def gap(
        self, provider: str, version: str, exchange: str, name: str, asked: tuple[date, date], message: str
    ) -> None:
        """That a provider says that it has nothing: of an instrument, or of a pair where `exchange` is empty."""
        adjusted: Adjustment | None = "none" if exchange else None
        key = _PullKey(provider=provider, version=version, exchange=exchange, adjusted=adjusted)
        self._add(key, name, asked, EMPTY, message)

    def _add(self, key: _PullKey, name: str, asked: tuple[date, date], frame: pd.DataFrame, gap: str = "") -> None:
        with self._lock:
            batch = self._batches.setdefault(key, _Batch())
            batch.asked[name] = asked
            if len(frame):
                batch.frames[name] = frame
            if gap:
                batch.gaps[name] = gap
            if self._timer is None:
                self._timer = threading.Timer(self._seconds, self.add_all)
                self._timer.daemon = True
                self._timer.start()

    def add_all(self) -> None:
        """Add what came. Of answers that the store does not take together it takes those that it can."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = None
            while self._batches:
                key, batch = self._batches.popitem()
                error = self._refusal(key, batch)
                if error is None:
                    continue
                if len(batch.asked) == 1:
                    self._refused(next(iter(batch.asked)), error)
                    continue
                for name in batch.asked:
                    error = self._refusal(key, batch.only(name))
                    if error is not None:
                        self._refused(name, error)

    def _refusal(self, group: _PullKey, batch: _Batch) -> DataError | None:
        """Why the store does not take a batch; None where it has taken it."""
        pulled: PulledPrices | PulledRates
        frame = pd.concat(batch.frames.values(), ignore_index=True) if batch.frames else EMPTY
        try:
            if group.adjusted is None:
                pulled = PulledRates(
                    provider=group.provider, provider_version=group.version, asked=batch.asked, frame=frame,
                    gaps=batch.gaps,
                )  # fmt: skip
            else:
                pulled = PulledPrices(
                    provider=group.provider, provider_version=group.version, exchange=group.exchange,
                    adjusted=group.adjusted, asked=batch.asked, frame=frame, gaps=batch.gaps,
                )  # fmt: skip
            self._store.add(pulled)
        except DataError as error:
            return error
        return None
