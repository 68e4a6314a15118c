"""The theme: one look for each strategy, told apart by everybody, on both grounds."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from newsbt.reports.theme import DARK, DASHES, LIGHT, Shades, looks, variables

# How colours are seen with protanopia and deuteranopia: Machado, Oliveira and Fernandes (2009), severity 1.
SIGHT = {
    "full": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def linear(colour: str) -> np.ndarray:
    parts = np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(light: np.ndarray) -> np.ndarray:
    x = TO_XYZ @ np.clip(light, 0, 1) / np.array([0.9505, 1.0, 1.089])
    f = np.where(x > 0.008856, np.cbrt(x), 7.787 * x + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(first: str, second: str) -> float:
    low, high = sorted(float(TO_XYZ[1] @ linear(colour)) for colour in (first, second))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("shades", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("sight", sorted(SIGHT))
def test_strategies_are_told_apart(shades: Shades, sight: str) -> None:
    seen = [lab(SIGHT[sight] @ linear(colour)) for colour in shades.series]
    assert min(float(np.linalg.norm(a - b)) for a, b in itertools.combinations(seen, 2)) > 25
    gain, loss = (lab(SIGHT[sight] @ linear(colour)) for colour in (shades.up, shades.down))
    assert float(np.linalg.norm(gain - loss)) > 25


@pytest.mark.parametrize("shades", [LIGHT, DARK], ids=["light", "dark"])
def test_contrast_is_enough(shades: Shades) -> None:
    for ground in (shades.ground, shades.panel):
        for text in (shades.ink, shades.soft, shades.up, shades.down):
            assert contrast(text, ground) >= 4.5, (text, ground)
    assert contrast(shades.ink, shades.note) >= 4.5
    for line in (*shades.series, shades.reference):
        assert contrast(line, shades.ground) >= 3.0, line


def test_a_strategy_has_one_look_and_the_seventh_another_dash() -> None:
    rows = [{"name": f"S{n}", "kind": "strategy"} for n in range(20)]
    rows += [{"name": "buy_and_hold", "kind": "baseline"}, {"name": "^X", "kind": "benchmark"}]
    found = looks(rows)
    assert len({(look.css, look.dash) for look in found.values()}) == len(rows)
    assert (found["S6"].css, found["S6"].dash) == ("c0", DASHES[1])
    assert found["^X"].colour(LIGHT) == LIGHT.ink
    assert found["S1"].colour(DARK) == DARK.series[1]


def test_every_colour_is_a_variable_of_the_style_sheet() -> None:
    text = variables()
    for shades in (LIGHT, DARK):
        for colour in (*shades.series, shades.up, shades.down, shades.ink, shades.ground):
            assert colour in text
