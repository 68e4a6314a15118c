"""The sign of news: which way it is traded, by what a strategy says that it uses; unknown where nothing says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from newsbt._typing import Floats
from newsbt.errors import nearest

__all__ = ["SIGNS", "LateSigns", "check_sign", "news_signs", "sign_values"]

SIGNS = ("sentiment", "type", "one", "effect", "short")


def check_sign(sign: str) -> None:
    """Refuse a word that is none of :data:`SIGNS`.

    Raises
    ------
    ValueError
    """
    if sign not in SIGNS:
        raise ValueError(f"sign is one of {', '.join(SIGNS)}, not {sign!r}{nearest(sign, SIGNS)}")


@dataclass(frozen=True, eq=False)
class LateSigns(Mapping[str, float]):
    """Default signs of types of events, read when somebody first asks: most runs never do."""

    read: Callable[[], Mapping[str, float]]

    @cached_property
    def _signs(self) -> Mapping[str, float]:
        return self.read()

    def __getitem__(self, name: str) -> float:
        return self._signs[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._signs)

    def __len__(self) -> int:
        return len(self._signs)


def news_signs(frame: pd.DataFrame, sign: str, of_type: Mapping[str, float]) -> Floats:
    """The sign of each row of a view's `events` or `links`, in [-1, 1], NaN where it is not known (S3).

    Parameters
    ----------
    sign : {'sentiment', 'type', 'one', 'effect', 'short'}
        The row's `sentiment`; the default sign of its `event_type`, by `of_type`; 1; the `weight` of a link, which is
        the product of its relations' effects, 1 of an event; -1.

    Raises
    ------
    ValueError
        Another word.

    Examples
    --------
    >>> frame = pd.DataFrame({"event_type": ["model_release", "policy"], "sentiment": [np.nan, -0.5]})
    >>> news_signs(frame, "sentiment", {}).tolist(), news_signs(frame, "type", {"model_release": 1.0}).tolist()
    ([nan, -0.5], [1.0, nan])
    """
    weight = frame["weight"].to_numpy(np.float64) if "weight" in frame else np.ones(len(frame))
    return sign_values(sign, frame["sentiment"].to_numpy(np.float64), frame["event_type"], weight, of_type)


def sign_values(
    sign: str, sentiment: Floats, event_types: Iterable[str], weight: Floats, of_type: Mapping[str, float]
) -> Floats:
    """:func:`news_signs` of columns of equal length.

    Raises
    ------
    ValueError
        `sign` is none of :data:`SIGNS`.
    """
    check_sign(sign)
    if sign == "sentiment":
        return sentiment
    if sign == "type":
        return np.array([of_type.get(name, np.nan) for name in event_types], dtype=np.float64)
    if sign == "effect":
        return weight
    return np.full(len(sentiment), -1.0 if sign == "short" else 1.0)
