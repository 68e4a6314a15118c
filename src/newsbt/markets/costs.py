"""Cost models: the statutory fees and commissions of each fill's day, a flat commission, or none."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from newsbt._typing import Ints, Records
from newsbt.domain.entity import Universe
from newsbt.domain.market_panel import MarketPanel, frozen_array
from newsbt.domain.showing import brief, of_fields, short
from newsbt.errors import ConfigError, Problem, nearest
from newsbt.markets.dated_rules import DatedEntry, Exchange, Rulebook, selectors
from newsbt.markets.rule_schema import ROUNDINGS

__all__ = ["COMPONENT", "Fee", "FeeTable", "Flat", "MarketSchedule", "ZeroCosts"]

# A `Fee` as kernels read it.
COMPONENT = np.dtype(
    [
        ("rate", np.float64),
        ("per_share", np.float64),
        ("fixed", np.float64),
        ("minimum", np.float64),
        ("maximum", np.float64),
        ("rounding", np.int8),
        ("on_buy", np.bool_),
        ("on_sell", np.bool_),
        ("account_currency", np.bool_),
    ]
)


class Fee(NamedTuple):
    """One fee or commission of a fill: ``max(minimum, min(maximum, rate x notional + per_share x shares + fixed))``.

    Amounts are in the instrument's currency, or the account's where `account_currency`; `rounding` is the place of the
    rule in `newsbt.markets.rule_schema.ROUNDINGS`, 0 for none; `on_buy`, `on_sell` say on which side it is paid.

    Examples
    --------
    >>> from newsbt import Fee
    >>> Fee(rate=0.0003, minimum=5.0).minimum
    5.0
    """

    rate: float = 0.0
    per_share: float = 0.0
    fixed: float = 0.0
    minimum: float = 0.0
    maximum: float = math.inf
    rounding: int = 0
    on_buy: bool = True
    on_sell: bool = True
    account_currency: bool = False

    def __repr__(self) -> str:
        given = ((name, value) for name, value in self._asdict().items() if value != self._field_defaults[name])
        return of_fields("Fee", ((name, short(value)) for name, value in given))


NO_COMMISSION = "none"


@dataclass(frozen=True, kw_only=True)
class FeeTable:
    """What each cell's fills cost: cell (t, n) is of class `k = class_of[t, n]`. All read-only.

    Attributes
    ----------
    components : structured array
        Fees; class k pays ``components[span[k, 0]:span[k, 1]]``.
    span : ndarray of shape (K, 2), int64
    class_of : ndarray of shape (T, N), int32
    """

    components: Records
    span: Ints
    class_of: npt.NDArray[np.int32]

    __repr__ = brief

    @classmethod
    def of(cls, classes: Sequence[Sequence[Fee]], class_of: npt.NDArray[np.integer]) -> FeeTable:
        """A table of classes, each with the fees it pays, and (T, N) the class of each cell.

        >>> fees = FeeTable.of([(), (Fee(rate=0.001, minimum=5.0),)], np.array([[0, 1]]))
        >>> fees.charge(0, 1, True, 100.0, 10.0, 1.0)
        5.0
        """
        lengths = [len(fees) for fees in classes]
        stops = np.cumsum(lengths)
        return cls(
            components=frozen_array([tuple(fee) for fees in classes for fee in fees], COMPONENT),
            span=frozen_array(np.column_stack([stops - lengths, stops]), np.int64),
            class_of=np.broadcast_to(np.int32(0), class_of.shape)
            if len(classes) == 1
            else frozen_array(class_of, np.int32),
        )

    def charge(self, t: int, n: int, is_buy: bool, quantity: float, price: float, fx: float) -> float:
        """Costs of one fill in account currency; `price` is slipped and local, `fx` account for one of local."""
        from newsbt.kernels._compile import plain
        from newsbt.kernels.rules.fees import fee

        start, stop = self.span[self.class_of[t, n]].tolist()
        return plain(fee)(self.components, start, stop, is_buy, quantity, price, fx)


@dataclass(frozen=True, kw_only=True)
class ZeroCosts:
    """`costs: {use: zero}`."""

    def table(self, panel: MarketPanel, universe: Universe, rulebook: Rulebook) -> FeeTable:  # noqa: ARG002
        """A table in which nothing costs anything."""
        return FeeTable.of([()], np.broadcast_to(np.int32(0), panel.shape))


@dataclass(frozen=True, kw_only=True)
class Flat:
    """`costs: {use: flat}`: `commission_bps` of the notional, at least `minimum` of account currency a fill."""

    commission_bps: float
    minimum: float = 0.0

    def __post_init__(self) -> None:
        for name in ("commission_bps", "minimum"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < math.inf:
                message = f"expected a number of 0 or more, got {value!r}"
                raise ConfigError.of([Problem(code="bad_value", key=f"costs.{name}", message=message)])

    def table(self, panel: MarketPanel, universe: Universe, rulebook: Rulebook) -> FeeTable:  # noqa: ARG002
        """A table with one commission for all cells."""
        rate = self.commission_bps / 10_000
        fee = Fee(rate=rate, minimum=float(self.minimum), account_currency=True)
        return FeeTable.of([(fee,)], np.broadcast_to(np.int32(0), panel.shape))


@dataclass(frozen=True, kw_only=True)
class MarketSchedule:
    """`costs: {use: market_schedule}`: statutory fees of the fill's session date, and a commission (C2).

    `commission` is None for each market's default, `none` for no commission at all, or the name of a tariff in the
    rulebook (`online`, `global_broker`, `bank`); a market without a tariff of that name keeps its default. Fees that
    a commission includes are not charged beside it.
    """

    commission: str | None = None

    def table(self, panel: MarketPanel, universe: Universe, rulebook: Rulebook) -> FeeTable:
        """A table by market, ticker or board, and date.

        Raises
        ------
        ConfigError
            No market has a tariff of that name.
        """
        self._check(rulebook)
        classes: dict[tuple[Fee, ...], int] = {(): 0}
        class_of = np.zeros(panel.shape, dtype=np.int32)
        done: dict[tuple[str, tuple[str, ...]], npt.NDArray[np.int32]] = {}
        for n, item in enumerate(universe.instruments):
            market = rulebook.exchanges.get(item.exchange)
            if market is None or item.is_index:
                continue
            chosen = _known_selectors(market, selectors(item))
            key = (item.exchange, chosen)
            if key not in done:
                done[key] = self._classes(market, panel, chosen, classes)
            class_of[:, n] = done[key]
        return FeeTable.of(list(classes), class_of)

    def _check(self, rulebook: Rulebook) -> None:
        if self.commission is None or self.commission == NO_COMMISSION:
            return
        known = {name for market in rulebook.exchanges.values() for name in market.named("commission")}
        if self.commission not in known:
            choices = sorted({NO_COMMISSION, *known})
            message = (
                f"unknown commission {self.commission!r}; expected one of {', '.join(choices)}"
                f"{nearest(self.commission, choices)}"
            )
            raise ConfigError.of([Problem(code="unknown_name", key="costs.commission", message=message)])

    def _classes(
        self, market: Exchange, panel: MarketPanel, chosen: tuple[str, ...], classes: dict[tuple[Fee, ...], int]
    ) -> npt.NDArray[np.int32]:
        """(T,): the class of each row for instruments that look in the same places; new ones are added."""
        tariff = self._tariff(market)
        commissions, commission_at = market.timeline(tariff, panel.dates, *chosen) if tariff else ([], None)
        fees = {name: market.timeline(f"fee.{name}", panel.dates, *chosen) for name in market.named("fee")}
        columns = [at for _, at in fees.values()]
        columns.append(np.full(len(panel.dates), -1) if commission_at is None else commission_at)
        combinations, which = np.unique(np.column_stack(columns), axis=0, return_inverse=True)
        found = np.empty(len(combinations), dtype=np.int32)
        for c, indices in enumerate(combinations.tolist()):
            commission = commissions[indices[-1]] if indices[-1] >= 0 else None
            included = commission.get("includes", ()) if commission is not None else ()
            charged = [
                entries[index]
                for (name, (entries, _)), index in zip(fees.items(), indices, strict=False)
                if index >= 0 and name not in included
            ]
            if commission is not None:
                charged.append(commission)
            rows = tuple(_fee(entry) for entry in charged if _is_something(entry))
            found[c] = classes.setdefault(rows, len(classes))
        result: npt.NDArray[np.int32] = found[which.reshape(-1)]
        return result

    def _tariff(self, market: Exchange) -> str | None:
        """The rule that holds a market's commission, or None."""
        if self.commission == NO_COMMISSION:
            return None
        named = market.named("commission")
        if self.commission is not None and self.commission in named:
            return f"commission.{self.commission}"
        return "commission.default" if "default" in named else None


def _known_selectors(market: Exchange, chosen: Sequence[str]) -> tuple[str, ...]:
    """The selectors under which a market has any fee; instruments that share them share their classes."""
    used = {
        selector
        for rule, by_selector in market.rules.items()
        if rule.startswith(("fee.", "commission."))
        for selector in by_selector
    }
    return tuple(selector for selector in chosen if selector in used)


def _is_something(entry: DatedEntry) -> bool:
    return any(entry.get(key, 0) for key in ("rate", "per_share", "fixed", "minimum"))


def _fee(entry: DatedEntry) -> Fee:
    side = entry["side"]
    return Fee(
        rate=float(entry.get("rate", 0)),
        per_share=float(entry.get("per_share", 0)),
        fixed=float(entry.get("fixed", 0)),
        minimum=float(entry.get("minimum", 0)),
        maximum=float(entry.get("maximum", math.inf)),
        rounding=ROUNDINGS.index(entry["rounding"]),
        on_buy=side in ("both", "buy"),
        on_sell=side in ("both", "sell"),
    )
