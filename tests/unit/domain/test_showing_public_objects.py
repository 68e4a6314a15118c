"""Whatever a user holds in a notebook, and what hangs on it, is at most 20 lines of 120 columns."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

import numpy as np

import newsbt
from newsbt import inference
from newsbt.domain.showing import LINES
from newsbt.strategies import NamedTickers
from newsbt.testing import small_market

COLUMNS = 120
DEEPEST = 6
KINDS = (property, cached_property)


def held(*given: Any) -> Iterator[Any]:
    """One object of each of newsbt's types that can be reached by public names."""
    waiting = [(one, 0) for one in given]
    seen: set[type] = set()
    while waiting:
        found, depth = waiting.pop()
        inner: list[Any] = []
        if isinstance(found, Mapping):
            inner = list(found.values())[:3]
        elif type(found) in (tuple, list):
            inner = list(found[:3])
        elif type(found).__module__.startswith("newsbt.") and not inspect.isroutine(found):
            if type(found) in seen or isinstance(found, type):
                continue
            seen.add(type(found))
            yield found
            names = [one.name for one in dataclasses.fields(found)] if dataclasses.is_dataclass(found) else []
            names += [name for name, one in inspect.getmembers_static(type(found)) if isinstance(one, KINDS)]
            inner = [getattr(found, name) for name in names if not name.startswith("_")] if depth < DEEPEST else []
        waiting += [(one, depth + 1) for one in inner]


def made() -> list[Any]:
    """What users make, with much in it."""
    words = newsbt.Span.of("x" * 900, 0, 900)
    text = newsbt.NewsText.of("x" * 500, "y" * 900, published_at=datetime(2025, 3, 6, tzinfo=UTC))
    label = newsbt.EventLabel(event_type="t" * 300, rivals=tuple("ab" * 90), attributes={"a": "b" * 300})
    fee = newsbt.Fee(rate=0.001, per_share=0.005, fixed=1.0, minimum=5.0, maximum=99.0, rounding=2, on_sell=False)
    grid = np.zeros((300, 40))
    known = datetime(2025, 3, 6, tzinfo=UTC)
    link = newsbt.AnnouncedLink(
        ticker="9988.HK", relation="issuer", hop=0, weight=1.0, signal=0.5, first_tradable_at=known
    )
    event = newsbt.AnnouncedEvent(
        event_id="e" * 300, known_at=known, event_type="t", issuer="i" * 300, subject="s" * 300, rivals=("r",) * 40,
        headline="h" * 900, sentiment=0.5, relevance=1.0, tickers=("9988.HK",) * 50,
    )  # fmt: skip
    return [
        words, text, label, newsbt.LabelBatch(labels={"e": label}, made_by="m", cutoff=date(2025, 1, 1)), fee,
        link, event,
        newsbt.FeeTable.of([(), (fee,) * 30], np.zeros((300, 40), dtype=np.int32)),
        newsbt.TextLabel(kind="announcement", issuer="A" * 300, evidence={"issuer": (words,) * 30}),
        newsbt.NoLabel(reason="busy", message="m" * 900), newsbt.Link(3, "issuer", 0, 1.0, ("p" * 90,) * 30),
        newsbt.Slippage(rate=0.1, half_spread=grid, impact=grid), newsbt.Signal.grid(grid),
        newsbt.Relation(subject="s" * 300, relation="rival_of", object="o", note="n" * 300),
    ]  # fmt: skip


def statistics() -> list[Any]:
    drawn = np.random.default_rng(0).normal(0, 0.01, (300, 6))
    days = np.arange(300)
    return [
        inference.optimal_block_length(drawn[:, 0]), inference.psr(drawn[:, 0]), inference.pbo(drawn),
        inference.sharpe_difference(drawn[:, 0], drawn[:, 1]), inference.reality_check(drawn),
        inference.stationary_bootstrap(drawn[:, 0], np.mean),
        list(inference.purged_k_fold(days, days + 1, folds=3)),
    ]  # fmt: skip


def test_what_a_notebook_shows_is_short() -> None:
    market = small_market(20)
    strategy = NamedTickers()
    readers = [
        newsbt.FramePrices(frame=market.prices), newsbt.FrameFx(frame=market.fx),
        newsbt.FrameAnnouncements(frame=market.announcements),
    ]  # fmt: skip
    result = market.run(strategy, evaluation={"placebo": 0, "bootstrap": 0})
    own = result[str(result.table.index[0])]
    prepared = market.prepared(strategy)
    objects = list(
        held(
            result, own, result.plot(), own.plot("events"), market, market.components(), prepared, strategy, readers,
            [one.read() for one in readers[:2]], market.view(), *made(), *statistics(),
        )
    )  # fmt: skip
    sizes = {type(one): (len(lines := repr(one).splitlines()), max(map(len, lines))) for one in objects}
    assert {one: size for one, size in sizes.items() if size[0] > LINES or size[1] > COLUMNS} == {}
    shown = {type(one) for one in objects}
    classes = {
        one for one in (getattr(newsbt, name) for name in newsbt.__all__)
        if dataclasses.is_dataclass(one) and not getattr(one, "_is_protocol", False)
    }  # fmt: skip
    assert classes - shown <= {newsbt.AnnouncementBatch, newsbt.PastView}, classes - shown  # test_showing.py has these
