"""What a run says of itself: bars a year by the calendar, and every kind of row that it left out."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from news_world import CONFIG, TABLES
from newsbt.check import check
from newsbt.config.loading import load
from newsbt.domain.references import MOST_NAMED
from newsbt.markets.calendars import sessions
from newsbt.markets.rulebook import load_rulebook
from newsbt.pipeline import run
from newsbt.steps.summarise import SHOWN, _read_as, _versions
from projects import write_project

AUTO = CONFIG.replace("periods_per_year: 250", "periods_per_year: auto")


def test_bars_a_year_are_the_mean_of_five_calendar_years(tmp_path: Path) -> None:
    listed = sessions("XSHG", date(2021, 1, 1), date(2025, 12, 31), load_rulebook())
    assert run(load(write_project(tmp_path, AUTO, **TABLES))).summary.periods_per_year == len(listed) / 5
    assert len(listed) / 5 == pytest.approx(243, abs=1)


def test_skipped_rates_and_prices_of_strangers_are_counted(tmp_path: Path) -> None:
    path = write_project(
        tmp_path,
        CONFIG.replace("currency: CNY", "currency: HKD"),
        **{**TABLES, "prices": TABLES["prices"] + "    Z.SH, 2025-03-05, 1, 1, 1, 1, 1\n"},
        fx="pair, date, rate\nCNYHKD, 2025-02-28, 1.1\nCNYHKD, 2025-03-03, none\nCNYHKD, 2025-02-28, 1.2",
    )
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("path: fx.csv", "path: fx.csv\n  on_bad_row: skip"), encoding="utf-8")
    drops = check(load(path)).drops
    assert drops["fx"] == {"bad_value": 1, "duplicate": 1}
    assert drops["prices of tickers that are no instruments"] == {"Z.SH": 1}


SAYS = {
    "market rules were not applied: no lots, price limits, T+1 or short rules": {"execution.market_rules=false"},
    "no costs and no slippage were charged": {"execution.costs.use=zero", "execution.slippage.use=zero"},
    "no announcements (`announcements: []`): only what trades on prices alone has orders": {"announcements=[]"},
}


@pytest.mark.parametrize(
    "changes",
    [
        set(),
        {"execution.costs.use=zero"},
        {"execution.slippage.use=zero"},
        {"execution.costs.use=zero", "execution.slippage.use=zero"},
        {"execution.market_rules=false"},
        {"announcements=[]"},
        set.union(*SAYS.values()),
    ],
    ids=lambda changes: " ".join(sorted(changes)),
)
def test_what_a_config_leaves_out_is_told_and_nothing_else(tmp_path: Path, changes: set[str]) -> None:
    """No costs is one thing, no slippage another: the sentence of both stands where both are missing."""
    path = write_project(tmp_path, CONFIG.replace("costs: {use: zero}, ", ""), **TABLES)
    found = check(load(path, sorted(changes))).notices
    assert [line for line in found if line in SAYS] == [line for line, needed in SAYS.items() if needed <= changes]


def test_events_span_from_the_first_published_to_the_last_in_utc(tmp_path: Path) -> None:
    """Of those that the run uses, not of the file: the one after the last prices is not among them."""
    text = """
        event_id, published_at, event_type, issuer, headline, sentiment, tickers
        late, 2025-03-06T09:00+08:00, news, Late, Late, 0.5, {ticker}
        early, 2025-03-02T23:30-05:00, news, Early, Early, 0.5, {ticker}
        between, 2025-03-05T09:00+08:00, news, Between, Between, 0.5, {ticker}
        """
    ticker = TABLES["instruments"].strip().splitlines()[1].split(",")[0].strip()
    path = write_project(tmp_path, CONFIG, **{**TABLES, "announcements": text.format(ticker=ticker)})
    report = check(load(path))
    assert report.spans["events"] == ["2025-03-03 04:30:00+00:00", "2025-03-05 01:00:00+00:00"]
    assert report.spans["rows"] == ["2025-03-03", "2025-03-05"]
    shorter = check(load(path, ["period.end=2025-03-04"]))
    assert shorter.spans["events"] == ["2025-03-03 04:30:00+00:00"] * 2
    assert check(load(path, ["announcements=[]"])).spans["events"] is None


def test_everything_that_was_read_is_counted_and_what_was_not_used_is_named(tmp_path: Path) -> None:
    """One announcement comes early, one names nobody; a relation leads nowhere; a rate is of no use: 2 and 3 links."""
    tables = {
        **TABLES,
        "announcements": """
            event_id, published_at, event_type, issuer, headline, sentiment, tickers
            early, 2025-02-01T08:00+08:00, news, Beta, Something, 0.5,
            named, 2025-03-03T08:00+08:00, news, Beta, Something, 0.5,
            nobody, 2025-03-03T08:00+08:00, news, Nobody, Something, 0.5,
            other, 2025-03-04T08:00+08:00, news, Alpha, Something, -0.5,
        """,
        "relations": """
            subject, relation, object, effect, from
            Alpha, rival_of, B.SH, -0.5, 2025-01-01
            Alpha, rival_of, Gamma, -0.5, 2025-01-01
        """,
    }
    config = CONFIG.replace("currency: CNY", "currency: HKD")
    fx = "pair, date, rate\nCNYHKD, 2025-02-28, 1.1\nEURUSD, 2025-02-28, 1.2\nHKDCNY, 2025-02-28, 0.9"
    path = write_project(tmp_path, config, **tables, fx=fx)
    found = run(load(path, ["period.start=2025-03-01"])).summary
    assert {**found.counts} == {
        "events": 4, "announcements": 4, "events_in_run": 3, "events_linked": 2, "links": 5, "price_rows": 5,
        "instruments": 3, "instruments_with_prices": 2, "relations": 2,
    }  # fmt: skip
    assert (found.rows, found.exchanges, found.tickers, found.tickers_with_prices) == (3, ("XSHG",), 3, 2)
    assert (str(found.first_date), str(found.last_date), found.currency) == ("2025-03-03", "2025-03-05", "HKD")
    assert found.drops["events"] == {"before_period": 1} and found.drops["fx"] == {"unused_pair": 1}
    assert sum(found.not_linked.values()) == 1
    named = {(one.source, one.reason, one.name): one.count for one in found.unused}
    assert named["fx", "unused_pair", "EURUSD"] == 1 and ("fx", "unused_pair", "HKDCNY") not in named
    assert [name for source, _, name in named if source == "relations"] == ["Gamma"]
    assert named["events", "unknown_issuer", "Nobody"] == 1


def test_a_story_that_was_told_again_is_named_with_the_first_of_its_items() -> None:
    many = tuple(f"m{k}" for k in range(SHOWN + 1))
    found = _versions({"two": ("b", "c"), "many": many, "five": many[:SHOWN], "also two": ("x", "y")})
    assert [(one.name, one.count, one.example) for one in found] == [
        ("many", 6, "m0"), ("five", 5, "m0"), ("also two", 2, "x"), ("two", 2, "b"),
    ]  # fmt: skip
    assert [one.message for one in found] == [
        "told again by m0, m1, m2, m3, m4 and others", "told again by m0, m1, m2, m3, m4", "told again by x, y",
        "told again by b, c",
    ]  # fmt: skip
    assert {(one.source, one.reason) for one in found} == {("events", "same_story")}
    assert len(_versions({f"s{k}": ("a", "b") for k in range(MOST_NAMED + 3)})) == MOST_NAMED


def test_files_that_were_read_alike_share_a_line() -> None:
    readings = [
        ("d/a.csv", ("UTF-8",)),
        ("d/b.csv", ("GBK", "euros")),
        ("d/c.csv", ("UTF-8",)),
        ("e/d.csv", ("UTF-8",)),
    ]
    assert _read_as(readings) == ("a.csv and 2 more: UTF-8", "b.csv: GBK, euros")
    assert _read_as(readings[:3]) == ("a.csv and 1 more: UTF-8", "b.csv: GBK, euros")
