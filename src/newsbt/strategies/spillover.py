"""Trade what the news reaches through relations: rivals, suppliers, customers, investors."""

from __future__ import annotations

import numpy as np

from newsbt.domain.entity import RELATIONS
from newsbt.domain.news_sign import check_sign
from newsbt.domain.signal import Signal
from newsbt.errors import nearest
from newsbt.ports import EventView, Strategy
from newsbt.strategies.selecting import of_types, signal_of

__all__ = ["Spillover"]


class Spillover(Strategy):
    """Listings reached over relations: sign of the news x product of their effects x decay^(hop - 1) (S6).

    Where the sign or an effect is not known, there is no signal.

    Parameters
    ----------
    hops : int
        How many relations away, at least 1.
    decay : float
        What each further relation leaves of the signal, in (0, 1].
    relations : tuple of str
        Only ways that end with one of these relations; empty: any.
    event_types : tuple of str
        Empty: all.
    sign : {'sentiment', 'type', 'one', 'effect', 'short'}
        What gives the news its sign; with `one` and `effect` the effects alone decide.
    """

    hops: int = 1
    decay: float = 0.5
    relations: tuple[str, ...] = ()
    event_types: tuple[str, ...] = ()
    sign: str = "sentiment"

    def __post_init__(self) -> None:
        check_sign(self.sign)
        if self.hops < 1:
            raise ValueError(f"hops counts relations, at least 1, not {self.hops}")
        if not 0.0 < self.decay <= 1.0:
            raise ValueError(f"decay is in (0, 1], not {self.decay}")
        for name in self.relations:
            if name not in RELATIONS:
                raise ValueError(f"relations are {', '.join(RELATIONS)}, not {name!r}{nearest(name, RELATIONS)}")

    def signal(self, view: EventView) -> Signal:
        links = of_types(view.links, self.event_types)
        links = links[(links["hop"] >= 1) & (links["hop"] <= self.hops)]
        if self.relations:
            links = links[links["relation"].isin(self.relations)]
        effect = links["weight"].to_numpy(np.float64)
        sign = view.signs(links, "one" if self.sign == "effect" else self.sign)
        strength = sign * effect * self.decay ** (links["hop"].to_numpy() - 1.0)
        return signal_of(links["event_id"], links["ticker"], np.clip(strength, -1.0, 1.0))
