"""The base class of users' own backtrader strategies, and how one is run (S7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import backtrader as bt
import numpy as np

from newsbt._plain import PlainValue
from newsbt._typing import Array, Instants, Ints
from newsbt.domain.delivery import AnnouncedEvent, AnnouncedLink, Delivery
from newsbt.domain.ledger import Ledger
from newsbt.domain.market_panel import MarketPanel
from newsbt.domain.ticker_forms import KnownTickers
from newsbt.simulation.account import Account
from newsbt.simulation.account_terms import AccountTerms
from newsbt.simulation.backtrader.analyzers import Analyzer, as_plain
from newsbt.simulation.backtrader.feeds import RowFeed, as_numbers
from newsbt.simulation.backtrader.own_orders import AccountCommission, OrderBroker, Sent
from newsbt.simulation.missed_returns import with_hindsight
from newsbt.simulation.order_execution import OrderExecution

__all__ = ["BacktraderStrategy", "simulate_orders"]

LOCAL = AccountCommission(rate=lambda: 1.0)
NEVER_PRICED = 1.0  # what a feed shows before its instrument's first price; its `tradable` line is 0 there


class BacktraderStrategy(bt.Strategy):  # type: ignore[misc]
    """A `bt.Strategy` that is told of announcements. Everything of backtrader works; orders meet newsbt's rules.

    There is a feed for each instrument with prices, named by its ticker (`self.getdatabyname("9988.HK")`, or in any
    other form of it: `self.buy(data="HKG:9988")`), with one bar a row: where an instrument has no bar, its last close,
    and 0 on the line `tradable`; before its first price, 1. The line `bars` counts its own bars so far: an indicator of
    n bars means something from ``data.bars[0] >= n`` on. One bar before the first row stands for the eve of the run. An
    order on an index trades its proxy.
    """

    def on_announcement(self, event: AnnouncedEvent, links: Sequence[AnnouncedLink]) -> None:
        """Called once for each event and market, at the end of the row before that market's first tradable bar.

        Parameters
        ----------
        event : AnnouncedEvent
            `event_id, known_at, event_type, issuer, subject, rivals, headline, sentiment, ...`
        links : sequence of AnnouncedLink
            That market's instruments: `ticker, signal, relation, hop, weight, ...`. A market order sent here fills at
            the open of that bar; an order for another market is refused, `not_yet_known`.
        """

    def getdatabyname(self, name: str) -> bt.DataBase:
        """The feed of the instrument that a ticker means, in whatever form; KeyError where there is none with prices,
        AmbiguousTickerError where it may be one of several."""
        found = self.env.datasbyname.get(name)
        return self.env.datasbyname[self.env.known_tickers.meant(name) or name] if found is None else found

    def getsizing(self, data: bt.DataBase | None = None, isbuy: bool = True) -> float:
        """What the sizer makes of the account's cash, which it is handed in the feed's own currency."""
        data = data if data is not None else self.datas[0]
        size: float = self._sizer._getsizing(LOCAL, self.broker.getcash() / self.broker.rate(data), data, isbuy)
        return size

    def _getminperstatus(self) -> int:
        """How far the strategy is from the bars that its indicators need; all feeds have as many."""
        self._minperstatus = max(self._minperiods) - len(self.datas[0])
        return int(self._minperstatus)

    def _oncepost(self, dt: float) -> None:
        super()._oncepost(dt)
        self.env.announcements.tell(self)

    def _next(self) -> None:
        super()._next()
        self.env.announcements.tell(self)


class _Cerebro(bt.Cerebro):  # type: ignore[misc]
    """Runs bar by bar where an indicator needs more bars than there are: computing them at once would fail."""

    def _runonce(self, runstrats: Sequence[bt.Strategy]) -> None:
        bars = self.datas[0].buflen()
        if all(strategy._minperiod <= bars for strategy in runstrats):
            super()._runonce(runstrats)
        else:
            self._runnext(runstrats)


class _PanelFeed(RowFeed):
    lines = ("tradable", "bars")
    params: tuple[tuple[str, int | None], ...] = (("column", -1),)

    @property
    def column(self) -> int:
        return int(self.p.column)


class _Announcements:
    """Tells a strategy what becomes known before the next row opens."""

    def __init__(self, deliveries: Mapping[int, Sequence[Delivery]], broker: OrderBroker) -> None:
        self._deliveries = deliveries
        self._broker = broker

    def tell(self, strategy: BacktraderStrategy) -> None:
        for delivery in self._deliveries.get(self._broker.row + 1, ()):
            self._broker.delivering = (delivery.market, delivery.event_index)
            try:
                strategy.on_announcement(delivery.event, delivery.links)
            finally:
                self._broker.delivering = None


def simulate_orders(
    terms: AccountTerms,
    cls: type,
    params: Mapping[str, PlainValue],
    deliveries: Mapping[int, Sequence[Delivery]],
    traded: Ints,
    analyzers: Sequence[Analyzer] = (),
    sent: list[Sent] | None = None,
) -> tuple[Ledger, dict[str, PlainValue]]:
    """Run a user's backtrader strategy.

    Parameters
    ----------
    cls : type
        A subclass of BacktraderStrategy; `params` are its own.
    deliveries : mapping of row to sequence
        What is told before each row opens, in order.
    traded : ndarray of shape (N,)
        The column that is traded for each column: an index's proxy, else itself.
    sent : list, optional
        Gets everything the strategy sends.

    Returns
    -------
    Ledger, dict
        The books, and each analyzer's `get_analysis()` by name.
    """
    account = Account(terms)
    desk = OrderExecution(account)
    broker = OrderBroker(account, desk, traded)
    broker.sent = [] if sent is None else sent
    cerebro = _Cerebro(stdstats=False, maxcpus=1)
    feeds = {}
    for n in np.flatnonzero(terms.panel.has_prices).tolist():
        feed = _PanelFeed(columns=_columns(terms.panel, n), column=n)
        cerebro.adddata(feed, name=terms.panel.tickers[n])
        feeds[n] = feed
    cerebro.broker = broker
    cerebro.announcements = _Announcements(deliveries, broker)
    panel = terms.panel
    cerebro.known_tickers = KnownTickers(
        {ticker: panel.clock.markets[m] for ticker, m in zip(panel.tickers, panel.market_of.tolist(), strict=True)}
    )
    cerebro.addstrategy(cls, **params)
    for item in analyzers:
        cerebro.addanalyzer(item.cls, _name=item.name, **item.params)
    broker.bind(feeds)
    (ran,) = cerebro.run()
    found = {item.name: as_plain(getattr(ran.analyzers, item.name).get_analysis()) for item in analyzers}
    return with_hindsight(account.ledger(np.empty(0, dtype=np.int64)), terms), found


def _columns(panel: MarketPanel, n: int) -> dict[str, Array]:
    """A feed's lines: the eve, then every row; placeholders are the last close, never a later one."""
    eve = panel.close_before[n]
    last = np.concatenate([[eve], panel.mark[:, n]])
    last = np.where(np.isfinite(last), last, NEVER_PRICED)
    tradable = np.concatenate([[False], panel.tradable[:, n]])
    columns: dict[str, Array] = {"datetime": as_numbers(_times(panel)), "tradable": tradable, "close": last}
    columns["bars"] = np.cumsum(tradable)
    for name in ("open", "high", "low"):
        values = np.concatenate([[np.nan], getattr(panel, name)[:, n]])
        columns[name] = np.where(tradable, values, last)
    volume = np.concatenate([[0.0], panel.volume[:, n]])
    columns["volume"] = np.where(np.isfinite(volume), volume, 0.0)
    return columns


def _times(panel: MarketPanel) -> Instants:
    """What a feed's clock shows: the session's date, intraday the bar's opening instant (UTC)."""
    if panel.clock.intraday:
        opens = panel.clock.open_at.astype("M8[ns]").view("i8")
        first = np.where(np.isnat(panel.clock.open_at), np.iinfo(np.int64).max, opens).min(axis=1).view("M8[ns]")
        return np.concatenate([first[:1] - np.timedelta64(1, "h"), first])
    days = panel.dates.astype("M8[D]")
    return np.concatenate([days[:1] - np.timedelta64(1, "D"), days]).astype("M8[us]")
