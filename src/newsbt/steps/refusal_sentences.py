"""Why each order was refused or cut, in a sentence with the rule and its date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from newsbt._typing import Ints, Records
from newsbt.domain.coded import alike
from newsbt.domain.entity import Instrument
from newsbt.domain.entries import FillPoint
from newsbt.domain.instants import utc
from newsbt.domain.ledger import Ledger, Outcome
from newsbt.domain.market_panel import MarketPanel
from newsbt.domain.text_columns import TextColumn, arrow_texts, text_column
from newsbt.markets.rule_citation import limit_in_force, lot_in_force, quoted, rule_in_force
from newsbt.reports.page.wording import refusal_sentence
from newsbt.simulation.account_terms import AccountTerms
from newsbt.steps.announced_halts import AnnouncedHalts
from newsbt.steps.event_setup import EventSetup
from newsbt.steps.market_setup import MarketSetup

__all__ = ["explanations"]

PRICES = ("open", "high", "low", "close")
OF_ITS_BAR = (
    Outcome.NOT_TRADING, Outcome.NO_SHORT, Outcome.BELOW_ONE_LOT, Outcome.T_PLUS_ONE, Outcome.LIMIT_UP,
    Outcome.LIMIT_DOWN, Outcome.PARTICIPATION,
)  # fmt: skip
OF_ITS_PRICE = (Outcome.LIMIT_UP, Outcome.LIMIT_DOWN)
# Which outcomes' sentences differ by a column of the refusals, beside the outcome itself.
CAUSES = {
    "row": OF_ITS_BAR,
    "ticker": (*OF_ITS_BAR, Outcome.NOT_TRADABLE, Outcome.NO_RATE, Outcome.UNKNOWN_LOT),
    "point": OF_ITS_PRICE,
    "is_entry": OF_ITS_PRICE,
    "filled": (Outcome.CASH,),
}


def explanations(market: MarketSetup, news: EventSetup, ledger: Ledger, terms: AccountTerms) -> TextColumn:
    """One sentence for each of the ledger's refusals, in their order, joined of parts that are made once for all rows
    that agree in what they say."""
    rows, halts = ledger.refusals, AnnouncedHalts.of(news)

    def part(made: Callable[[_Refusal], str], *columns: Ints) -> pa.Array:
        first, group = alike(columns, len(rows))
        return arrow_texts([made(_Refusal(market, halts, terms, row)) for row in rows[first]]).take(pa.array(group))

    cut = rows["filled"] > 0
    wanted = np.unique(np.where(cut, rows["wanted"], 0.0), return_inverse=True)[1]
    gone = rows["is_entry"] | (rows["reason"] == Outcome.NOT_YET_KNOWN)
    bar = [rows["row"], rows["ticker"]] if market.panel.clock.intraday else [rows["row"]]
    at = np.unique(rows["at"], return_inverse=True)[1] if market.panel.clock.intraday else rows["row"]
    sentences = pc.binary_join_element_wise(
        part(_Refusal.begins, rows["ticker"], rows["side"] + 1, wanted, np.where(cut, rows["filled"], 0)),
        part(_Refusal.when, *bar, at),
        part(_Refusal.cause, rows["reason"], *(_agreed(rows, name) for name in CAUSES)),
        part(_Refusal.ends, gone.astype(np.int64)),
        arrow_texts([""])[0],
    )
    return text_column(sentences, np.arange(len(rows)))


def _agreed(rows: Records, name: str) -> Ints:
    """(K,): a column where the sentence on a refusal's cause depends on it, 0 elsewhere."""
    values = rows["filled"] > 0 if name == "filled" else rows[name]
    return np.where(np.isin(rows["reason"], CAUSES[name]), values, 0).astype(np.int64)


@dataclass(frozen=True, slots=True)
class _Refusal:
    """One row of the ledger's refusals."""

    market: MarketSetup
    halts: AnnouncedHalts
    terms: AccountTerms
    row: np.void

    def begins(self) -> str:
        row = self.row
        side = "buy" if row["side"] > 0 else "sell"
        filled = int(row["filled"])
        done = f"{side} cut from {float(row['wanted']):,.0f} to {filled:,}" if filled else f"{side} refused"
        return f"{self.item.ticker}: {done} on "

    def ends(self) -> str:
        gone = self.row["is_entry"] or self.row["reason"] == Outcome.NOT_YET_KNOWN
        return "" if gone else "; what is left tries again at the next bar"

    @property
    def t(self) -> int:
        return int(self.row["row"])

    @property
    def n(self) -> int:
        return int(self.row["ticker"])

    @property
    def panel(self) -> MarketPanel:
        return self.market.panel

    @property
    def item(self) -> Instrument:
        return self.market.universe.instruments[self.n]

    @property
    def day(self) -> date:
        found: date = self.panel.dates[self.t].item()
        return found

    def when(self) -> str:
        """The session; for intraday bars with the local time."""
        return f"{self._session()}, "

    def _session(self) -> str:
        market = self.market.rulebook.exchanges.get(self.item.exchange)
        if not self.panel.clock.intraday or market is None or np.isnat(self.row["at"]):
            return str(self.day)
        return f"{utc(self.row['at']).astimezone(ZoneInfo(market.time_zone)):%Y-%m-%d %H:%M}"

    def cause(self) -> str:
        item = self.item
        match Outcome(int(self.row["reason"])):
            case Outcome.NOT_TRADABLE if item.is_index:
                return "it is an index without a proxy"
            case Outcome.NOT_TRADABLE:
                return "the table of instruments says `tradable: false`"
            case Outcome.NOT_TRADING:
                return self._not_trading()
            case Outcome.NO_REFERENCE_PRICE:
                return "there was no close before it to size it by"
            case Outcome.NO_RATE:
                return self._no_rate()
            case Outcome.UNKNOWN_LOT:
                board = f"{item.exchange} {item.board}"
                return f"no lot is known for it ({board}): give it a `lot_size`, or an entry in a rule file"
            case Outcome.NO_WEIGHT:
                return "`position.weight` could tell none by what was known before that session"
            case Outcome.NO_SHORT:
                return self._no_short()
            case Outcome.MAX_POSITIONS:
                return f"all {self.terms.position.max_positions} places of `max_positions` were taken"
            case Outcome.BELOW_ONE_LOT:
                return self._below_one_lot()
            case Outcome.T_PLUS_ONE:
                return f"it was bought in the same session (T+1: {self._quoted('t_plus')})"
            case Outcome.LIMIT_UP:
                return self._limit("up")
            case Outcome.LIMIT_DOWN:
                return self._limit("down")
            case Outcome.PARTICIPATION:
                share, volume = self.terms.participation, float(self.panel.volume[self.t, self.n])
                return f"`participation` of {share:g} left less than that of the bar's {volume:,.0f} shares"
            case Outcome.CASH if self.row["filled"]:
                return "the cash paid for no more, costs included"
            case Outcome.CASH if self.terms.reject_short_cash:
                return "the cash did not pay for all of it, costs included, and `on_short_cash` is reject"
            case Outcome.CASH:
                return "the cash did not pay for a single lot, costs included"
            case Outcome.NOT_YET_KNOWN:
                return "its market had not been told of the event: an order belongs into the call for that market"
            case other:
                return refusal_sentence(other.word)

    def _quoted(self, rule: str) -> str:
        return quoted(rule_in_force(self.market.rulebook, self.item, rule, self.day), self.item)

    def _not_trading(self) -> str:
        panel, t, n = self.panel, self.t, self.n
        if panel.clock.session_of[t, panel.market_of[n]] < 0:
            return f"{self.item.exchange} had no session"
        if not panel.has_prices[n]:
            return "the prices have no row for it at all"
        halt = self.halts.at(n, panel.clock.open_at[t, panel.market_of[n]])
        if halt is not None:
            on = f"{halt.published_at:%Y-%m-%d %H:%M}" if halt.time_precision == "minute" else halt.published_at.date()
            return f"trading in it was halted: {halt.event_id}, published {on}"
        missing = [name for name in PRICES if not np.isfinite(getattr(panel, name)[t, n])]
        if len(missing) == len(PRICES):
            return f"{self.item.exchange} was open and the prices have no row for it: suspended, or missing"
        if missing:
            return f"its bar has no {' and no '.join(missing)}"
        return "its bar has no volume: nothing was traded"

    def _no_rate(self) -> str:
        first = self.market.fx.first_day.get(self.item.currency)
        known = "`fx` has none" if first is None else f"the first is of {first}, known at the end of that day"
        return f"no rate from {self.item.currency} to {self.market.currency} was known: {known}"

    def _no_short(self) -> str:
        entry = rule_in_force(self.market.rulebook, self.item, "short_sale", self.day)
        allowed = "never" if entry is None else entry["allowed"]
        what = {
            "designated": "only designated shares may be sold short, and it does not say `shortable: true`",
            "always": "the table of instruments says `shortable: false`",
        }.get(allowed, "no short sales are allowed")
        return f"{what} ({quoted(entry, self.item)})"

    def _below_one_lot(self) -> str:
        if not self.terms.rules.applied:
            return "its size was below one share"
        least = int(self.terms.rules.lot_minimum[self.t, self.n])
        lot = lot_in_force(self.market.rulebook, self.item, self.day)
        return f"its size was below the smallest order, {least:,} shares ({lot})"

    def _limit(self, way: str) -> str:
        rules, t, n = self.terms.rules, self.t, self.n
        limit = float((rules.limit_up if way == "up" else rules.limit_down)[t, n])
        rulebook, universe = self.market.rulebook, self.market.universe
        board, entry = limit_in_force(rulebook, universe, self.item, self.day)
        rate, bands = (None, None) if entry is None else (entry.get(way), entry.get("bands"))
        what = f"{rate * 100:g} %" if rate is not None else "by its price band" if bands else ""
        rule = quoted(entry, self.item, what, board)
        side = "upper" if way == "up" else "lower"
        return f"the {self._price()} was at its {side} limit {_amount(limit)} ({rule})"

    def _price(self) -> str:
        point = FillPoint(int(self.row["point"]))
        if not point.is_at_open and not self.row["is_entry"]:
            return "price"  # of a stop inside the bar, which is on no record
        name = "close" if point is FillPoint.CLOSE else "open"
        return f"{name} {_amount(float(getattr(self.panel, name)[self.t, self.n]))}"


def _amount(price: float) -> str:
    """At least two digits, as many as the price has up to four."""
    whole, _, digits = f"{price:,.4f}".rstrip("0").partition(".")
    return f"{whole}.{digits:0<2}"
