"""What all strategies of a run share: everything read, placed on rows, and linked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from newsbt.assembly import Components
from newsbt.domain.fx_table import FxTable
from newsbt.domain.input_files import kind_of
from newsbt.domain.progress import Progress
from newsbt.domain.read_files import digests_of, recording
from newsbt.domain.showing import brief
from newsbt.domain.size_limits import limit_of
from newsbt.domain.table_files import read_text
from newsbt.ports.conformance import fitting
from newsbt.prices.source import PriceSource
from newsbt.steps.event_setup import EventSetup, link_events
from newsbt.steps.market_setup import MarketSetup, set_up_market
from newsbt.steps.read_news import read_news
from newsbt.steps.run_inputs import RunInputs

__all__ = ["PreparedRun", "RunInputs", "prepare", "prepare_inputs", "read_inputs"]

NOTICE_FILE = "NOTICE.txt"  # beside price files: its first line is shown wherever their numbers are


@dataclass(frozen=True, kw_only=True)
class PreparedRun:
    """What the strategies of a run share: how they are asked and charged, what they trade in, and what happened there.

    For what needs all three. What needs the market only is handed `market`, what needs the events only `news`.
    """

    components: Components
    market: MarketSetup
    news: EventSetup

    __repr__ = brief


def prepare(components: Components, progress: Progress) -> PreparedRun:
    """Read everything, place it on rows, and link it."""
    progress.stage("load", None)
    return prepare_inputs(components, read_inputs(components), progress)


def read_inputs(components: Components) -> RunInputs:
    """Read universe, announcements, prices and rates."""
    with recording() as seen:
        universe = components.read_universe()
        batch, labelled = read_news(components, universe)
        fx = None
        if components.fx is not None:
            fx = fitting(components.fx.read(), FxTable, f"read() of {type(components.fx).__name__}")
        others = [file for file in (*batch.files, *(() if fx is None else fx.files)) if file.absolute() not in seen]
        seen |= {file.absolute(): digest for file, digest in digests_of(others, {}).items()}
    prices = PriceSource.of_readers(components.prices, universe.known_tickers)
    return RunInputs(
        universe=universe,
        batch=batch,
        prices=prices,
        fx=fx,
        labelled=labelled,
        notices=_notices(prices.files),
        digests=seen,
    )


def prepare_inputs(components: Components, inputs: RunInputs, progress: Progress) -> PreparedRun:
    """Place what was read on rows, and link it."""
    market = set_up_market(components, inputs)
    progress.stage("link", None)
    return PreparedRun(components=components, market=market, news=link_events(components, inputs, market))


def _notices(files: Sequence[Path]) -> tuple[str, ...]:
    """What the folders of the price files say must stand beside their numbers."""
    found: dict[str, None] = {}
    for folder in dict.fromkeys(file.parent for file in files):
        note = folder / NOTICE_FILE
        if kind_of(note):
            found[read_text(note, limit_of("notice")).split("\n", 1)[0].strip()] = None
    return tuple(found)
