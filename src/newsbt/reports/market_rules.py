"""The rules of a market on a day, for people and for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import ConsoleRenderable, Group
from rich.text import Text

from newsbt._plain import PlainValue
from newsbt.markets.rulebook import RuleInForce
from newsbt.reports.tabular import TerminalTable, prose, token
from newsbt.reports.wrapping import Prose

__all__ = ["rule_documents", "rule_text", "rules_view"]

ROUNDED = {"half_up_to_cent": "to the cent", "up_to_unit": "up to the unit", "up_to_cent": "up to the cent"}
SHORTS = {"never": "not allowed", "always": "allowed", "designated": "designated shares only: `shortable: true`"}


def rule_text(rule: str, value: Mapping[str, Any]) -> str:
    """What an entry says, in words.

    >>> rule_text("price_limit", {"up": 0.1, "down": 0.1})
    '10 % up and down'
    >>> rule_text("lot", {"step": 1, "minimum": 200})
    'at least 200 shares, then in steps of 1'
    """
    name = rule.partition(".")[0]
    if name == "hours":
        lunch = value.get("lunch")
        middle = f"{lunch[0]}, {lunch[1]}-" if lunch else ""
        return f"{value['open']}-{middle}{value['close']}"
    if name == "auction_cutoff":
        return f"orders for the open until {value['at']}"
    if name == "tick":
        bands = value.get("bands")
        return f"{value['tick']:g}" if not bands else ", ".join(f"{tick:g} to {upper:,g}" for upper, tick in bands)
    if name == "lot":
        step, least = value["step"], value.get("minimum", value["step"])
        return f"{step:,}" if step == least else f"at least {least:,} shares, then in steps of {step:,}"
    if name in ("price_limit", "new_listing"):
        return _limit_text(value)
    if name == "t_plus":
        return "sold from the next session on (T+1)" if value["sessions"] else "sold on the same day"
    if name == "short_sale":
        return SHORTS[value["allowed"]]
    if name in ("fee", "commission"):
        return _charge_text(value)
    if name == "note":
        return str(value["text"])
    return ", ".join(f"{key} {item}" for key, item in value.items())


def _limit_text(value: Mapping[str, Any]) -> str:
    up, down, bands = value.get("up"), value.get("down"), value.get("bands")
    if bands:
        limit = ", ".join(f"{amount:,g} below {price:,g}" for price, amount in bands) + ", up and down"
    elif up is None:
        limit = "no limit"
    elif down is None or up == down:
        limit = f"{up * 100:g} % up and down"
    else:
        limit = f"{up * 100:g} % up, {down * 100:g} % down"
    return f"{limit} in the first {value['sessions']} sessions" if "sessions" in value else limit


def _charge_text(value: Mapping[str, Any]) -> str:
    parts = []
    if value.get("rate"):
        parts.append(f"{value['rate'] * 100:.6g} %")
    if value.get("per_share"):
        parts.append(f"{value['per_share']:g} a share")
    if value.get("fixed"):
        parts.append(f"{value['fixed']:g} an order")
    if value.get("minimum"):
        parts.append(f"at least {value['minimum']:g}")
    if value.get("maximum"):
        parts.append(f"at most {value['maximum']:g}")
    if not parts:
        return "nothing"
    if value["side"] != "both":
        parts.insert(0, f"on a {'purchase' if value['side'] == 'buy' else 'sale'}")
    if value["rounding"] in ROUNDED:
        parts.append(f"rounded {ROUNDED[value['rounding']]}")
    if value.get("includes"):
        parts.append(f"includes {', '.join(value['includes'])}")
    return ", ".join(parts)


def rule_documents(rules: Sequence[RuleInForce]) -> list[dict[str, PlainValue]]:
    """The entries of `newsbt data rules --json`."""
    return [
        {
            "key": rule.key,
            "value": dict(rule.value),
            "text": rule_text(rule.key, rule.value),
            "from": rule.from_on,
            "to": rule.to_on,
            "source": rule.source,
            "conf": rule.conf or None,
        }
        for rule in rules
    ]


def rules_view(title: str, lines: Sequence[str], rules: Sequence[RuleInForce]) -> ConsoleRenderable:
    """A table: rule, what it says, since and until when, and who says so, with how sure that is."""
    heads = (token("Rule", 0), prose("Says", 1), token("Since", 2), token("Until", 3), prose("Source", 4))
    rows = [
        (
            rule.key,
            rule_text(rule.key, rule.value),
            "" if rule.from_on is None else str(rule.from_on),
            "" if rule.to_on is None else str(rule.to_on),
            f"{rule.source} ({rule.conf})" if rule.conf else rule.source,
        )
        for rule in rules
    ]
    return Group(Prose(title, "bold"), *map(Prose, lines), Text(""), TerminalTable(heads, rows))
