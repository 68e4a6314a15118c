"""What differs between the configs of several runs, key by key."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from newsbt._plain import JsonValue, PlainValue

__all__ = ["ABSENT", "ConfigDifference", "config_differences"]

ABSENT = "(not there)"


@dataclass(frozen=True, slots=True)
class ConfigDifference:
    """A dotted key with its value in each run, in words; None where the run has no such key."""

    key: str
    values: tuple[str | None, ...]

    def groups(self) -> list[tuple[str, tuple[int, ...]]]:
        """Each value with the numbers of its runs, from 1, in the order of the runs."""
        found: dict[str | None, list[int]] = {}
        for number, value in enumerate(self.values, start=1):
            found.setdefault(value, []).append(number)
        return [(ABSENT if value is None else value, tuple(numbers)) for value, numbers in found.items()]


def config_differences(configs: Sequence[Mapping[str, JsonValue] | None]) -> tuple[ConfigDifference, ...]:
    """Every key whose value is not the same in all configs, in the order in which configs name them.

    Entries of a list that have a `name` go by it (``strategies.Fade.params.min_move``), others by their place.
    Configs that are not known count for nothing.
    """
    flat = [None if config is None else dict(_leaves(config, "")) for config in configs]
    known = [leaves for leaves in flat if leaves is not None]
    keys = dict.fromkeys(key for leaves in known for key in leaves)
    return tuple(
        ConfigDifference(key, tuple(None if leaves is None else leaves.get(key) for leaves in flat))
        for key in keys
        if len({leaves.get(key) for leaves in known}) > 1
    )


def _leaves(value: PlainValue, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and value:
        for name, below in value.items():
            yield from _leaves(below, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        for index, item in enumerate(value):
            own = item.get("name", index) if isinstance(item, Mapping) else index
            yield from _leaves(item, f"{key}.{own}")
    else:
        yield key, value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
