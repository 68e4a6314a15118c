"""Which events a strategy's `event_types` pick: the types named, and those that are parts of them."""

from __future__ import annotations

import pandas as pd

from newsbt.strategies.selecting import of_types


def test_who_asks_for_a_type_gets_its_parts() -> None:
    frame = pd.DataFrame({"event_type": ["earnings_guidance", "earnings_beat", "merger", "policy"]})
    assert of_types(frame, ["earnings_guidance"])["event_type"].tolist() == ["earnings_guidance", "earnings_beat"]
    assert of_types(frame, ["earnings_beat"])["event_type"].tolist() == ["earnings_beat"]
    assert len(of_types(frame, ())) == 4
