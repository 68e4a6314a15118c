"""Themes and relations as of a day: dated rows decide, and what is not known yet is not there."""

from __future__ import annotations

from datetime import date

from newsbt.domain.entity import Instrument, Membership, Relation, StatusSpan, Universe

EARLY, ON, LATE = date(2025, 3, 3), date(2025, 3, 5), date(2025, 3, 7)
DATED = Instrument(
    ticker="A", name="A", exchange="XHKG", board="main", currency="HKD", themes=("ai", "chips"), delisted_on=LATE
)
UNIVERSE = Universe(
    instruments=(DATED,),
    relations=(Relation(subject="A", relation="peer_of", object="B", from_on=EARLY, to_on=LATE),),
    memberships=(Membership(ticker="A", theme="ai", from_on=ON, to_on=LATE),),
    statuses=(StatusSpan(ticker="A", status="st", from_on=EARLY, to_on=LATE),),
)


def test_where_memberships_speak_of_a_theme_the_instruments_column_does_not() -> None:
    themes = [[theme for theme in DATED.themes if UNIVERSE.has_theme("A", theme, on)] for on in (EARLY, ON, LATE)]
    assert themes == [["chips"], ["ai", "chips"], ["ai", "chips"]]
    assert not UNIVERSE.has_theme("A", "ai", date(2025, 3, 8))
    assert not UNIVERSE.as_of(EARLY).has_theme("A", "ai", EARLY)


def test_on_a_day_nobody_knows_yet_when_a_thing_will_end() -> None:
    for on, end in ((ON, None), (LATE, LATE)):
        then = UNIVERSE.as_of(on)
        dated = (*then.relations, *then.memberships, *then.statuses)
        assert [row.to_on for row in dated] == [end] * 3
        assert then["A"].delisted_on == end


def test_what_carries_no_date_is_counted_as_hindsight() -> None:
    assert UNIVERSE.hindsight() == {"relations": 0, "themes": 1}  # chips, which no membership dates
    undated = Universe(
        instruments=(DATED,),
        relations=(Relation(subject="A", relation="peer_of", object="B"),),
        memberships=(Membership(ticker="A", theme="ai"), Membership(ticker="A", theme="cloud", from_on=ON)),
    )
    assert undated.hindsight() == {"relations": 1, "themes": 2}
