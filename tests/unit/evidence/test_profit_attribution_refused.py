"""Which refusals are parts of a strategy's profit: entries of a known size that would have returned something."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from newsbt.evidence.profit_attribution import parts_of
from newsbt.steps.simulate import strategy_books
from newsbt.strategies.issuer_drift import IssuerDrift
from newsbt.testing import make_events, small_market


def test_exits_and_what_nobody_knows_are_left_out() -> None:
    events = make_events(("2025-03-05T01:00Z", "Harbor"), ("2025-03-06T01:00Z", "Beacon"))
    prepared = small_market(40, events=events).prepared(IssuerDrift(sign="one"))
    books = strategy_books(prepared, prepared.components.strategies[0])
    cells = np.argwhere(prepared.market.panel.tradable)
    refused = np.zeros(5, dtype=books.ledger.refusals.dtype)
    refused["row"], refused["ticker"] = cells[:5, 0], cells[:5, 1]
    refused["is_entry"] = [True, False, True, True, True]
    refused["would_have_returned"] = [0.5, 0.5, np.nan, 0.5, 0.25]
    refused["wanted"] = [100, 100, 100, np.nan, 0]
    found = parts_of(prepared.market, prepared.news, replace(books, ledger=replace(books.ledger, refusals=refused)))
    missed = found[len(books.ledger.lots) :]
    price = prepared.market.panel.open[refused["row"][0], refused["ticker"][0]]
    rate = prepared.market.fx.fill_rate[refused["row"][0], prepared.market.fx.currency_of[refused["ticker"][0]]]
    assert missed["unfillable"].tolist() == [100 * price * rate * 0.5, 0.0]
    assert missed["trades"].tolist() == [0, 0] and found["trades"].sum() == len(books.ledger.lots) > 0
