"""What a strategy answers: a view in [-1, 1] for (event, ticker) pairs or for the whole grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from newsbt._typing import Floats
from newsbt.domain.showing import brief

__all__ = ["Signal"]


@dataclass(frozen=True, slots=True)
class Signal:
    """What a strategy answers: either `events` or `array`, never both.

    Attributes
    ----------
    events : DataFrame, optional
        `event_id, ticker, signal, delay`: signals in [-1, 1], delays in the ticker's own bars.
    array : ndarray of shape (T, N), optional
        A signal in [-1, 1] for each row and ticker.

    Examples
    --------
    >>> import pandas as pd
    >>> from newsbt import Signal
    >>> frame = pd.DataFrame({"event_id": ["a"], "ticker": ["BABA"], "signal": [0.5]})
    >>> Signal.for_events(frame).events["signal"].tolist()
    [0.5]
    """

    events: pd.DataFrame | None = None
    array: Floats | None = None

    __repr__ = brief

    @classmethod
    def for_events(cls, frame: pd.DataFrame) -> Signal:
        """Signals of single (event, ticker) pairs.

        Parameters
        ----------
        frame : DataFrame
            Columns `event_id`, `ticker`, `signal` in [-1, 1], and optionally `delay`: whole own tradable bars
            after the first tradable one, default 0. A signal of 0 is no view and is dropped.

        Raises
        ------
        ValueError
            A column is missing, a signal is NaN or outside [-1, 1], a delay is negative or no whole number, or
            a pair of event and ticker stands twice.
        """
        missing = [name for name in ("event_id", "ticker", "signal") if name not in frame.columns]
        if missing:
            raise ValueError(f"Signal.for_events needs the columns event_id, ticker, signal; missing: {missing}")
        values = _real(frame["signal"])
        bad = ~(np.abs(values) <= 1.0)
        if bad.any():
            row = frame.iloc[int(np.flatnonzero(bad)[0])]
            raise ValueError(
                f"a signal is a number in [-1, 1]; {row['ticker']} on {row['event_id']} has {float(row['signal'])!r}"
            )
        delay = frame["delay"].to_numpy(dtype=np.float64) if "delay" in frame.columns else np.zeros(len(frame))
        if not ((delay >= 0) & (delay == np.floor(delay))).all():
            raise ValueError("a delay counts whole bars, 0 or more")
        table = pd.DataFrame(
            {
                "event_id": frame["event_id"].to_numpy(dtype=object),
                "ticker": frame["ticker"].to_numpy(dtype=object),
                "signal": values,
                "delay": delay.astype(np.int64),
            }
        )
        table = table[table["signal"] != 0.0]
        twice = table.duplicated(["event_id", "ticker"])
        if twice.any():
            row = table[twice].iloc[0]
            raise ValueError(f"two signals for {row['ticker']} on {row['event_id']}; give one")
        return cls(events=table.reset_index(drop=True))

    @classmethod
    def grid(cls, array: npt.ArrayLike) -> Signal:
        """Signals of every row and ticker; row t trades from the next row on.

        Parameters
        ----------
        array : array_like of shape (T, N)
            Values in [-1, 1], 0 for no view, never NaN.
        """
        values = np.array(_real(array), order="C", copy=True)
        if values.ndim != 2:
            raise ValueError(f"Signal.grid needs an array of shape (T, N), not {values.shape}")
        bad = ~(np.abs(values) <= 1.0)
        if bad.any():
            t, n = (int(k) for k in np.argwhere(bad)[0])
            raise ValueError(f"a signal is a number in [-1, 1]; row {t}, column {n} has {float(values[t, n])!r}")
        values.setflags(write=False)
        return cls(array=values)


def _real(values: npt.ArrayLike) -> Floats:
    given = np.asarray(values)
    if np.iscomplexobj(given):
        raise ValueError("a signal is a number in [-1, 1], and no complex one")
    return given.astype(np.float64)
