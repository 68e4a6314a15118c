"""The one look of every page and chart: colours, dashes and fonts.

The six strategy colours were searched for: seen with protanopia or deuteranopia any two stay apart by at least 25
(CIE76), and each has a contrast of at least 3 to 1 with its ground, which tests/unit/reports/test_theme.py checks.
Gains and losses are blue-green and vermilion, never green and red, and always carry their sign as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypedDict

__all__ = ["DARK", "LIGHT", "Look", "Shades", "look_of", "looks", "variables"]

FONT = 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Noto Sans CJK SC",sans-serif'
DASHES = ("", "8 3", "2 3", "9 3 2 3")  # a second way to tell lines apart, from the seventh strategy on
REFERENCE_DASHES = {"buy_and_hold": "8 3", "equal_weight": "2 3"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shades:
    """The colours of one ground."""

    ground: str
    panel: str
    ink: str
    soft: str
    line: str
    up: str
    down: str
    note: str
    note_line: str
    reference: str
    series: tuple[str, ...]


LIGHT = Shades(
    ground="#ffffff", panel="#f5f7f9", ink="#1b2026", soft="#57606a", line="#d5dbe1", up="#00697f", down="#b3410e",
    note="#fff5db", note_line="#9a6700", reference="#69737d",
    series=("#218de3", "#b18300", "#124f46", "#7e09e5", "#e35b9c", "#58490d"),
)  # fmt: skip
DARK = Shades(
    ground="#11161c", panel="#1a2129", ink="#e6e9ec", soft="#a3adb8", line="#36404a", up="#5fc9de", down="#ff9f6e",
    note="#2f2810", note_line="#e3b341", reference="#97a1ac",
    series=("#3883fd", "#d77509", "#42eabe", "#b687cc", "#ff2b6b", "#d6e87c"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """How one strategy is drawn, everywhere: the CSS class of its colour, and its dash."""

    css: str
    dash: str
    kind: str

    @property
    def dash_number(self) -> int:
        """Which of :data:`DASHES` it is."""
        return DASHES.index(self.dash)

    def colour(self, shades: Shades) -> str:
        if self.css == "bench":
            return shades.ink
        return shades.reference if self.css == "ref" else shades.series[int(self.css[1:])]


class NameAndKind(TypedDict):
    """What of a row of the results table decides its look."""

    name: str
    kind: str


def looks(rows: Iterable[NameAndKind]) -> dict[str, Look]:
    """By name, for the rows of a results table in their order: strategies get the colours one after the other,
    baselines are grey and dashed, the benchmark is the colour of the text."""
    found: dict[str, Look] = {}
    number = 0
    for row in rows:
        name, kind = str(row.get("name")), str(row.get("kind") or "strategy")
        if kind == "benchmark":
            found[name] = Look("bench", "", kind)
        elif kind == "baseline":
            found[name] = Look("ref", REFERENCE_DASHES.get(name, "9 3 2 3"), kind)
        else:
            count = len(LIGHT.series)
            found[name] = Look(f"c{number % count}", DASHES[number // count % len(DASHES)], kind)
            number += 1
    return found


def look_of(found: Mapping[str, Look], name: str) -> Look:
    """The look of a name, also of one that is in no results table."""
    return found.get(name, Look("ref", "2 3", "strategy"))


def variables() -> str:
    """The colours as CSS custom properties, light and dark."""
    return (
        f":root{{color-scheme:light dark;{_properties(LIGHT)}--font:{FONT}}}\n"
        f"@media (prefers-color-scheme:dark){{:root{{{_properties(DARK)}}}}}\n"
        f"@media print{{:root{{{_properties(LIGHT)}}}}}\n" + _series_rules()
    )


def _properties(shades: Shades) -> str:
    named = {
        "bg": shades.ground, "panel": shades.panel, "fg": shades.ink, "soft": shades.soft, "line": shades.line,
        "up": shades.up, "down": shades.down, "note": shades.note, "note-line": shades.note_line,
        "ref": shades.reference, **{f"c{k}": colour for k, colour in enumerate(shades.series)},
    }  # fmt: skip
    return "".join(f"--{name}:{colour};" for name, colour in named.items())


def _series_rules() -> str:
    names = [*(f"c{k}" for k in range(len(LIGHT.series))), "ref"]
    rules = [f".{name}{{--s:var(--{name})}}" for name in names]
    return "".join([*rules, ".bench{--s:var(--fg)}"]) + "\n"
