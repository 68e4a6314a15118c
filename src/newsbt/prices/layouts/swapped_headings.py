"""Whether headings stand above the cells of other columns: what rows of prices cannot be, and which two explain it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from newsbt._typing import Bools, Floats, Ints

__all__ = ["swapped_headings"]

OHLC = ("open", "high", "low", "close")
FEWEST_ROWS, TOO_MANY = 10, 0.25  # rows from which on, and share of them, that headings are said to be swapped
EXPLAINS = 0.02  # share of rows that may still be wrong once two columns have changed places
FEWEST_BARS, NEARER = 30, 1.2  # bars from which on, and by which factor, opens and closes are said to be swapped
WIDEST = 3.0  # high over low: what a bar of a share does once in a while, and never in every fourth
ROUNDED = 0.001


def swapped_headings(
    values: Mapping[str, Floats], series: Ints, order: Sequence[int] | Ints, written: Mapping[str, str]
) -> tuple[str, int] | None:
    """What is wrong with a table's headings, and a row that shows it; None where nothing is.

    Parameters
    ----------
    values : mapping of name to ndarray of shape (R,)
        open, high, low, close, and volume where there is one; NaN where blank.
    series : ndarray of shape (R,)
        A code for the ticker of each row.
    order : ndarray of shape (R,)
        The rows of each ticker after one another, by time.
    written : mapping
        The headings of these columns.
    """
    columns = {name: values[name] for name in (*OHLC, "volume") if name in values}
    full = np.logical_and.reduce([np.isfinite(values[name]) for name in OHLC])
    if full.sum() < FEWEST_ROWS:
        return None
    wrong = _impossible(columns)
    if wrong[full].mean() > TOO_MANY:
        row = int(np.flatnonzero(wrong & full)[0])
        shown = ", ".join(f"{written[name]} {values[name][row]:g}" for name in OHLC)
        first = f"{wrong[full].mean():.0%} of the rows cannot be open, high, low and close ({shown})"
        pair = _explained_by(columns, full)
        if pair is None:
            return f"{first}: are headings swapped?", row
        return f"{first}: {written[pair[0]]} and {written[pair[1]]} look swapped", row
    opened, close = values["open"][order], values["close"][order]
    follows = (series[order][1:] == series[order][:-1]) & full[order][1:] & full[order][:-1]
    if follows.sum() < FEWEST_BARS:
        return None
    gap = np.abs(np.log(opened[1:] / close[:-1]))[follows].mean()
    other = np.abs(np.log(close[1:] / opened[:-1]))[follows].mean()
    if gap > NEARER * other:
        text = f"bars open nearer to the close before once {written['open']} and {written['close']} change places"
        return f"{text}: they look swapped", int(np.flatnonzero(full)[0])
    return None


def _impossible(columns: Mapping[str, Floats]) -> Bools:
    opened, high, low, close = (columns[name] for name in OHLC)
    outside = (np.maximum(opened, close) > high * (1 + ROUNDED)) | (np.minimum(opened, close) < low * (1 - ROUNDED))
    return (high < low) | outside | (high > WIDEST * low)


def _explained_by(columns: Mapping[str, Floats], full: Bools) -> tuple[str, str] | None:
    """The two columns whose change of places makes the rows possible, None where no two or several pairs do."""
    found = [
        (one, other)
        for one, other in combinations(columns, 2)
        if _impossible({**columns, one: columns[other], other: columns[one]})[full].mean() <= EXPLAINS
    ]
    return found[0] if len(found) == 1 else None
