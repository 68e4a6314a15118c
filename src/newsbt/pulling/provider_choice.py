"""Which provider is asked for what, in which order, under which name: the usual ones, and a config's own choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from newsbt.domain.entity import Instrument
from newsbt.pulling.provider_list import default_order, rate_order

__all__ = ["ProviderChoice"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderChoice:
    """`by_exchange` and `of_indices` are orders by MIC, `of_rates` that of exchange rates, where they are not the usual
    ones; `symbols` what a provider calls a ticker or pair, by provider."""

    by_exchange: Mapping[str, Sequence[str]] = field(default_factory=dict)
    of_indices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    of_rates: Sequence[str] = ()
    symbols: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def order(self, item: Instrument) -> Sequence[str]:
        """Who is asked for an instrument, one after the other."""
        own = self.of_indices if item.is_index else self.by_exchange
        return own.get(item.exchange) or default_order(item.exchange, item.is_index)

    @property
    def rate_order(self) -> Sequence[str]:
        return self.of_rates or rate_order()

    def symbol(self, provider: str, name: str) -> str:
        """What a provider calls a ticker or pair by the config; empty where it does not say."""
        return self.symbols.get(provider, {}).get(name, "")
