"""The dated facts of the markets: packaged rule files, and a file of the user's laid over them.

A rule file holds `exchanges`, each with its `calendar`, `corrections` to it, and `rules`. A rule has entries for
selectors: a ticker, a board, or `any`, and the first of these three that has an entry in force on a day decides.
An entry holds from `from` to `to`, both included. On a day for which a user's file has an entry, that entry stands
in place of the packaged one for the same rule and selector; on all other days the packaged ones go on to hold.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from pathlib import Path

from newsbt._plain import PlainValue
from newsbt.domain.entity import Instrument
from newsbt.domain.size_limits import limit_of
from newsbt.domain.table_files import read_text
from newsbt.errors import ConfigError, DataError
from newsbt.markets.dated_rules import Correction, DatedEntry, Exchange, Rulebook, selectors
from newsbt.markets.rule_files import Located, read_located
from newsbt.markets.rule_layers import Layers

__all__ = [
    "Correction",
    "DatedEntry",
    "Exchange",
    "RuleInForce",
    "Rulebook",
    "load_rulebook",
    "rules_in_force",
    "selectors",
]


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """One line of `newsbt data rules`: what holds, since when and until when, and who says so."""

    key: str
    value: Mapping[str, PlainValue]
    from_on: date | None
    to_on: date | None
    source: str
    conf: str


def load_rulebook(path: Path | None = None) -> Rulebook:
    """The packaged rules, with a file of the user's laid over them.

    Parameters
    ----------
    path : Path, optional
        A rule file of the same form as the packaged ones, `newsbt/markets/rules/*.yaml`.

    Raises
    ------
    ConfigError
        The file cannot be read, or says something a rule file cannot say: one problem for each fault, with its line.
    """
    if path is None:
        return _packaged()
    try:
        text = read_text(path, limit_of("rules"))
    except DataError as error:
        raise ConfigError(str(error), error.listed) from None
    base = _packaged()
    return _laid([read_located(text, str(path))], base, [base.fingerprint, text])


@lru_cache(maxsize=1)
def _packaged() -> Rulebook:
    folder = resources.files("newsbt.markets").joinpath("rules")
    files = sorted((item for item in folder.iterdir() if item.name.endswith(".yaml")), key=lambda item: item.name)
    texts = {item.name: item.read_text(encoding="utf-8") for item in files}
    return _laid([read_located(text, name) for name, text in texts.items()], None, list(texts.values()))


def _laid(files: list[Located], base: Rulebook | None, texts: list[str]) -> Rulebook:
    layers = Layers(base.exchanges, base.statuses) if base is not None else Layers({}, {})
    layers.lay(files)
    return Rulebook(
        fingerprint=hashlib.sha256("\0".join(texts).encode()).hexdigest(),
        exchanges=layers.exchanges,
        statuses=layers.statuses,
    )


def rules_in_force(
    rulebook: Rulebook, exchange: str, on: date, instrument: Instrument | None = None
) -> list[RuleInForce]:
    """What holds on a day on an exchange: for all selectors, or as decided for one instrument.

    Keys are `rule.selector`, such as `price_limit.chinext`; an instrument's own `lot_size` comes as `lot.<ticker>`.

    Raises
    ------
    DataError
        The exchange is unknown.
    """
    market = rulebook.exchange(exchange)
    found: list[RuleInForce] = []
    correction = market.corrections.get(on)
    if correction is not None:
        times = {"open": correction.open, "close": correction.close}
        value: dict[str, PlainValue] = {key: f"{at:%H:%M}" for key, at in times.items() if at is not None}
        if not value:
            value["closed"] = correction.closed
        found.append(RuleInForce("correction", value, on, on, correction.source, correction.conf))
    for rule, by_selector in market.rules.items():
        if instrument is None:
            choices: list[tuple[str, ...]] = [(selector,) for selector in by_selector]
        elif rule == "lot" and instrument.lot_size is not None:
            value = {"step": instrument.lot_size}
            found.append(RuleInForce(f"lot.{instrument.ticker}", value, None, None, "lot_size of the instrument", ""))
            continue
        else:
            choices = [selectors(instrument)]
        for choice in choices:
            entry = market.in_force(rule, on, *choice)
            if entry is not None:
                selector = next(key for key in choice if entry in by_selector.get(key, ()))
                key = rule if selector == "any" else f"{rule}.{selector}"
                found.append(RuleInForce(key, entry.values, entry.from_on, entry.to_on, entry.source, entry.conf))
    return found
