"""The check of linkers, and a linker of one's own through a run."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from newsbt.domain.announcement import Announcement
from newsbt.domain.entity import Universe
from newsbt.domain.link import Link
from newsbt.linking.links import TableLinker
from newsbt.testing import check_linker
from projects import run_project


def test_the_built_in_linker_is_fit() -> None:
    assert check_linker(TableLinker()) > 0


@dataclass(frozen=True, kw_only=True)
class First:
    """Links everything to the first instrument."""

    weight: float = 1.0

    def linking(self, universe: Universe, hops: int) -> First:
        return self

    def link(self, item: Announcement, on: date) -> tuple[Link, ...]:
        return (Link(0, "named", 0, self.weight, (item.issuer,)),)


@dataclass(frozen=True, kw_only=True)
class Foresight:
    """Links by relations that begin later, too."""

    def linking(self, universe: Universe, hops: int) -> Foresight:
        object.__setattr__(self, "_many", len(universe.relations) + len(universe.memberships))
        return self

    def link(self, item: Announcement, on: date) -> tuple[Link, ...]:
        return (Link(0, "named", 0, 1.0 / (1 + self._many), ()),)  # type: ignore[attr-defined]


def test_a_linker_of_ones_own_is_proved() -> None:
    assert check_linker(First()) > 0
    with pytest.raises(AssertionError, match=r"in \[-1, 1\], not 2.0"):
        check_linker(First(weight=2.0))
    with pytest.raises(AssertionError, match="a linker is a dataclass instance"):
        check_linker(First)


@dataclass(frozen=True, kw_only=True)
class Themes(First):
    """Reaches members of themes: with `columns` what it says, else all that will ever be some."""

    columns: tuple[int, ...] = ()

    def linking(self, universe: Universe, hops: int) -> Themes:
        other = copy.copy(self)
        ever = {row.ticker for row in universe.memberships}
        object.__setattr__(other, "_ever", tuple(n for n, one in enumerate(universe.tickers) if one in ever))
        return other

    def theme(self, item: Announcement, on: date, themes: tuple[str, ...]) -> tuple[int, ...]:
        return self.columns or self._ever  # type: ignore[attr-defined, no-any-return]


def test_what_a_linker_reaches_beyond_its_links_is_proved_too() -> None:
    assert check_linker(Themes(columns=(1, 2))) > check_linker(First())
    with pytest.raises(AssertionError, match=r"theme\(\) answers columns below 6, not 99"):
        check_linker(Themes(columns=(99,)))
    with pytest.raises(AssertionError, match=r"theme\(\) answers a column twice"):
        check_linker(Themes(columns=(1, 1)))
    with pytest.raises(AssertionError, match=r"theme\(\) answers otherwise .* look-ahead"):
        check_linker(Themes())


def test_a_linker_decides_what_a_run_trades(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "from dataclasses import dataclass\n"
        "from newsbt.domain.link import Link\n\n\n"
        "@dataclass(frozen=True, kw_only=True)\n"
        "class Named:\n"
        "    ticker: str\n\n"
        "    def linking(self, universe, hops):\n"
        "        place = universe.position[self.ticker]\n"
        "        one = Link(place, 'named', 0, 1.0, ())\n"
        "        return type('Always', (), {'link': lambda self, item, on: [one]})()\n",
        encoding="utf-8",
    )
    bars = "\n".join(
        f"{ticker}, 2025-03-{day:02d}, 10, 10, 10, 10, 100000" for ticker in ("A.HK", "B.HK") for day in (3, 4, 5, 6, 7)
    )
    result = run_project(
        tmp_path,
        """
        linker: {use: "mine.py:Named", ticker: B.HK}
        account: {cash: 100000, currency: HKD}
        strategies: [{name: S, use: named_tickers, params: {sign: one}}]
        baselines: []
        evaluation: {placebo: 0, bootstrap: 0}
        """,
        instruments="""
        ticker, name, exchange, board, currency, sector, themes, sector_index, aliases, lot_size
        A.HK, A, XHKG, main, HKD, , , , , 100
        B.HK, B, XHKG, main, HKD, , , , , 100
        """,
        announcements="""
        event_id, published_at, event_type, issuer, headline, tickers
        e, 2025-03-04T08:00:00+08:00, x, Lab, news, A.HK
        """,
        prices=f"ticker, date, open, high, low, close, volume\n{bars}",
    )
    assert result["S"].fills["ticker"].unique().tolist() == ["B.HK"]
