"""What the swept keys of a variant are about, and so what variants can share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from newsbt._plain import PlainValue
from newsbt.sweeps.variants import Variant

__all__ = ["ACCOUNTING", "READ_BLOCKS", "SIZES", "group_key", "is_under", "part_of", "read_key"]

READ_BLOCKS = ("universe", "announcements", "extraction", "labeller", "prices", "fx")
# What changes neither the rows nor what a strategy sees, and so none of its signals.
ACCOUNTING = (
    "account.cash", "execution.participation", "execution.on_short_cash", "execution.borrow_bps", "execution.costs",
    "execution.slippage",
)  # fmt: skip
SIZES = ("position.weight", "position.event_weight", "position.mode")


def is_under(key: str, heads: Iterable[str]) -> bool:
    return any(key == head or key.startswith(f"{head}.") for head in heads)


@lru_cache(maxsize=1024)
def part_of(key: str) -> int:
    """What a swept key is about: 0 the market, 1 signals, 2 sizes, 3 accounting, 4 how positions are held."""
    if is_under(key, ("params",)):
        return 1
    if is_under(key, ("position",)):
        return 2 if is_under(key, SIZES) else 4
    return 3 if is_under(key, ACCOUNTING) else 0


def group_key(variant: Variant) -> tuple[str, str, str, str]:
    """Equal for variants that differ in nothing but how positions are held: market, signals, sizes, accounting."""
    parts = ["", "", "", "", ""]
    for key, value in variant.params.items():
        parts[part_of(key)] += f"{key}={value!r};"
    return parts[0], parts[1], parts[2], parts[3]


def read_key(params: Mapping[str, PlainValue]) -> str:
    """Equal for variants that read the same files."""
    return "".join(f"{key}={value!r};" for key, value in params.items() if is_under(key, READ_BLOCKS))
