"""Types of events that are parts of another: who asks for the wide one gets them too."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType

__all__ = ["BROADER", "broad_type", "with_narrower"]

# A type of the package that says more than another of it, and that other.
BROADER = MappingProxyType(
    {
        "earnings_beat": "earnings_guidance",
        "earnings_miss": "earnings_guidance",
        "guidance_raise": "earnings_guidance",
        "guidance_cut": "earnings_guidance",
        "merger": "partnership",
    }
)


def broad_type(event_type: str) -> str:
    """The type that a type is a part of, or itself.

    >>> broad_type("earnings_beat"), broad_type("policy")
    ('earnings_guidance', 'policy')
    """
    return BROADER.get(event_type, event_type)


def with_narrower(event_types: Iterable[str]) -> tuple[str, ...]:
    """Types with those that are parts of them.

    >>> with_narrower(["partnership"])
    ('partnership', 'merger')
    """
    asked = tuple(event_types)
    return tuple(dict.fromkeys((*asked, *(one for one, wide in BROADER.items() if wide in asked))))
