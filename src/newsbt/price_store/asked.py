"""What providers were asked for, by the records of pulls: days of each ticker or pair, and the currencies given."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["asked_days", "currencies_given"]


def asked_days(records: pa.Table, kind: str) -> Mapping[str, tuple[tuple[date, date], ...]]:
    """First and last day of each stretch that was asked for without a gap, ascending, by ticker (or pair)."""
    mine = records.filter(pc.equal(records.column("kind"), kind))
    if not mine.num_rows:
        return MappingProxyType({})
    tickers = mine.column("ticker").combine_chunks().dictionary_encode()
    asked = (mine.column(name).to_numpy().astype("datetime64[D]") for name in ("asked_from", "asked_through"))
    first, last = (days.astype(np.int64) for days in asked)
    code = tickers.indices.to_numpy().astype(np.int64)
    order = np.lexsort((first, code))
    code, first, last = code[order], first[order], last[order]
    apart = np.int64(last.max() - first.min() + 2)  # days of one ticker and the next do not meet
    first, last = first + code * apart, np.maximum.accumulate(last + code * apart)
    begins = np.concatenate(([True], first[1:] > last[:-1] + 1))
    ends = np.concatenate((begins[1:], [True]))
    found: dict[str, list[tuple[date, date]]] = {}
    names = tickers.dictionary.to_pylist()
    of = code[begins]
    days = ((edge - of * apart).astype("datetime64[D]").tolist() for edge in (first[begins], last[ends]))
    for k, begin, end in zip(of.tolist(), *days, strict=True):
        found.setdefault(names[k], []).append((begin, end))
    return MappingProxyType({ticker: tuple(spans) for ticker, spans in found.items()})


def currencies_given(records: pa.Table) -> tuple[tuple[str, str, str], ...]:
    """Ticker, provider and currency of all prices of which a provider has said it, each once."""
    stated = records.filter(pc.not_equal(records.column("currency"), ""))
    names = ["ticker", "provider", "currency"]
    rows = stated.group_by(names, use_threads=False).aggregate([]).to_pylist()
    return tuple(sorted((row["ticker"], row["provider"], row["currency"]) for row in rows))
