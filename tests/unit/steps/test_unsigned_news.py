"""What is not traded for want of a sign is counted, and said in a sentence, by `check` and by a run alike."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from newsbt.assembly import assemble
from newsbt.check import check
from newsbt.config.loading import load
from newsbt.explain.explain import explain
from newsbt.explain.explained_item import text_item
from newsbt.linking.universe_tables import read_universe
from newsbt.reports.check_text import check_view
from projects import run_project, write_project

pytestmark = pytest.mark.rule("S3")

CONFIG = """
account: {cash: 100000, currency: HKD}
baselines: []
evaluation: {placebo: 0, bootstrap: 0}
strategies:
"""
TABLES = {
    "instruments": """
        ticker, name,   exchange, board, currency, lot_size
        A.HK,   Alpha,  XHKG,     main,  HKD,      100
        B.HK,   Beta,   XHKG,     main,  HKD,      100
        """,
    "relations": """
        subject, relation, object, effect, from
        Alpha,   peer_of,  B.HK,   ,       2025-01-01
        """,
    "announcements": """
        event_id, published_at,           event_type,    issuer, headline, sentiment
        a,        2025-03-04T08:00+08:00, model_release, Alpha,  h,        0.5
        b,        2025-03-04T08:01+08:00, policy,        Alpha,  h,
        c,        2025-03-04T08:02+08:00, model_release, Beta,   h,
        """,
    "prices": "ticker, date, open, high, low, close, volume\n"
    + "\n".join(f"{ticker}.HK, 2025-03-{day:02d}, 10, 10, 10, 10, 1e6" for ticker in "AB" for day in (3, 4, 5)),
}


def checked(folder: Path, *strategies: str) -> Any:
    path = write_project(folder, CONFIG + "\n".join(f"  - {{{one}}}" for one in strategies), **TABLES)
    return check(load(path))


def test_a_config_of_version_0_1_0_is_told_in_one_line(tmp_path: Path) -> None:
    report = checked(tmp_path, "name: Mine, use: issuer_drift", "name: Yours, use: sector_index")
    assert report.without_sign == {"Mine": 2, "Yours": 2}
    assert report.notices == (
        "Mine, Yours: 2 of 3 events have no sentiment and are not traded (version 0.1.0 took blank for good news); "
        "`params: {sign: type}` trades them by their type, `sign: one` as good news",
        "Yours: none of its 3 events has a link that it trades (sector_index): no trade",
    )
    shown = StringIO()
    Console(width=200, file=shown).print(check_view(report))
    assert "2 (Mine, Yours)" in shown.getvalue()


def test_what_the_config_says_itself_is_said_shortly_and_what_needs_no_sign_not_at_all(tmp_path: Path) -> None:
    report = checked(
        tmp_path, "name: Type, use: issuer_drift, params: {sign: type}",
        "name: One, use: issuer_drift, params: {sign: one}",
        "name: Few, use: named_tickers, params: {event_types: [policy], sign: sentiment}", "name: Fade, use: fade",
        "name: Rival, use: rival_release",
    )  # fmt: skip
    assert report.without_sign == {"Type": 1, "One": 0, "Few": 1, "Rival": 0}
    assert report.notices == (
        "Type: 1 of 3 events have a type without a default sign and are not traded (`sign: type`)",
        "Few: 1 of 1 events have no sentiment and are not traded (`sign: sentiment`)",
        "Few: none of its 1 events has a link that it trades (named): no trade",
    )


def test_relations_without_an_effect_are_told_where_they_are_followed(tmp_path: Path) -> None:
    report = checked(
        tmp_path,
        "name: Far, use: spillover, params: {sign: one}",
        "name: Drift, use: issuer_drift, params: {sign: one}",
    )
    (notice,) = report.notices
    assert notice.startswith("Far: 2 links lead over a relation without an effect and are not traded")


def test_relations_with_an_effect_are_not_counted_among_them(tmp_path: Path) -> None:
    relations = TABLES["relations"] + "        Beta, peer_of, A.HK, 1, 2025-01-01\n"
    path = write_project(
        tmp_path, CONFIG + "  - {name: Far, use: spillover, params: {sign: one}}", **{**TABLES, "relations": relations}
    )
    (notice,) = check(load(path)).notices
    assert notice.startswith("Far: 2 links lead over a relation without an effect")


def test_relations_that_only_another_strategy_follows_are_not_counted(tmp_path: Path) -> None:
    tables = {
        **TABLES,
        "instruments": TABLES["instruments"] + "        C.HK, Gamma, XHKG, main, HKD, 100\n",
        "relations": TABLES["relations"] + "        Beta, peer_of, C.HK, , 2025-01-01\n",
    }
    far = "  - {name: Far, use: spillover, params: {sign: one}}\n"
    farther = "  - {name: Farther, use: spillover, params: {sign: one, hops: 2}}\n"
    notices = check(load(write_project(tmp_path, CONFIG + far + farther, **tables))).notices
    assert [one.partition(" over ")[0] for one in notices if "relation without" in one] == [
        "Far: 3 links lead", "Farther: 5 links lead",
    ]  # fmt: skip


def test_a_strategy_that_can_trade_none_of_the_events_is_told_why(tmp_path: Path) -> None:
    report = checked(
        tmp_path,
        "name: Named, use: named_tickers, params: {sign: one}",
        "name: Index, use: sector_index, params: {sign: one, event_types: [policy]}",
        "name: Other, use: fade, params: {event_types: [merger, buyback]}",
        "name: Drift, use: issuer_drift, params: {sign: one}",
    )
    assert report.notices == (
        "Named: none of its 3 events has a link that it trades (named): no trade",
        "Index: none of its 1 events has a link that it trades (sector_index): no trade",
        "Other: none of 3 events is of its types (merger, buyback): no trade",
    )


def test_parts_of_the_types_of_a_strategy_are_counted_with_them(tmp_path: Path) -> None:
    announcements = """
        event_id, published_at,           event_type,    issuer, headline
        a,        2025-03-04T08:00+08:00, earnings_beat, Alpha,  h
        """
    config = CONFIG + "  - {name: Mine, use: issuer_drift, params: {event_types: [earnings_guidance]}}"
    loaded = load(write_project(tmp_path, config, **{**TABLES, "announcements": announcements}))
    assert check(loaded).without_sign == {"Mine": 1}
    item = {
        "published_at": "2025-03-04T08:05+08:00", "event_type": "earnings_beat", "issuer": "Alpha", "headline": "Up",
    }  # fmt: skip
    found = explain(assemble(loaded), text_item(json.dumps(item), read_universe(tmp_path / "instruments.csv")))
    assert [one.reason for one in found.signals] == ["no signal: its sentiment is not known (sign: sentiment)"]


def test_a_run_counts_them_too(tmp_path: Path) -> None:
    result = run_project(tmp_path, CONFIG + "  - {name: Mine, use: issuer_drift}", **TABLES)
    assert result.summary.without_sign == {"Mine": 2}
    assert "2 of 3 events have no sentiment" in result.summary.notices[0]
    assert result["Mine"].events.query("signal != 0")["event_id"].tolist() == ["a"]


def test_types_of_the_config_s_own_have_their_signs(tmp_path: Path) -> None:
    (tmp_path / "types.yaml").write_text(
        "policy: {verbs: {en: [ban]}, sign: -1}\nmodel_release: {sign: none}\n", encoding="utf-8"
    )
    config = CONFIG + "  - {name: Mine, use: issuer_drift, params: {sign: type}}\nextraction: {types: types.yaml}"
    result = run_project(tmp_path, config, **TABLES)
    assert result["Mine"].events.query("signal != 0")[["event_id", "signal"]].values.tolist() == [["b", -1.0]]


def test_explain_says_that_a_sign_is_missing(tmp_path: Path) -> None:
    loaded = load(write_project(tmp_path, CONFIG + "  - {name: Mine, use: issuer_drift}", **TABLES))
    item = {
        "published_at": "2025-03-04T08:05+08:00",
        "event_type": "policy",
        "issuer": "Alpha",
        "headline": "New rules",
    }
    found = explain(assemble(loaded), text_item(json.dumps(item), read_universe(tmp_path / "instruments.csv")))
    assert [one.reason for one in found.signals] == ["no signal: its sentiment is not known (sign: sentiment)"]
    assert [link["weight"] for link in found.as_dict()["links"]] == [1.0, None]  # JSON has no NaN
