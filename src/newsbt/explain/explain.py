"""What a run of a config would make of one item, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from newsbt._typing import Floats
from newsbt.assembly import Components, StrategySpec
from newsbt.domain.announcement import Announcement
from newsbt.domain.entity import Instrument, Universe
from newsbt.domain.instants import utc
from newsbt.domain.link import Link
from newsbt.domain.news_sign import sign_values
from newsbt.domain.progress import SilentProgress
from newsbt.domain.references import message_of, unresolved_of, why_not_linked
from newsbt.errors import DataError
from newsbt.evidence.label_cutoff import only_events
from newsbt.explain.explained_item import Item, match
from newsbt.explain.explanation import Explanation, LinkLine, SignalLine, utc_text
from newsbt.explain.limit_orders import limit_words
from newsbt.explain.signal_sizes import grid_size, signal_sizes
from newsbt.explain.strategy_answers import could_be_bought
from newsbt.live.as_of import prepare_as_of
from newsbt.markets.why_first_tradable import Waiting, waiting
from newsbt.simulation.entry_rows import Sizing
from newsbt.steps.prepare import PreparedRun, RunInputs, prepare_inputs, read_inputs
from newsbt.steps.simulated_strategy import READ_NO_EVENTS
from newsbt.steps.strategy_signals import ask

__all__ = ["explain"]

THEME = "theme"


def explain(components: Components, item: Item, inputs: RunInputs | None = None) -> Explanation:
    """Put an item through the linker, the clock and the strategies of a config.

    Raises
    ------
    DataError, StrategyError
        As a run of the config.
    """
    inputs = inputs or read_inputs(components)
    latency = components.config.execution.latency
    fields = item.fields
    if item.announcement is None:
        received = fields["received_at"] or fields["published_at"]
        return Explanation(
            item=item, matched=None, published_at=fields["published_at"], received_at=fields["received_at"],
            known_at=(received + latency).astimezone(UTC), announcement_known_at=None, sector_index="",
            verdict=(_silent(item), *_body(item)),
        )  # fmt: skip
    own = item.announcement
    matched = match(own, inputs.batch.announcements, inputs.universe)
    # This text's own instant stands: it cannot have been read before it was published.
    shown = own if matched is None or matched is own else replace(
        own, published_at=matched.published_at, time_precision=matched.time_precision,
        received_at=own.received_at or own.known_at(),
    )  # fmt: skip
    known_at = shown.known_at(latency)
    explained = _Explained(components, inputs, shown, matched, known_at)
    return explained.explanation(item)


class _Explained:
    """One item among a config's events, in place of the config's own announcement of the same event."""

    def __init__(
        self, components: Components, inputs: RunInputs, item: Announcement, matched: Announcement | None,
        known_at: datetime,
    ) -> None:  # fmt: skip
        self.components = components
        self.item = item if matched is None else replace(item, event_id=matched.event_id)
        self.matched = matched
        self.known_at = known_at
        self.matched_at = None if matched is None else matched.known_at(components.config.execution.latency)
        self.on = known_at.date()
        self.universe: Universe = inputs.universe
        self.interval = inputs.table.interval_ns if inputs.table.intraday else 0
        self.waits: dict[tuple[str, datetime], Waiting | None] = {}
        self.as_of = False
        self.prepared = self._prepare(inputs)
        self.event = None if self.prepared is None else self.prepared.news.events.position.get(self.item.event_id)

    def _prepare(self, inputs: RunInputs) -> PreparedRun | None:
        taken = "" if self.matched is None else self.matched.event_id
        others = tuple(one for one in inputs.batch.announcements if one.event_id != taken)
        batch = replace(inputs.batch, announcements=(*others, self.item))
        seen = replace(inputs, batch=batch)
        prepared = prepare_inputs(self.components, seen, SilentProgress())
        event = prepared.news.events.position.get(self.item.event_id)
        if event is not None and self._all_inside(prepared, event):
            return prepared
        try:
            late = prepare_as_of(self.components, seen, self.known_at, SilentProgress()).prepared
        except DataError:
            return prepared  # before the first price: there is nothing to ask strategies about
        if self.item.event_id not in late.news.events.position:
            return prepared
        self.as_of = True
        return late

    def _all_inside(self, prepared: PreparedRun, event: int) -> bool:
        mine = prepared.news.links.event == event
        priced = prepared.market.panel.has_prices[prepared.news.links.ticker[mine]]
        return bool((prepared.news.link_row[mine][priced] >= 0).all())

    def explanation(self, item: Item) -> Explanation:
        signals = self._signals()
        links = self._links(signals)
        index = next((one.ticker for one in links if one.relation == "sector_index"), "")
        return Explanation(
            item=item,
            matched=self.matched,
            published_at=self.item.published_at,
            received_at=self.item.received_at,
            known_at=self.known_at,
            announcement_known_at=self.matched_at,
            sector_index=index,
            not_linked=self._not_linked(links),
            links=tuple(links),
            signals=tuple(signals),
            markets=self._markets(links),
            verdict=tuple(self._verdict(item, links)),
        )

    def _links(self, signals: list[SignalLine]) -> list[LinkLine]:
        found: list[LinkLine] = []
        prepared = self.prepared
        if prepared is not None and self.event is not None:
            mine = np.flatnonzero(prepared.news.links.event == self.event)
            for k in mine.tolist():
                link = prepared.news.links.links[k]
                found.append(self._line(link.column, link.relation, link.hop, link.weight, self._path(link), k))
        else:
            links = self.components.linker.linking(self.universe, self.components.hops).link(self.item, self.on)
            found.extend(
                self._line(one.column, one.relation, one.hop, one.weight, self._path(one), None) for one in links
            )
        linked = {one.ticker for one in found}
        for signal in signals:
            if signal.ticker is not None and signal.ticker not in linked:
                linked.add(signal.ticker)
                column = self.universe.position[signal.ticker]
                path = (self.item.issuer, *self._themes(signal), signal.ticker)
                found.append(self._line(column, THEME, 0, 1.0, path, None))
        return found

    def _line(
        self, column: int, relation: str, hop: int, weight: float, path: tuple[str, ...], k: int | None
    ) -> LinkLine:
        instrument = self.universe.instruments[column]
        traded = self._traded(instrument)
        wait = self._wait(traded.exchange, self.known_at)
        own = None if self.matched_at is None else self._wait(traded.exchange, self.matched_at)
        first = None if wait is None else utc(wait.open_at)
        words = [f"{traded.exchange}: {wait.words}" if wait else f"{traded.exchange}: beyond the calendar's horizon"]
        closing = None if k is None else self._closing(k)
        if closing is not None:
            first = closing
            words = [f"{traded.exchange}: known inside the session, filled at its close (entry: same_close)"]
        market = None if self.prepared is None else self.prepared.market
        words.append(could_be_bought(market, self.components, instrument, traded, first, self.as_of))
        if own is not None and first is not None and utc(own.open_at) != first:
            words.append(f"the announcement itself: {own.words}")
        return LinkLine(
            ticker=instrument.ticker, relation=relation, hop=hop, weight=weight, path=path, market=traded.exchange,
            first_tradable_at=first, announcement_first_tradable_at=None if own is None else utc(own.open_at),
            why=" | ".join(words),
        )  # fmt: skip

    def _closing(self, k: int) -> datetime | None:
        """The close at which `entry: same_close` fills; None where it fills at an opening."""
        prepared = self.prepared
        if prepared is None or prepared.news.close_rows is None or self.event is None:
            return None
        m = int(prepared.news.link_market[k])
        row = int(prepared.news.close_rows[self.event, m])
        return utc(prepared.market.panel.clock.close_at[row, m]) if row >= 0 else None

    def _traded(self, instrument: Instrument) -> Instrument:
        return self.universe[instrument.proxy] if instrument.is_index and instrument.proxy else instrument

    def _wait(self, mic: str, at: datetime) -> Waiting | None:
        key = (mic, at)
        if key not in self.waits:
            self.waits[key] = waiting(mic, at, self.components.rulebook, self.interval)
        return self.waits[key]

    def _path(self, link: Link) -> tuple[str, ...]:
        """A ticker that the item names and that is the issuer's own is reached over the issuer."""
        if link.hop == 0 and link.path[0] != self.item.issuer and self.item.issuer:
            own = self.universe.tickers[link.column]
            head = self.universe.position.get(link.path[0])
            if head is not None and head in self.universe.listings(self.item.issuer):
                return (self.item.issuer, *link.path) if own != self.item.issuer else link.path
        return link.path

    def _themes(self, signal: SignalLine) -> tuple[str, ...]:
        """The themes over which a strategy reaches a ticker that is not linked."""
        spec = next(one for one in self.components.strategies if one.name == signal.strategy)
        wanted = spec.wanted.themes
        assert signal.ticker is not None
        return tuple(one for one in wanted if self.universe.has_theme(signal.ticker, one, self.on))

    def _signals(self) -> list[SignalLine]:
        found: list[SignalLine] = []
        for spec in self.components.strategies:
            found.extend(self._of_strategy(spec))
        return found

    def _of_strategy(self, spec: StrategySpec) -> list[SignalLine]:
        def nothing(reason: str) -> list[SignalLine]:
            return [SignalLine(strategy=spec.name, ticker=None, signal=None, reason=reason)]

        if spec.is_backtrader:
            return nothing("a BacktraderStrategy decides when it is told, by orders of its own")
        prepared, event = self.prepared, self.event
        if prepared is None or event is None:
            return nothing("the item lies outside of the prices, so the strategy was not asked")
        answer = ask(prepared.market, prepared.news, spec)
        grid, events = answer.signal.array, answer.signal.events
        if grid is not None:
            if not answer.read_news:
                return nothing(f"no signal: {READ_NO_EVENTS}")
            return self._of_grid(spec, grid) or nothing("no signal: its grid is the same without the item")
        assert events is not None
        mine = events[events["event_id"] == self.item.event_id]
        if mine.empty:
            return nothing(self._why_not(spec))
        rows = zip(
            mine["ticker"].astype(str), mine["signal"].astype(float), mine["delay"].astype(int), self._limits(mine),
            strict=True,
        )  # fmt: skip
        sizes = signal_sizes(prepared.market, prepared.news, spec, mine)
        return [
            SignalLine(
                strategy=spec.name,
                ticker=ticker,
                signal=signal,
                reason=self._why(spec, ticker, delay) + limit,
                weight=sizes[ticker].weight,
                sized=sizes[ticker].sized,
            )
            for ticker, signal, delay, limit in rows
        ]

    def _limits(self, signals: pd.DataFrame) -> list[str]:
        """What to add to the reasons of signals whose entries are limit orders."""
        prepared, execution = self.prepared, self.components.config.execution
        if prepared is None or execution.entry != "limit":
            return [""] * len(signals)
        news, market = prepared.news, prepared.market
        traded = signals[signals["signal"] != 0.0]
        placed = market.placer.signals(traded, news.events, news.placement, news.close_rows, Sizing(weight=1.0))
        words = dict(zip(traded.index, limit_words(market, placed, execution.limit_distance, self.as_of), strict=True))
        return [f" | {words[k]}" if k in words else "" for k in signals.index]

    def _of_grid(self, spec: StrategySpec, grid: Floats) -> list[SignalLine]:
        """Where the grid is another than it would be without the item, in the row where the item first counts."""
        prepared, event = self.prepared, self.event
        assert prepared is not None and event is not None
        news = prepared.news
        others = only_events(news, np.arange(len(news.events)) != event)
        without = ask(prepared.market, others, spec).signal.array
        assert without is not None
        found = []
        for k in np.flatnonzero(prepared.news.links.event == event).tolist():
            link, row = prepared.news.links.links[k], max(int(prepared.news.link_row[k]) - 1, 0)
            value, base = float(grid[row, link.column]), float(without[row, link.column])
            if prepared.news.link_row[k] >= 0 and value != base:
                reason = f"grid: its target in the row where the item first counts; {base:+.3g} without the item"
                ticker = self.universe.tickers[link.column]
                size = grid_size(prepared.market, spec, row + 1, link.column, value)
                found.append(
                    SignalLine(
                        strategy=spec.name,
                        ticker=ticker,
                        signal=value,
                        reason=reason,
                        weight=size.weight,
                        sized=size.sized,
                    )
                )
        return found

    def _why(self, spec: StrategySpec, ticker: str, delay: int) -> str:
        prepared = self.prepared
        assert prepared is not None
        column = self.universe.position[ticker]
        later = f", {delay} own bar{'s' if delay > 1 else ''} later" if delay else ""
        for k in np.flatnonzero(prepared.news.links.event == self.event).tolist():
            link = prepared.news.links.links[k]
            if link.column == column:
                return f"{link.relation}: {' > '.join(self._path(link))}{later}"
        themes = self._themes(SignalLine(strategy=spec.name, ticker=ticker, signal=None, reason=""))
        return (f"theme {', '.join(themes)}" if themes else "chosen by the strategy, not linked") + later

    def _why_not(self, spec: StrategySpec) -> str:
        wanted = spec.wanted.event_types
        if not spec.wanted.wants_type(self.item.event_type):
            return f"no signal: {self.item.event_type!r} is none of its event types ({', '.join(wanted)})"
        sign = spec.wanted.sign
        if self.event is not None and self.prepared is not None and sign in ("sentiment", "type"):
            found = sign_values(
                sign,
                np.array([self.item.sentiment]),
                [self.item.event_type],
                np.ones(1),
                self.prepared.news.events.type_signs,
            )
            if np.isnan(found).any():
                what = "its sentiment is not known" if sign == "sentiment" else "its type has no default sign"
                return f"no signal: {what} (sign: {sign})"
        return "no signal: none of its links, or none of its conditions"

    def _markets(self, links: list[LinkLine]) -> dict[str, tuple[str, str]]:
        """By market, in the order of its opening: the reason in words, for this item and for the announcement."""
        found: dict[str, tuple[str, str]] = {}
        never = datetime.max.replace(tzinfo=UTC)
        for one in sorted(links, key=lambda line: line.first_tradable_at or never):
            if one.market in found:
                continue
            wait = self._wait(one.market, self.known_at)
            own = None if self.matched_at is None else self._wait(one.market, self.matched_at)
            found[one.market] = (wait.words if wait else "beyond the calendar's horizon", own.words if own else "")
        return found

    def _not_linked(self, links: list[LinkLine]) -> str | None:
        """Why the linker links the item to nothing, one of `domain.references.REASONS`; None where it does."""
        if any(one.relation != THEME for one in links):
            return None
        return why_not_linked(self.item, self.universe, self.on)

    def _unresolved(self, links: list[LinkLine]) -> Iterator[str]:
        """References that nobody can resolve, and that nothing is touched."""
        reason = self._not_linked(links)
        for one in unresolved_of(self.item, self.universe):
            if one.kind == "unknown_ticker" or reason is not None:
                what, sentence = one.kind.replace("_", " "), message_of(one.kind, one.name, self.universe)
                yield f"Not resolved, {what} {one.name!r}: {sentence}."
        if reason is not None:
            sentence = f"It is not linked: {reason.replace('_', ' ')}."
            yield sentence if links else f"It touches no instrument of the universe. {sentence}"

    def _verdict(self, item: Item, links: list[LinkLine]) -> list[str]:
        sentences = []
        if self.matched is not None:
            assert self.matched_at is not None
            where = f" ({self.matched.origin})" if self.matched.origin else ""
            used = f"The config has this event, known at {utc_text(self.matched_at)}: {self.matched.event_id}{where}"
            instead = "known at the same instant" if self.matched_at == self.known_at else "not this item"
            sentences.append(f"{used}. A run uses that announcement, {instead}.")
        else:
            known = utc_text(self.known_at)
            sentences.append(
                f"The config has no announcement of this event; a run that read this item would know it at {known}."
            )
        sentences += self._unresolved(links)
        if self.event is None:
            sentences.append("It lies outside of the config's prices: a run would drop it.")
        elif self.as_of:
            sentences.append(
                "Some opening lies beyond the last price: signals are as of the instant the item became known."
            )
        sentences += _body(item)
        if item.ambiguous:
            sentences.append(f"Not resolved, and not used: {', '.join(item.ambiguous)}.")
        return sentences


def _body(item: Item) -> Iterator[str]:
    if item.contaminated:
        yield (
            f"The body is contaminated: it has none of the headline's names ({', '.join(item.contaminated)}), so it is "
            "of something else, and the headline alone was read."
        )


def _silent(item: Item) -> str:
    if item.unlabelled:
        return f"This has no label ({item.unlabelled}): a run would keep it, and link it to nothing."
    if item.kind == "none" and item.language == "other":
        return "This is in another language than English and Chinese, which rules read: a run would not trade on it."
    kinds = {
        "followup": "a follow-up of an event that was known before", "denial": "a denial", "delay": "news of a delay",
        "rumour": "a rumour", "opinion": "an opinion", "wrap": "a market wrap",
    }  # fmt: skip
    what = kinds.get(item.kind, "a text that announces nothing")
    return f"This is {what}: a run would not trade on it."
