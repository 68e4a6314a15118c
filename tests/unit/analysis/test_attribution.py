"""The table of events: each link's own weight, and lots that no link or signal names (R4)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from news_world import CONFIG, TABLES
from newsbt.testing import make_events
from one_strategy import Recorder, flat, play
from projects import rows, run_project

pytestmark = pytest.mark.rule("R4")


def test_a_link_has_its_own_weight(tmp_path: Path) -> None:
    news = """
        event_id, published_at, event_type, issuer, headline
        e, 2025-03-03T08:00+08:00, news, Alpha, Something
    """
    found = run_project(tmp_path, CONFIG, **{**TABLES, "announcements": news})["Named"]
    assert rows(found.events, "ticker", "weight") == [("A.SH", 1.0), ("B.SH", -0.5), ("I.SH", 1.0)]


def test_a_lot_of_an_event_in_a_ticker_that_it_does_not_touch_has_a_row() -> None:
    class BuysAnother(Recorder):
        def on_announcement(self, event: Any, links: Any) -> None:
            self.buy(data=self.getdatabyname("B.HK"), size=100)

    rising = [*flat(10)[:4], *flat(11)[:3]]
    row = play(
        BuysAnother, {"A.HK": flat(10), "B.HK": rising, "C.HK": flat(10)}, make_events(("2025-03-04T19:00Z", "A"))
    )
    assert rows(row.events, "event_id", "ticker", "pnl") == [("e1", "A.HK", 0.0), ("e1", "B.HK", pytest.approx(100.0))]
