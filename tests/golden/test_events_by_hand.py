"""events.parquet by hand (R4): a row for every announcement that was read, whatever became of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from projects import rows, run_project

pytestmark = pytest.mark.rule("R4")

ROWS = ("event_id", "ticker", "weight", "known_at", "first_tradable_at", "signal", "refused_reason")
CONFIG = """
account: {{cash: 100000, currency: HKD}}
execution: {{latency: 0, costs: {{use: zero}}, slippage: {{use: zero}}, engine: {engine}}}
evaluation: {{periods_per_year: 250, placebo: 0, bootstrap: 0}}
strategies:
  - {{name: Events, use: {use}}}
  - {{name: Grid, use: sentiment_decay, params: {{sign: one}}, position: {{mode: target}}}}
baselines: [buy_and_hold]
"""
TABLES = {
    "instruments": """
        ticker, name,   exchange, board, currency, aliases, sector_index, themes, listed_on,  lot_size
        A.HK,   Alpha,  XHKG,     main,  HKD,      ,        I.HK,         ai,     ,           100
        B.HK,   Beta,   XHKG,     main,  HKD,      Twin,    ,             ai,     ,           100
        C.HK,   Gamma,  XHKG,     main,  HKD,      Twin,    ,             ,       ,           100
        D.HK,   Delta,  XHKG,     main,  HKD,      ,        ,             ,       2025-04-01, 100
        I.HK,   Index,  XHKG,     index, HKD,      ,        ,             ,       ,
        """,
    "relations": """
        subject, relation, object, effect, from
        Lab,     peer_of,  C.HK,   -0.5,   2025-03-05
        """,
    "announcements": """
        event_id, published_at,           event_type,    issuer, headline
        a-early,  2025-02-28T08:00+08:00, model_release, Alpha,  h
        b-traded, 2025-03-04T08:00+08:00, model_release, Alpha,  h
        c-twin,   2025-03-04T08:00+08:00, model_release, Twin,   h
        d-who,    2025-03-04T08:00+08:00, model_release, Nobody, h
        e-unborn, 2025-03-04T08:00+08:00, model_release, Delta,  h
        f-lab,    2025-03-04T08:00+08:00, model_release, Lab,    h
        g-lab,    2025-03-05T08:00+08:00, model_release, Lab,    h
        h-late,   2025-03-05T12:00+08:00, model_release, Alpha,  h
        i-lost,   2025-03-05T12:00+08:00, model_release, Nobody, h
        """,
    "prices": "ticker, date, open, high, low, close, volume\n"
    + "\n".join(f"{ticker}.HK, 2025-03-{day:02d}, 10, 10, 10, 10, 1e6" for ticker in "ABC" for day in (3, 4, 5)),
}
LINKED = [
    # Known on the Friday before the first row: dropped, a row for each link all the same.
    ("a-early", "A.HK", 1.0, "2025-02-28T00:00Z", None, 0.0, "before_period"),
    ("a-early", "I.HK", 1.0, "2025-02-28T00:00Z", None, 0.0, "before_period"),
    ("b-traded", "A.HK", 1.0, "2025-03-04T00:00Z", "2025-03-04T01:30Z", 1.0, None),
    ("b-traded", "I.HK", 1.0, "2025-03-04T00:00Z", "2025-03-04T01:30Z", 0.0, None),
    ("c-twin", None, None, "2025-03-04T00:00Z", None, 0.0, "ambiguous_issuer"),
    ("d-who", None, None, "2025-03-04T00:00Z", None, 0.0, "unknown_issuer"),
    ("e-unborn", None, None, "2025-03-04T00:00Z", None, 0.0, "not_listed"),
    # The relation is known from the 5th on.
    ("f-lab", None, None, "2025-03-04T00:00Z", None, 0.0, "unlisted_issuer"),
    ("g-lab", "C.HK", -0.5, "2025-03-05T00:00Z", "2025-03-05T01:30Z", 0.0, None),
    ("h-late", "A.HK", 1.0, "2025-03-05T04:00Z", None, 0.0, "after_period"),
    ("h-late", "I.HK", 1.0, "2025-03-05T04:00Z", None, 0.0, "after_period"),
    # Neither linked nor in the period: what it is not linked for is said.
    ("i-lost", None, None, "2025-03-05T04:00Z", None, 0.0, "unknown_issuer"),
]


@pytest.mark.parametrize("engine", ["backtrader", "compiled"])
def test_every_announcement_has_a_row(tmp_path: Path, engine: str) -> None:
    """Nine announcements, three rows of prices (3, 4, 5 March): two before and after them, two traded or linked, five
    linked to nothing for four reasons. The baseline trades no event and has no row."""
    result = run_project(tmp_path, CONFIG.format(engine=engine, use="issuer_drift, params: {sign: one}"), **TABLES)
    assert rows(result["Events"].events, *ROWS) == LINKED
    grid = rows(result["Grid"].events, *ROWS)
    assert [row[:5] + row[6:] for row in grid] == [row[:5] + row[6:] for row in LINKED]
    assert len(result["buy_and_hold"].events) == 0
    assert result.summary.not_linked == {
        "ambiguous_issuer": 1, "unknown_issuer": 2, "not_listed": 1, "unlisted_issuer": 1,
    }  # fmt: skip
    assert result.summary.counts["announcements"] == 9
    assert result.summary.drops["events"] == {"before_period": 1, "after_period": 2}


@pytest.mark.parametrize("engine", ["backtrader", "compiled"])
def test_what_a_strategy_reaches_by_its_themes_is_linked_for_it(tmp_path: Path, engine: str) -> None:
    """Rivals are named by no row, and Lab is no rival: nothing is bought. With rivals named the members A.HK and B.HK
    are, on the events of the 4th and the 5th alike, also where the issuer is nobody's; a pair that no link made has no
    weight. The dropped ones nobody asked about."""
    silent = run_project(tmp_path, CONFIG.format(engine=engine, use="rival_release, params: {themes: [ai]}"), **TABLES)[
        "Events"
    ].events
    assert rows(silent[silent["ticker"].isna()], "event_id") == rows(
        silent[silent["event_id"].isin(["c-twin", "d-who", "e-unborn", "f-lab", "i-lost"])], "event_id"
    )
    lines = TABLES["announcements"].strip().splitlines()
    named = "\n".join([f"{lines[0]}, rivals", *(f"{line}, o1" for line in lines[1:])])
    found = run_project(
        tmp_path,
        CONFIG.format(engine=engine, use="rival_release, params: {themes: [ai]}"),
        **{**TABLES, "announcements": named},
    )["Events"].events
    inside = found[found["event_id"].isin(["c-twin", "d-who", "e-unborn", "f-lab"])]
    assert rows(inside, "ticker", "weight", "signal") == [("A.HK", None, 1.0), ("B.HK", None, 1.0)] * 4
    assert rows(found[found["ticker"].isna()], "event_id", "refused_reason") == [("i-lost", "unknown_issuer")]


def test_a_backtrader_strategy_has_the_same_rows(tmp_path: Path) -> None:
    """It sends nothing: links and drops are those of the others, and no signal."""
    (tmp_path / "mine.py").write_text(
        "import newsbt\n\n\nclass Silent(newsbt.BacktraderStrategy):\n    pass\n", encoding="utf-8"
    )
    found = run_project(tmp_path, CONFIG.format(engine="backtrader", use="mine.py:Silent"), **TABLES)["Events"].events
    expected = [(*row[:5], 0.0, row[6]) for row in LINKED]
    assert rows(found, *ROWS) == expected


def test_an_event_that_is_linked_too_far_away_says_so(tmp_path: Path) -> None:
    """Far is a peer of Lab and Lab of C.HK: two relations, which one strategy looks at and the other does not."""
    tables = {
        **TABLES,
        "relations": """
        subject, relation, object, effect, from
        Lab,     peer_of,  C.HK,   -0.5,   2025-01-01
        Far,     peer_of,  Lab,    1.0,    2025-01-01
        """,
        "announcements": """
        event_id, published_at,           event_type,    issuer, headline
        far,      2025-03-04T08:00+08:00, model_release, Far,    h
        """,
    }
    config = CONFIG.format(engine="compiled", use="spillover, params: {hops: 2, sign: one}")
    result = run_project(tmp_path, config, **tables)
    assert rows(result["Events"].events, "event_id", "ticker", "weight", "refused_reason") == [
        ("far", "C.HK", -0.5, "no_short")
    ]
    assert rows(result["Grid"].events, "event_id", "ticker", "weight", "refused_reason") == [
        ("far", None, None, "no_link")
    ]
    assert result.summary.not_linked == {}


@pytest.mark.rule("T5")
@pytest.mark.parametrize("engine", ["backtrader", "compiled"])
def test_a_link_that_alone_lies_outside_says_so(tmp_path: Path, engine: str) -> None:
    """Known at noon in Hong Kong of the last row: its next session would be the 6th, New York opens at 14:30 UTC. The
    event is in the run (T5), one of its two links is not; nobody signals either, for no rival is named."""
    result = run_project(
        tmp_path,
        CONFIG.format(engine=engine, use="rival_release") + "fx: {use: fixed, rates: {USDHKD: 7.8}}\n",
        instruments="""
        ticker, name,   exchange, board, currency, lot_size
        1.HK,   Harbor, XHKG,     main,  HKD,      100
        HBR,    Harbor, XNYS,     adr,   USD,      1
        """,
        announcements="""
        event_id, published_at,         event_type,    issuer, headline
        e,        2025-03-05T04:00Z,    model_release, Harbor, h
        """,
        prices="ticker, date, open, high, low, close, volume\n"
        + "\n".join(f"{one}, 2025-03-{day:02d}, 10, 10, 10, 10, 1e6" for one in ("1.HK", "HBR") for day in (3, 4, 5)),
    )
    for name, signal in (("Events", 0.0), ("Grid", 1.0)):
        assert rows(result[name].events, *ROWS) == [
            ("e", "1.HK", 1.0, "2025-03-05T04:00Z", None, 0.0, "after_period"),
            ("e", "HBR", 1.0, "2025-03-05T04:00Z", "2025-03-05T14:30Z", signal, None),
        ]
    assert result.summary.not_linked == {}
