"""Pass what news means on to whom it concerns: rivals, suppliers, customers, investors."""

from __future__ import annotations

import numpy as np

import newsbt

# What good news of the subject means for the object, where the table of relations states no effect.
USUAL = {"rival_of": -0.5, "supplier_of": 0.5, "customer_of": 0.3, "investor_in": 0.5, "peer_of": 0.3}


class RelatedSentiment(newsbt.Strategy):
    """Sign x relevance for the issuer itself, times the effect of each relation and `decay` for each hop beyond.

    `hops` says how far newsbt follows relations. `sign` is what makes news good or bad: `type`, that a launch is good
    news for who launches it, or `sentiment`. Without a sign nothing is traded.
    """

    event_types: tuple[str, ...] = ("model_release", "product_launch", "partnership", "earnings_guidance")
    hops: int = 2
    decay: float = 0.5
    least: float = 0.1
    sign: str = "type"

    def signal(self, view: newsbt.EventView) -> newsbt.Signal:
        links = view.links[(view.links["relation"] != "sector_index") & (view.links["hop"] <= self.hops)]
        links = links[links["event_type"].isin(self.event_types)]
        tone = view.signs(links, self.sign) * links["relevance"].fillna(1.0)
        effect = links["weight"].fillna(links["relation"].map(USUAL))  # NaN: the table states no effect
        strength = tone * effect * self.decay ** np.maximum(links["hop"] - 1, 0)
        strength = strength.where(strength.abs() >= self.least, 0.0).clip(-1.0, 1.0)
        return newsbt.Signal.for_events(links[["event_id", "ticker"]].assign(signal=strength))
