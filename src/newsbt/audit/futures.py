"""Other futures: a run's inputs, changed only in what could not be known before a row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType

import numpy as np

from newsbt.domain.announcement import Announcement
from newsbt.domain.entity import Universe
from newsbt.domain.market import frozen_array
from newsbt.pipeline.preparing import Inputs, Prepared
from newsbt.prices.fx import FxTable
from newsbt.prices.table import PRICES, PriceTable

__all__ = ["Future", "futures"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Future:
    """Inputs that agree with the run's up to the end of row `cut`.

    `what` says what was changed: prices, fx, announcements, relations, or calendar (all later rows are gone).
    """

    what: str
    cut: int
    inputs: Inputs


def futures(prepared: Prepared, inputs: Inputs, cut: int, seed: int) -> Iterator[Future]:
    """Several futures after row `cut`, each with one thing changed.

    Prices change from the row after `cut`; announcements from those known after the last cut-off of that row, since
    what is known before it opens may rightly be traded there; relations and memberships from the day after it.
    """
    random = np.random.default_rng([seed, cut])
    last_day = prepared.panel.dates[cut].astype("M8[D]").astype(date)
    next_row = min(cut + 1, len(prepared.panel.clock) - 1)
    next_day = prepared.panel.dates[next_row].astype("M8[D]").astype(date)
    after = _rows_after(prepared, inputs.table, cut)
    for scale, turned in ((0.85, False), (1.18, True)):
        table = _moved(inputs.table, after, scale, random, turned=turned)
        yield Future(what="prices", cut=cut, inputs=replace(inputs, table=table))
    if inputs.fx is not None:
        yield Future(what="fx", cut=cut, inputs=replace(inputs, fx=_other_rates(inputs.fx, last_day)))
    cutoffs = prepared.panel.clock.cutoff_at[next_row]
    known = cutoffs[~np.isnat(cutoffs)]
    if len(known):
        batch = replace(
            inputs.batch,
            announcements=tuple(
                _other_news(prepared, inputs.batch.announcements, known.max().astype("M8[ns]"), random)
            ),
        )
        yield Future(what="announcements", cut=cut, inputs=replace(inputs, batch=batch))
    yield Future(what="relations", cut=cut, inputs=replace(inputs, universe=_other_ties(inputs.universe, next_day)))
    if after.any() and not after.all():
        yield Future(what="calendar", cut=cut, inputs=replace(inputs, table=inputs.table.take(np.flatnonzero(~after))))


def _rows_after(prepared: Prepared, table: PriceTable, cut: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    if table.day is not None:
        return np.asarray(table.day > prepared.panel.dates[cut].astype("M8[D]"))
    opens = prepared.panel.clock.open_at[cut]
    return np.asarray(table.when > opens[~np.isnat(opens)].max())


def _moved(
    table: PriceTable,
    after: np.ndarray[tuple[int], np.dtype[np.bool_]],
    scale: float,
    random: np.random.Generator,
    *,
    turned: bool,
) -> PriceTable:
    """Later bars scaled one by one, volumes too; `turned` ones change their open and close places as well, so that
    a bar that rose has fallen. The order inside a bar holds."""
    factor = np.where(after, scale * np.exp(random.normal(0.0, 0.05, len(table))), 1.0)
    values = dict(table.values)
    for name in (*PRICES, "prev_close"):
        if name in values:
            values[name] = frozen_array(values[name] * factor, np.float64)
    if turned:
        opens, closes = values["open"], values["close"]
        values["open"] = frozen_array(np.where(after, closes, opens), np.float64)
        values["close"] = frozen_array(np.where(after, opens, closes), np.float64)
    values["volume"] = frozen_array(np.where(after, np.floor(values["volume"] * factor), values["volume"]), np.float64)
    return replace(table, values=MappingProxyType(values))


def _other_rates(table: FxTable, last_day: date) -> FxTable:
    rates = {
        pair: (days, frozen_array(np.where(days > np.datetime64(last_day), rates * 1.07, rates), np.float64))
        for pair, (days, rates) in table.rates.items()
    }
    return replace(table, rates=MappingProxyType(rates))


def _other_news(
    prepared: Prepared, items: tuple[Announcement, ...], after: np.datetime64, random: np.random.Generator
) -> Iterator[Announcement]:
    """Later announcements: every third is gone, the others have another tone."""
    latency = prepared.components.config.execution.latency
    limit = datetime.fromisoformat(str(after.astype("M8[s]")) + "+00:00")
    for k, item in enumerate(items):
        if item.known_at(latency) <= limit:
            yield item
        elif k % 3:
            yield replace(item, sentiment=float(random.uniform(-1.0, 1.0)), rivals=(*item.rivals, "a rival to come"))


def _other_ties(universe: Universe, last_day: date) -> Universe:
    """Relations and memberships that begin after a day are gone, ends after it are moved."""

    def keep(from_on: date | None) -> bool:
        return from_on is None or from_on <= last_day

    def later(to_on: date | None) -> date | None:
        return to_on + timedelta(days=30) if to_on is not None and to_on > last_day else to_on

    return Universe(
        instruments=universe.instruments,
        relations=tuple(replace(row, to_on=later(row.to_on)) for row in universe.relations if keep(row.from_on)),
        memberships=tuple(replace(row, to_on=later(row.to_on)) for row in universe.memberships if keep(row.from_on)),
        statuses=tuple(replace(row, to_on=later(row.to_on)) for row in universe.statuses if keep(row.from_on)),
    )
