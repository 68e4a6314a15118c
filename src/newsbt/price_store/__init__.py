"""What providers answered about prices and exchange rates, kept pull by pull as it was given."""

from newsbt.price_store.compaction import Compacted, compact
from newsbt.price_store.pull_store import PriceStore, StoredRows, TickerPull
from newsbt.price_store.pulled import Adjusted, PulledPrices, PulledRates

__all__ = ["Adjusted", "Compacted", "PriceStore", "PulledPrices", "PulledRates", "StoredRows", "TickerPull", "compact"]
