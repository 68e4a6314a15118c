"""Groups of an event study: their days 0, sizes and moves, and what stands for the market of each instrument."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from newsbt.analysis.event_study.prepared_study import PreparedStudy
from newsbt.assembly import assemble
from newsbt.config.loading import load
from newsbt.domain.progress import SilentProgress
from newsbt.domain.results import RunSummary
from newsbt.errors import ConfigError
from newsbt.evidence import registry
from newsbt.evidence.event_pairs import link_pairs
from newsbt.evidence.run_study import study
from newsbt.evidence.session_returns import market_of
from newsbt.evidence.study_groups import StudyPlan, why_empty
from newsbt.linking.link_table import link_table
from newsbt.steps.prepare import PreparedRun, prepare, read_inputs
from newsbt.steps.summarise import summary_of
from projects import write_project

DAYS = ("2025-03-04", "2025-03-05", "2025-03-06", "2025-03-07")
CLOSES = {"A.HK": (100, 106, 110, 121), "B.SH": (10, 10, 10, 10), "^I": (50, 50, 50, 50), "^J": (50, 50, 50, 50)}


@pytest.fixture
def world(tmp_path: Path) -> PreparedRun:
    return made(tmp_path)


def made(tmp_path: Path, news: str = "", instruments: str = "") -> PreparedRun:
    """With further rows of announcements and instruments."""
    path = write_project(
        tmp_path,
        """
        account: {cash: 100000, currency: HKD}
        execution: {latency: 0min}
        strategies: [{name: Follow, use: named_tickers, params: {sign: one}}]
        baselines: []
        """,
        instruments="""
        ticker, name, exchange, board, currency, lot_size
        A.HK,   A,    XHKG,     main,  HKD,      100
        B.SH,   B,    XSHG,     main,  CNY,
        ^I,     I,    XHKG,     index, HKD,
        ^J,     J,    XHKG,     index, HKD,
        """
        + instruments,
        announcements="""
        event_id, published_at,           event_type, issuer, headline, tickers
        late,     2025-03-05T15:59+08:00, report,     A,      x,        A.HK
        close,    2025-03-05T16:00+08:00, report,     A,      x,        A.HK
        dawn,     2025-03-05T07:00+08:00, talk,       A,      x,        A.HK;B.SH
        before,   2025-03-05T08:00+08:00, talk,       A,      x,        A.HK
        lunch,    2025-03-05T12:30+08:00, talk,       A,      x,        A.HK
        """
        + news,
        prices="ticker,date,open,high,low,close,volume\n"
        + "".join(
            f"{ticker},{day},{price},{price},{price},{price},1000000\n"
            for ticker, closes in CLOSES.items()
            for day, price in zip(DAYS, closes, strict=True)
        ),
        fx="""
        pair,   date,       rate
        CNYHKD, 2025-01-01, 1
        """,
    )
    return prepare(assemble(load(path)), SilentProgress())


def summary(world: PreparedRun) -> RunSummary:
    return summary_of(world, read_inputs(world.components))


def test_groups_come_by_size_with_days_zero_and_moves_of_their_own(world: PreparedRun) -> None:
    """What is told at the close of the 5th has its day 0 on the 6th; B has no index of its market."""
    families = [link_pairs(world.market.universe, world.news, "event_type")]
    found = study(world, None, families, StudyPlan(), registry.EVIDENCE)
    assert found.without_market == 1
    assert [(one.name, one.pairs, one.events, one.dates) for one in found.groups] == [
        ("talk", 3, 3, 1), ("report", 2, 2, 2),
    ]  # fmt: skip
    assert [one.evidence["moves"][0]["total"] for one in found.groups] == pytest.approx([0.06, (0.06 + 4 / 106) / 2])


def test_an_index_of_the_same_calendar_stands_for_the_market(world: PreparedRun) -> None:
    column = world.market.universe.position
    found = [market_of(world.market, column[ticker]) for ticker in ("A.HK", "^I", "^J", "B.SH")]
    assert found == [column["^I"], column["^J"], column["^I"], -1]
    assert market_of(world.market, column["A.HK"], but="^I") == column["^J"]
    assert market_of(world.market, column["A.HK"], first=("^J",)) == column["^J"]


def test_groups_that_are_not_shown_are_not_studied(world: PreparedRun, monkeypatch: pytest.MonkeyPatch) -> None:
    families = [link_pairs(world.market.universe, world.news, "event_type")]
    studied = []
    monkeypatch.setattr(
        PreparedStudy, "group", lambda self, label, of=PreparedStudy.group: studied.append(label) or of(self, label)
    )
    found = study(world, None, families, StudyPlan(), registry.EVIDENCE)
    document = found.as_dict(most=1)
    assert studied == ["talk"] == [one["name"] for one in document["groups"]]
    assert document["note"].endswith(" 1 smaller groups are not shown.")


def test_groups_that_are_too_small_are_named(world: PreparedRun) -> None:
    """Of three and two pairs, at least three are asked for, then four; B's pair has no index of its market."""
    families = [link_pairs(world.market.universe, world.news, "event_type")]
    found = study(world, None, families, StudyPlan(), registry.EVIDENCE).with_at_least(3)
    assert [one.name for one in found.groups] == ["talk"] and why_empty(found, summary(world), families) == ""
    assert "Not shown: 1 group with fewer than --least 3 pairs: report (2 pairs)." in found.note
    none = study(world, None, families, StudyPlan(), registry.EVIDENCE).with_at_least(4)
    assert not none.groups and none.as_dict()["few"] == [{"name": "talk", "pairs": 3}, {"name": "report", "pairs": 2}]
    assert why_empty(none, summary(world), families) == (
        "2 groups with fewer than --least 4 pairs: talk (3 pairs); report (2 pairs). "
        "Left out: 1 pair without an index of their market with prices."
    )


def test_a_study_of_nothing_says_why(world: PreparedRun) -> None:
    """Nobody linked; everything outside the period; no strategy signals; instruments without prices or an index."""
    nobody = replace(world.news, links=link_table([[] for _ in range(len(world.news.events))]))
    silent = link_pairs(world.market.universe, nobody)
    empty = study(world, None, [], StudyPlan(), registry.EVIDENCE)
    assert why_empty(empty, summary(world), [silent]) == (
        "No event of the 5 in the run is linked to an instrument; `newsbt events check` says why."
    )
    outside = replace(
        summary(world), counts={**summary(world).counts, "events_in_run": 0},
        drops={"events": {"before_period": 4, "bad_time": 1}},
    )  # fmt: skip
    assert why_empty(empty, outside, [silent]) == ("No event of the 5 read is in the run: 4 before period, 1 bad time.")
    signalled = replace(silent, of_signals=True)
    assert why_empty(empty, summary(world), [signalled]).startswith("No strategy signalled an event")
    of_b = next(pairs for pairs in [link_pairs(world.market.universe, world.news, "market")] if len(pairs))
    lone = replace(of_b, event=of_b.event[of_b.group == "XSHG"], ticker=of_b.ticker[of_b.group == "XSHG"],
                   group=of_b.group[of_b.group == "XSHG"])  # fmt: skip
    found = study(world, None, [lone], StudyPlan(), registry.EVIDENCE)
    assert dict(found.left_out) == {"no_market": 1}
    assert why_empty(found, summary(world), [lone]) == "Left out: 1 pair without an index of their market with prices."


def test_what_cannot_be_studied_is_counted_by_why(tmp_path: Path) -> None:
    """One is told of a stock without prices; B has no index of its market."""
    world = made(
        tmp_path,
        "bare, 2025-03-05T07:00+08:00, talk, C, x, C.HK\n",
        "C.HK, C, XHKG, main, HKD, 100\n",
    )
    families = [link_pairs(world.market.universe, world.news, by) for by in ("event_type", "market")]
    found = study(world, None, families[:1], StudyPlan(), registry.EVIDENCE)
    assert dict(found.left_out) == {"no_prices": 1, "no_market": 1}
    assert [(one.name, one.pairs, one.events, one.dates) for one in found.groups] == [
        ("talk", 3, 3, 1), ("report", 2, 2, 2),
    ]  # fmt: skip
    both = study(world, None, families, StudyPlan(), registry.EVIDENCE)
    assert dict(both.left_out) == {"no_prices": 2, "no_market": 2} and len(both.groups) == 3
    assert both.definitions["moves"] and "placebo" not in both.definitions


def test_a_study_has_the_windows_that_lie_inside_the_whole_one(world: PreparedRun) -> None:
    families = [link_pairs(world.market.universe, world.news, "event_type")]
    plan = StudyPlan(window=(-1, 1), windows=((-1, 0), (0, 1), (-2, 0), (0, 2), (1, 1)), estimation=40, gap=2)
    group = study(world, None, families, plan, registry.EVIDENCE).groups[0]
    windows = {(one["start"], one["end"]) for one in group.as_dict()["windows"]}
    assert {(-1, 0), (0, 1), (1, 1), (-1, 1)} <= windows and not windows & {(-2, 0), (0, 2)}
    assert [one["horizon"] for one in group.evidence["moves"]] == [0, 1, 2]


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (StudyPlan(markets=("^K",)), "the event study: '^K' is no instrument of the universe"),
        (StudyPlan(estimation=1), "the event study: estimation"),
    ],
)
def test_a_plan_that_makes_no_study_is_refused(world: PreparedRun, plan: StudyPlan, words: str) -> None:
    families = [link_pairs(world.market.universe, world.news, "event_type")]
    with pytest.raises(ConfigError, match=re.escape(words)):
        study(world, None, families, plan, registry.EVIDENCE)
