"""An instrument that an event touches: what linkers answer."""

from __future__ import annotations

from dataclasses import dataclass

from newsbt.domain.showing import brief

__all__ = ["Link"]


@dataclass(frozen=True, slots=True)
class Link:
    """An instrument that an event touches.

    Attributes
    ----------
    column : int
        Its column in the panel, its index in the universe.
    relation : str
        ``named`` or ``issuer`` for direct links, ``sector_index``, or the last relation of the way there.
    hop : int
        How many relations lead there; 0 for none.
    weight : float in [-1, 1]
        The product of their effects, NaN where one is not stated.
    path : tuple of str
        The names along the way.

    Examples
    --------
    >>> from newsbt import Link
    >>> Link(column=3, relation="supplier_of", hop=1, weight=0.5, path=("Alibaba", "0981.HK")).weight
    0.5
    """

    column: int
    relation: str
    hop: int
    weight: float
    path: tuple[str, ...]

    __repr__ = brief
