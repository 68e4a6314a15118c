"""An instrument that an event touches: what linkers answer."""

from __future__ import annotations

from dataclasses import dataclass

from newsbt.domain.showing import brief

__all__ = ["Link"]


@dataclass(frozen=True, slots=True)
class Link:
    """An instrument (its column in the panel, its index in the universe) that an event touches.

    `relation` is ``named`` or ``issuer`` for direct links, ``sector_index``, or the last relation of the way there;
    `hop` counts relations (0: none); `weight` is the product of their effects, NaN where one is not stated;
    `path` are the names along the way.
    """

    column: int
    relation: str
    hop: int
    weight: float
    path: tuple[str, ...]

    __repr__ = brief
