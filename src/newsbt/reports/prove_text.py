"""What `newsbt prove` shows in a terminal, from its document."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import ConsoleRenderable, Group, RenderableType
from rich.text import Text

from newsbt.domain.command_documents import FloorJson, ProveDocument, ProvenStrategy, ShareJson
from newsbt.reports.table_columns import percent, probability
from newsbt.reports.tabular import TerminalTable, figure
from newsbt.reports.wrapping import Prose

__all__ = ["prove_view"]


def prove_view(document: ProveDocument) -> ConsoleRenderable:
    """How many worlds there were, then strategy by strategy what they say."""
    parts: list[RenderableType] = [Prose(document["name"], "bold")]
    parts += [Prose(f"! {notice}", "yellow") for notice in document["notices"]]
    if document["worlds"]:
        parts.append(
            Prose(
                f"{document['worlds']:,} null worlds of this config's own prices (seed {document['seed']}): every day "
                "as large as it was, its direction left to chance, the same for all tickers"
            )
        )
    for item in document["strategies"]:
        parts += [Text(""), *_strategy(item, document["level"])]
    return Group(*parts)


def _strategy(item: ProvenStrategy, level: float) -> Iterator[RenderableType]:
    yield Prose(item["name"], "bold")
    if item["reason"]:
        yield Prose(f"  Nothing to prove: {item['reason']}", "yellow", indent=2)
        return
    p, chance, most = item["p"], item["by_chance"], f"{level:.0%}".replace("%", " %")
    own = "unknown" if p is None else probability(p)
    yield Prose(f"  p of the run: {own}; {item['trades']:,} trades of events", indent=2)
    if chance is not None and chance["of"]:
        yield Prose(
            f"  By chance: p of at most {most} in {chance['found']:,} of {chance['of']:,} null worlds, "
            f"{_share(chance)}; mean return {percent(item['mean_return'] or 0.0)}",
            indent=2,
        )
        if (chance["low"] or 0.0) > level:
            warning = f"  ! More often than {most}, by the whole interval: a small p says less here"
            yield Prose(warning, "yellow", indent=2)
    if item["withheld"]:
        yield Prose(f"  No p in {item['withheld']:,} worlds, mostly for: {item['why']}", indent=2)
    heads = [figure("Effect a trade"), figure(f"Seen (p <= {most})"), figure("Share"), figure("95 %")]
    rows = [
        [
            percent(one["effect"]), f"{one['found']:,} of {one['of']:,}", f"{one['share']:.1%}",
            f"{one['low']:.1%} to {one['high']:.1%}",
        ]
        for one in item["power"]
    ]  # fmt: skip
    yield TerminalTable(heads, rows)
    yield Prose(f"  {_visible(item)}; {_floor(item['detection_floor'])}", indent=2)


def _share(one: ShareJson) -> str:
    return f"{one['share']:.1%} ({one['low']:.1%} to {one['high']:.1%})"


def _visible(item: ProvenStrategy) -> str:
    if item["visible"] is None:
        largest = item["power"][-1]["effect"]
        return f"An effect of {percent(largest)} a trade is seen in fewer than 80 % of the worlds"
    smallest = item["power"][0]["effect"]
    least = "or less " if item["visible"] == smallest else ""
    return f"Seen in 80 % of the worlds: an effect of {percent(item['visible'])} {least}a trade"


def _floor(floor: FloorJson | None) -> str:
    if floor is None or floor["per_trade"] is None:
        why = f", {floor['reason']}" if floor and floor["reason"] else ""
        return f"detection floor unknown{why}"
    return f"detection floor {percent(floor['per_trade'])} a trade"
