"""What a new user gets wrong in a first project is said, with what to do, before or beside the numbers."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from newsbt.check import check
from newsbt.cli import main
from newsbt.config.loading import load
from newsbt.errors import DataError
from newsbt.pipeline import run
from projects import write_project

CONFIG = """
account: {cash: 1000000}
execution: {engine: compiled, market_rules: rules.yaml}
strategies: [{name: Follow, use: named_tickers, params: {sign: one}, position: {weight: 0.1, hold: 1}}]
baselines: []
evaluation: {placebo: 0, bootstrap: 0}
"""
RULES = """
exchanges:
  XTKS:
    name: Tokyo
    time_zone: Asia/Tokyo
    currency: JPY
    calendar: XTKS
    suffixes: [T]
    rules:
      hours: [{from: null, open: "09:00", HOURS close: "15:00"}]
      lot: [{from: null, step: 100}]
"""
LUNCH = 'lunch: ["11:30", "12:30"],'
DAYS = [f"2022-06-{day:02}" for day in range(6, 18) if day not in (11, 12)]


def project(folder: Path, *, ticker: str = "6301.T", hours: str = LUNCH, price: int = 500) -> Path:
    (folder / "rules.yaml").write_text(dedent(RULES).replace("HOURS", hours), encoding="utf-8")
    news = [f"e{day}, {DAYS[day]}T20:00+09:00, news, Komatsu, x, {ticker}" for day in range(3)]
    return write_project(
        folder,
        CONFIG,
        instruments="ticker, name, exchange, board, currency\n6301.T, Komatsu, XTKS, main, JPY",
        announcements="\n".join(["event_id, published_at, event_type, issuer, headline, tickers", *news]),
        prices="\n".join(
            ["ticker, date, open, high, low, close, volume"]
            + [f"6301.T, {day}, {price}, {price + k}, {price}, {price + k}, 100000" for k, day in enumerate(DAYS)]
        ),
    )


def test_nothing_is_doubted_where_nothing_is_wrong(tmp_path: Path) -> None:
    path = project(tmp_path)
    assert all("whole weeks" in one for one in check(load(path)).doubts)
    (row,) = run(load(path)).strategies
    assert len(row.fills) and not any("lot" in one for one in row.warnings)


def test_news_of_tickers_that_nobody_knows(tmp_path: Path) -> None:
    path = project(tmp_path, ticker="7777.T")
    report = check(load(path, ["announcements.0.on_bad_row=skip"]))
    assert report.drops["events"] == {"unknown_ticker": 3} and not report.counts["announcements"]
    assert [one for one in report.doubts if one.startswith("none of the")] == [
        "none of the 3 announcements is linked to an instrument (3 unknown ticker), so nothing can be traded on them: "
        "write their tickers as the table of instruments has them, or add the instruments there"
    ]


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (LUNCH, []),
        ("", ["09:00 to 15:00 at a stretch"]),
        ('lunch: ["12:00", "13:00"],', ["a break from 12:00 to 13:00"]),
    ],
)
def test_hours_that_the_calendar_does_not_have(tmp_path: Path, hours: str, said: list[str]) -> None:
    told = [one for one in check(load(project(tmp_path, hours=hours))).doubts if "`hours`" in one]
    assert len(told) == len(said)
    for one, stated in zip(told, said, strict=True):
        assert stated in one and "has 09:00 to 15:00 with a break from 11:30 to 12:30 in 10 of 10 sessions" in one
        assert "rules.yaml:10: XTKS" in one


def test_an_account_that_buys_no_lot(tmp_path: Path) -> None:
    """A tenth of a million buys no hundred shares at 12,000."""
    (row,) = run(load(project(tmp_path, price=12_000))).strategies
    assert row.fills.empty
    assert [one for one in row.warnings if "one lot" in one] == [
        "3 of 3 entries came to less than one lot: its share of the account does not pay for the smallest order; a "
        "larger `account.cash` or `position.weight` does, or `lot_size` is wrong"
    ]


def test_ready_names_the_command_that_was_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = project(tmp_path)
    assert main(["check", str(path), "--set", "strategies.0.name=Buy it", "--set", "account.cash=2e6"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert shown.endswith("--set 'strategies.0.name=Buy it' --set account.cash=2e6")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('benchmark: "^DAX"', "benchmark: '^DAX' is not an instrument"),
        (
            "period: {start: 2030-01-01}",
            "period: the period from 2030-01-01 has no prices: they go from 2022-06-06 to 2022-06-17",
        ),
        (
            "period: {start: 2022-06-11, end: 2022-06-12}",
            "period: no exchange with prices has a session from 2022-06-11 to 2022-06-12",
        ),
    ],
)
def test_what_the_data_shows_to_be_wrong_in_the_config_is_told_with_its_line(
    tmp_path: Path, line: str, said: str
) -> None:
    path = project(tmp_path)
    lines = [*path.read_text(encoding="utf-8").splitlines(), line]
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        run(load(path))
    assert str(caught.value) == f"{path}:{len(lines)}: {said}"
    assert check(load(path)).errors == caught.value.problems


def test_an_override_that_the_data_shows_to_be_wrong_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"^benchmark: 'X' is not an instrument \(override 'benchmark=X'\)$"):
        run(load(project(tmp_path), ["benchmark=X"]))
