"""Conformance checks for readers of what stands beside announcements and prices: labels, and exchange rates."""

from __future__ import annotations

import math
import re
from collections.abc import Container
from datetime import date, datetime

import numpy as np

from newsbt.domain.fx_table import FxTable
from newsbt.domain.label_batch import EventLabel, LabelBatch
from newsbt.ports import FxReader, LabelReader
from newsbt.testing.components import check_component, expect
from newsbt.testing.whole import whole

__all__ = ["check_fx", "check_labels"]

__tracebackhide__ = True  # pytest shows the frames of the test and of what it hands over


def check_labels(reader: LabelReader, known_tickers: Container[str] | None = None) -> LabelBatch:
    """Prove a reader of labels fit: ``read_labels(known_tickers)`` answers a `LabelBatch`.

    It says who made its labels and up to when their maker could have read; sentiment is in [-1, 1] and relevance in
    [0, 1]; tickers are of those that are known; instants have an offset; reading twice gives the same.

    Parameters
    ----------
    reader : LabelReader
        An instance.
    known_tickers : container of str, optional
        Those of the universe; None: any.

    Returns
    -------
    LabelBatch
        What it read, for further assertions.

    Raises
    ------
    AssertionError
        It names what is wrong, and with the label of which event.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> import newsbt
    >>> @dataclass(frozen=True)
    ... class Mine:
    ...     def read_labels(self, known_tickers=None) -> newsbt.LabelBatch:
    ...         labels = {"a": newsbt.EventLabel(sentiment=0.5)}
    ...         return newsbt.LabelBatch(labels=labels, made_by="me", cutoff=None)
    >>> len(check_labels(Mine()).labels)
    1
    """
    check_component(reader, LabelReader)
    batch = reader.read_labels(known_tickers)
    expect(isinstance(batch, LabelBatch), f"read_labels() answers a newsbt.LabelBatch, not a {type(batch).__name__}")
    expect(bool(batch.made_by.strip()), "made_by names who made the labels, with the version of a model")
    day = batch.cutoff
    expect(day is None or type(day) is date, f"cutoff is a date, or None where nobody knows, not {day!r}")
    for event_id, label in batch.labels.items():
        expect(bool(event_id), "a label has no event_id")
        expect(isinstance(label, EventLabel), f"the label of {event_id!r} is a newsbt.EventLabel, not {label!r}")
        _check_label(event_id, label, known_tickers)
    again = reader.read_labels(known_tickers)
    expect(whole(again.labels) == whole(batch.labels), "reading twice gives different labels")
    return batch


def _check_label(event_id: str, label: EventLabel, known_tickers: Container[str] | None) -> None:
    for name, least, value in (("sentiment", -1.0, label.sentiment), ("relevance", 0.0, label.relevance)):
        inside = value is None or least <= value <= 1.0
        expect(inside, f"{name} of {event_id!r} is {value!r}, outside [{least:g}, 1]; None says nothing of it")
    for name, names in (("rivals", label.rivals), ("tickers", label.tickers)):
        expect(names is None or isinstance(names, tuple), f"{name} of {event_id!r} is a tuple of names, not {names!r}")
    for ticker in label.tickers or ():
        known = known_tickers is None or ticker in known_tickers
        expect(known, f"{event_id!r} is labelled with {ticker!r}, which is not among the known tickers")
    at: datetime | None = label.available_at
    expect(at is None or at.utcoffset() is not None, f"available_at of {event_id!r} has no offset: {at!r}")


def check_fx(reader: FxReader) -> FxTable:
    """Prove a reader of exchange rates fit: ``read()`` answers an `FxTable`.

    Its pairs are two different currencies such as USDHKD, their days ascend, each has one rate above 0, and reading
    twice gives the same.

    Parameters
    ----------
    reader : FxReader
        An instance.

    Returns
    -------
    FxTable

    Raises
    ------
    AssertionError
        It names what is wrong, with pair and day.

    Examples
    --------
    >>> import pandas as pd
    >>> import newsbt
    >>> rates = pd.DataFrame({"pair": ["USDHKD"], "date": ["2025-03-06"], "rate": [7.78]})
    >>> list(check_fx(newsbt.FrameFx(frame=rates)).rates)
    ['USDHKD']
    """
    check_component(reader, FxReader)
    table = reader.read()
    expect(isinstance(table, FxTable), f"read() answers a newsbt.FxTable, not a {type(table).__name__}")
    for pair, (days, rates) in table.rates.items():
        two = re.fullmatch(r"[A-Z]{6}", pair) is not None and pair[:3] != pair[3:]
        expect(two, f"a pair is two currencies such as USDHKD, HKD per USD, not {pair!r}")
        expect(len(days) == len(rates) > 0, f"{pair} has {len(days)} days for {len(rates)} rates")
        expect(days.dtype == np.dtype("M8[D]"), f"the days of {pair} are datetime64[D], not {days.dtype}")
        for k in np.flatnonzero(np.diff(days) <= np.timedelta64(0, "D"))[:1]:
            expect(False, f"the days of {pair} ascend, each once: {days[k + 1]} comes after {days[k]}")
        for day, rate in zip(days.tolist(), rates.tolist(), strict=True):
            expect(0.0 < rate < math.inf, f"the rate of {pair} on {day} is {rate!r}, not above 0")
    again = reader.read()
    same = again.rates.keys() == table.rates.keys() and all(
        np.array_equal(mine, other)
        for pair in table.rates
        for mine, other in zip(table.rates[pair], again.rates[pair], strict=True)
    )
    expect(same, "reading twice gives different rates")
    return table
