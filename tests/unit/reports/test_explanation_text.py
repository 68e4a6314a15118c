"""What is alike is shown once on a screen of `newsbt explain`, and nothing is lost by it."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from newsbt.reports.explanation_text import explanation_view
from newsbt.reports.results_table import lines_of
from screens import documents


@pytest.fixture
def document() -> dict[str, Any]:
    found: dict[str, Any] = copy.deepcopy(documents()["explain"][0])
    return found


def shown(document: dict[str, Any], width: int, *, is_all: bool = False) -> str:
    _, headline, verdict, markets, known = documents()["explain"]
    openings = {market: tuple(reasons) for market, reasons in markets.items()}
    return "\n".join(lines_of(explanation_view(document, headline, verdict, openings, known, is_all=is_all), width))


@pytest.mark.parametrize("width", [80, 200])
def test_what_happens_to_all_links_alike_stands_below_them(document: dict[str, Any], width: int) -> None:
    for one in document["links"]:
        market, bought, *rest = one["why"].split(" | ")
        proxy = "traded as 3033.HK, " if bought.startswith("traded as") else ""
        one["why"] = " | ".join((market, f"{proxy}its price is not known yet", *rest))
    text = shown(document, width)
    assert text.count("its price is not known yet") == 1
    assert "Buy at the open? For all: its price is not known yet." in text
    assert "^HSTECH traded as 3033.HK" in text
    assert shown(document, width, is_all=True).count("traded as 3033.HK") == 1
    document["links"][0]["why"] = "XHKG: opens | could be bought"
    assert "For all" not in shown(document, width)


def test_strategies_that_are_silent_for_one_reason_share_a_row(document: dict[str, Any]) -> None:
    names = ["Buy on rival release", "Follow the issuer", "Sector index"]
    reason = "the item lies outside of the prices, so the strategy was not asked"
    document["signals"] = [
        {"strategy": name, "ticker": None, "signal": None, "reason": reason, "weight": None, "sized": None}
        for name in names
    ]  # fmt: skip
    document["signals"].append({**document["signals"][0], "strategy": "Chips", "reason": "no signal: chips"})
    text = shown(document, 200)
    assert f"{', '.join(names)}  " in text and text.count(reason) == 1
    assert any(line.startswith("Chips ") and line.endswith("no signal: chips") for line in text.splitlines())
