"""What adapters read out of a library's table."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from newsbt.pulling.provider_contract import ProviderError

__all__ = ["blanks_as_none", "check_columns", "days_of", "events_of"]


def check_columns(frame: pd.DataFrame, names: Iterable[str]) -> None:
    """Raise where a table lacks one of some columns.

    Raises
    ------
    ProviderError
        Another table than expected.
    """
    have = [str(name) for name in frame.columns]
    lacking = [name for name in names if name not in have]
    if lacking:
        message = f"its table has other columns: {', '.join(lacking)} not among {', '.join(have[:12]) or 'none'}"
        raise ProviderError("unusable", message)


def blanks_as_none(column: pd.Series) -> list[float | None]:
    """Numbers of a column, None for what is none."""
    numbers = pd.to_numeric(column, errors="coerce")
    return [None if pd.isna(one) else float(one) for one in numbers.tolist()]


def days_of(frame: pd.DataFrame) -> list[str]:
    """The days of an index of instants that are midnights of an exchange."""
    return [at.date().isoformat() for at in frame.index]


def events_of(frame: pd.DataFrame, name: str) -> dict[str, float]:
    """Days and values of a column that is zero where nothing happened."""
    column = frame[name].tolist()
    return {at.date().isoformat(): float(one) for at, one in zip(frame.index, column, strict=True) if one}
