"""Pass the sentiment of the news on to whom it concerns: rivals, suppliers, customers, investors."""

from __future__ import annotations

import numpy as np

import newsbt

# What good news of the subject means for the object, where the table of relations states no effect.
USUAL = {"rival_of": -0.5, "supplier_of": 0.5, "customer_of": 0.3, "investor_in": 0.5, "peer_of": 0.3}


class RelatedSentiment(newsbt.Strategy):
    """Sentiment x relevance for the issuer itself, times the effect of each relation and `decay` for each hop beyond.

    `hops` says how far newsbt follows relations. Blank sentiment and relevance count as 1.
    """

    event_types: tuple[str, ...] = ("model_release", "product_launch", "partnership", "earnings_guidance")
    hops: int = 2
    decay: float = 0.5
    least: float = 0.1

    def signal(self, view: newsbt.EventView) -> newsbt.Signal:
        links = view.links[(view.links["relation"] != "sector_index") & (view.links["hop"] <= self.hops)]
        links = links[links["event_type"].isin(self.event_types)]
        tone = links["sentiment"].fillna(1.0) * links["relevance"].fillna(1.0)
        # A weight of 1 after a relation is one of which no effect is known.
        assumed = links["relation"].map(USUAL).fillna(1.0)
        effect = np.where((links["hop"] > 0) & (links["weight"] == 1.0), assumed, links["weight"])
        strength = tone * effect * self.decay ** np.maximum(links["hop"] - 1, 0)
        strength = strength.where(strength.abs() >= self.least, 0.0).clip(-1.0, 1.0)
        return newsbt.Signal.for_events(links[["event_id", "ticker"]].assign(signal=strength))
