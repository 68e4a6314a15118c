"""The doubt that announcements stamped at midnight are days: when it is raised, and when chance will do."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from newsbt.cli import main
from newsbt.domain.announcement import Announcement
from newsbt.events.midnights import midnight_doubt
from projects import write_project

ZONES = ("Asia/Hong_Kong", "Asia/Shanghai", "America/New_York")
QUESTION = "is that a day (time_precision: day)?"


def items(*times: str, precision: str = "minute", received: str | None = None) -> list[Announcement]:
    return [
        Announcement(
            event_id=f"e{k}", published_at=datetime.fromisoformat(at), event_type="news", issuer="A",
            time_precision=precision, received_at=None if received is None else datetime.fromisoformat(received),
        )
        for k, at in enumerate(times)
    ]  # fmt: skip


def days(count: int, time: str, start: str = "2025-03-03") -> list[str]:
    first = datetime.fromisoformat(start)
    return [f"{(first + timedelta(days=k)).date()}T{time}" for k in range(count)]


@pytest.mark.parametrize(
    ("times", "message"),
    [
        (days(18, "00:00:00Z"), "18 of 18 events stand at 00:00 UTC: "),
        (days(3, "00:00+00:00"), "3 of 3 events stand at 00:00 UTC: "),
        (days(9, "00:00+08:00"), "9 of 9 events stand at 00:00 +0800: "),
        (days(9, "00:00:03+08:00"), "9 of 9 events stand at 00:00 +0800: "),  # to the minute they are midnights
        ([*days(5, "00:00-05:00"), *days(5, "00:00-04:00")], "10 of 10 events stand at 00:00 at their own offsets: "),
        (days(9, "08:00+08:00"), "9 of 9 events stand at 00:00 UTC: "),  # converted, as a table's column is
        (days(9, "16:00Z"), "9 of 9 events stand at 00:00 in Asia/Hong_Kong, written in UTC: "),
        # Midnight of New York is 05:00 UTC until 2025-03-08 and 04:00 from the 10th on.
        ([*days(5, "05:00Z"), *days(5, "04:00Z", "2025-03-10")], "10 of 10 events stand at 00:00 in America/New_York"),
        # Seven of twenty: 77,520 / 24^7 x (23/24)^13, about 1 in 100,000.
        ([*days(7, "00:00Z"), *[f"2025-04-01T{k + 8:02}:17Z" for k in range(13)]], "7 of 20 events stand at 00:00 UTC"),
    ],
)
def test_midnights_that_are_no_chance(times: Sequence[str], message: str) -> None:
    found = midnight_doubt(items(*times), ZONES)
    assert found.startswith(message) and QUESTION in found
    assert midnight_doubt(items(*times, precision="hour"), ZONES) == found


@pytest.mark.parametrize(
    "times",
    [
        [],
        days(2, "00:00Z"),  # 1 in 576
        days(18, "08:00Z"),
        days(18, "09:00-04:00"),  # 13:00 UTC
        [f"2025-03-{3 + k % 20:02}T{k % 24:02}:00Z" for k in range(240)],  # every hour alike, midnights among them
        [f"2025-03-03T{k % 24:02}:{k % 60:02}Z" for k in range(1440)],
        # A release at nine in San Francisco is a midnight in Hong Kong; the time is stated where it was written.
        days(18, "09:00-07:00"),
        # Behind UTC, a share below half may be somebody's working day.
        [*days(6, "16:00Z"), *days(3, "17:00Z"), *[f"2025-04-01T{k + 8:02}:17Z" for k in range(7)]],
        [*days(6, "00:00Z"), *days(4, "13:00Z"), *days(4, "14:00Z")],  # full hours of which midnight is not twice one
    ],
)
def test_times_that_may_be_times(times: Sequence[str]) -> None:
    assert midnight_doubt(items(*times), ZONES) == ""


def test_days_and_what_was_received_later_do_not_count() -> None:
    day = items(*days(18, "00:00Z"), precision="day")
    assert midnight_doubt(day, ZONES) == ""
    assert midnight_doubt(items(*days(5, "00:00Z"), received="2025-03-20T10:00Z"), ZONES) == ""
    mixed = midnight_doubt([*day, *items(*days(4, "00:00Z"))], ZONES)
    assert mixed.startswith("4 of 4 events stated to the minute or hour stand at 00:00 UTC")


CONFIG = """
account: {cash: 100000, currency: USD}
strategies: [{name: S, use: named_tickers, params: {sign: one}}]
baselines: []
evaluation: {placebo: 0, bootstrap: 0}
"""


@pytest.mark.parametrize("command", [["run"], ["check"], ["events", "check"], ["audit", "--cuts", "2"]])
def test_one_doubt_in_every_command(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    prices = "".join(f"AAA,2025-03-{day:02},10,10,10,{10 + day / 100},1000\n" for day in (3, 4, 5, 6, 7, 10, 11))
    path = write_project(
        tmp_path, CONFIG,
        instruments="ticker,name,exchange,board,currency\nAAA,A1,XNYS,main,USD",
        announcements="event_id,published_at,event_type,issuer,headline,tickers\n"
        + "\n".join(f"e{k},2025-03-{4 + k:02}T00:00Z,news,A1,x,AAA" for k in range(4)),
        prices="ticker,date,open,high,low,close,volume\n" + prices.replace(",10,10,10,", ",10,11,10,"),
    )  # fmt: skip
    own = ["--runs", str(tmp_path / "runs")] if command == ["run"] else []
    assert main([*command, str(path), *own]) == 0
    message = "".join(capsys.readouterr())
    assert message.count("4 of 4 events stand at 00:00 UTC: is that a day (time_precision: day)?") == 1
    if command != ["run"]:
        main([*command, str(path), "--json"])
        assert "4 of 4 events stand at 00:00 UTC" in json.dumps(json.loads(capsys.readouterr().out))
