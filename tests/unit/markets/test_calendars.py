"""T2, T3: sessions of each exchange, and what the rulebook corrects in exchange_calendars."""

from __future__ import annotations

import warnings
from datetime import date
from pathlib import Path

import exchange_calendars
import numpy as np
import pytest

from newsbt.errors import ConfigError, DataError
from newsbt.markets import calendars
from newsbt.markets.calendars import Sessions, horizon, sessions
from newsbt.markets.rulebook import Rulebook, load_rulebook

pytestmark = pytest.mark.rule("T2", "T3")


def _row(item: Sessions, day: str) -> dict[str, str]:
    k = int(np.flatnonzero(item.dates == np.datetime64(day))[0])
    names = ("open_at", "close_at", "cutoff_at", "lunch_start_at", "lunch_end_at")
    return {name: str(getattr(item, name)[k])[:16] for name in names}


@pytest.mark.parametrize(
    ("mic", "day", "expected"),
    [
        ("XHKG", "2025-03-06", "01:30 08:00 01:15 04:00 05:00"),
        ("XSHG", "2025-03-06", "01:30 07:00 01:20 03:30 05:00"),
        ("XSHE", "2025-03-06", "01:30 07:00 01:20 03:30 05:00"),
        ("BJSE", "2025-03-06", "01:30 07:00 01:20 03:30 05:00"),
        ("XNYS", "2025-03-07", "14:30 21:00 14:25 NaT NaT"),  # winter time
        ("XNAS", "2025-03-10", "13:30 20:00 13:25 NaT NaT"),  # summer time
        ("ARCX", "2024-11-29", "14:30 18:00 14:25 NaT NaT"),  # half day
        ("XHKG", "2025-01-28", "01:30 04:00 01:15 NaT NaT"),  # half day: no lunch, it ends there
        ("XHKG", "2023-10-09", "06:00 08:00 06:00 NaT NaT"),  # late: the opening is its own cut-off
        ("XHKG", "2022-08-25", "05:00 08:00 05:00 NaT NaT"),
        ("XHKG", "2010-03-05", "02:00 08:00 02:00 04:00 05:00"),  # opened at 10:00 in those years
        ("XHKG", "2022-11-02", "01:30 05:55 01:15 04:00 05:00"),  # early end
    ],
)
def test_instants_of_a_session(rulebook: Rulebook, mic: str, day: str, expected: str) -> None:
    on = date.fromisoformat(day)
    row = _row(sessions(mic, on, on, rulebook), day)
    assert " ".join(value if value == "NaT" else value[11:] for value in row.values()) == expected
    assert row["open_at"].startswith(day)


def test_typhoon_days_are_closed(rulebook: Rulebook) -> None:
    market = rulebook.exchange("XHKG")
    closed = [item.on for item in market.corrections.values() if item.closed]
    assert len(closed) == 9
    listed = set(sessions("XHKG", date(2016, 1, 1), date(2024, 12, 31), rulebook).dates.tolist())
    assert not listed & set(closed)
    assert {date(2024, 11, 14)} <= listed  # the market trades through storms since 2024-09-23


def test_corrections_are_still_what_the_calendar_package_lacks(rulebook: Rulebook) -> None:
    """Fails when a release of exchange_calendars changes its mind about a day that the rulebook corrects."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        packaged = exchange_calendars.get_calendar("XHKG", start="2016-01-01", end="2024-12-31")
    opens, closes = packaged.opens.dt.tz_convert("Asia/Hong_Kong"), packaged.closes.dt.tz_convert("Asia/Hong_Kong")
    needed = set()
    for item in rulebook.exchange("XHKG").corrections.values():
        day = item.on.isoformat()
        listed = packaged.is_session(day)
        if item.closed:
            agrees = not listed
        else:
            assert listed, f"exchange_calendars closes {day}, which the rulebook says opened late or ended early"
            agrees = (item.open is None or opens[day].time() == item.open) and (
                item.close is None or closes[day].time() == item.close
            )
        if not agrees:
            needed.add(day)
    assert needed == {
        "2023-09-01", "2023-09-08",  # closed by typhoons
        "2020-08-19", "2021-06-28", "2022-08-25", "2023-10-09",  # late openings
        "2022-11-02",  # early end
    }, "exchange_calendars has changed: check these days against the rulebook, then change this list"  # fmt: skip


def test_holidays_differ(rulebook: Rulebook) -> None:
    week = (date(2025, 9, 30), date(2025, 10, 9))
    days = {mic: [str(day)[5:] for day in sessions(mic, *week, rulebook).dates] for mic in ("XHKG", "XSHG")}
    assert days["XHKG"] == ["09-30", "10-02", "10-03", "10-06", "10-08", "10-09"]
    assert days["XSHG"] == ["09-30", "10-09"]


def test_unknown_mic(rulebook: Rulebook) -> None:
    with pytest.raises(DataError, match="expected one of XHKG, XSHG"):
        sessions("NYSE", date(2025, 1, 1), date(2025, 1, 31), rulebook)


def test_spans_beyond_what_a_calendar_knows_are_cut(rulebook: Rulebook) -> None:
    last = horizon("XSHE", rulebook)
    assert last is not None
    assert last >= date(2026, 12, 31)
    item = sessions("XSHE", date(last.year, 12, 1), date(last.year + 9, 12, 31), rulebook)
    assert 0 < len(item) < 30
    assert not len(sessions("XSHE", date(last.year + 2, 1, 1), date(last.year + 3, 1, 1), rulebook))
    assert not len(sessions("XSHE", date(1970, 1, 1), date(1970, 12, 31), rulebook))
    assert horizon("XNAS", rulebook) is None


def test_a_span_without_sessions_is_empty(rulebook: Rulebook) -> None:
    item = sessions("XSHG", date(2025, 10, 1), date(2025, 10, 8), rulebook)
    assert (len(item), item.open_at.dtype, item.dates.dtype) == (0, np.dtype("M8[ns]"), np.dtype("M8[D]"))
    assert item.containing(np.array(["2025-10-02T02:00"], "M8[ns]")).tolist() == [-1]


def test_spans_over_decades_join_without_a_seam(rulebook: Rulebook) -> None:
    whole = sessions("XNYS", date(2019, 12, 1), date(2020, 1, 31), rulebook).dates
    assert (np.diff(whole) > np.timedelta64(0, "D")).all()
    assert len(whole) == 21 + 21


def test_arrays_are_read_only_and_cached(rulebook: Rulebook) -> None:
    item = sessions("XHKG", date(2025, 1, 1), date(2025, 1, 31), rulebook)
    assert not item.open_at.flags.writeable
    assert sessions("XHKG", date(2025, 1, 1), date(2025, 1, 31), rulebook) is item


def test_containing_leaves_out_lunch_and_the_close(rulebook: Rulebook) -> None:
    item = sessions("XSHG", date(2025, 3, 5), date(2025, 3, 6), rulebook)
    at = np.array([f"2025-03-06T{clock}" for clock in ("01:29", "01:30", "03:30", "05:00", "06:59", "07:00")], "M8[ns]")
    assert item.containing(at).tolist() == [-1, 1, -1, 1, 1, -1]


def test_a_user_s_correction_closes_opens_and_undoes(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(
        """
exchanges:
  XHKG:
    corrections:
      - {date: 2025-03-06, closed: true}
      - {date: 2023-09-01, closed: false}
      - {date: 2025-03-08, closed: false}
      - {date: 2025-03-10, close: "12:00"}
      - {date: 2025-03-15, close: "12:00"}
      - {date: 2025-03-16, open: "10:30"}
      - {date: 2025-04-01, closed: true}
  XSHG:
    corrections: [{date: 2025-03-06, open: "10:30"}]
""",
        encoding="utf-8",
    )
    book = load_rulebook(path)
    march = sessions("XHKG", date(2025, 3, 1), date(2025, 3, 31), book)
    days = set(march.dates.tolist())
    assert date(2025, 3, 6) not in days
    assert not {date(2025, 3, 15), date(2025, 3, 16)} & days, "other hours open no day that is closed"
    assert _row(march, "2025-03-08")["cutoff_at"] == "2025-03-08T01:15"  # a Saturday, by the rulebook's hours
    noon = _row(march, "2025-03-10")
    assert (noon["close_at"], noon["lunch_start_at"], noon["lunch_end_at"]) == ("2025-03-10T04:00", "NaT", "NaT")
    assert date(2023, 9, 1) in set(sessions("XHKG", date(2023, 9, 1), date(2023, 9, 1), book).dates.tolist())
    late = _row(sessions("XSHE", date(2025, 3, 6), date(2025, 3, 6), book), "2025-03-06")
    assert late["open_at"] == late["cutoff_at"] == "2025-03-06T02:30"


def test_a_calendar_that_the_package_does_not_have(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text("exchanges: {XHKG: {calendar: XHK}}", encoding="utf-8")
    with pytest.raises(ConfigError, match="did you mean 'XHKG'"):
        sessions("XHKG", date(2025, 1, 1), date(2025, 1, 31), load_rulebook(path))


@pytest.mark.parametrize("raised", [ValueError("Special dates\nare not sessions."), NotImplementedError("nobody's")])
def test_a_calendar_that_the_package_cannot_make(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, raised: Exception
) -> None:
    """XTAE, XBSE and others of exchange_calendars 4.13."""

    def get_calendar(*_args: object, **_options: object) -> object:
        raise raised

    monkeypatch.setattr("exchange_calendars.get_calendar", get_calendar)
    path = tmp_path / "rules.yaml"
    path.write_text("exchanges: {XHKG: {calendar: XBRU}}", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"cannot make its calendar 'XBRU' \(.*Error: [^\n]*\); name another") as told:
        sessions("XHKG", date(1905, 1, 2), date(1905, 1, 31), load_rulebook(path))
    assert [one.code for one in told.value.problems] == ["unsupported"]


def test_a_calendar_that_was_built_is_not_built_again(rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch) -> None:
    for mic in ("XHKG", "XSHG", "XNYS"):
        sessions(mic, date(2023, 1, 1), date(2025, 7, 29), rulebook)
    monkeypatch.setattr("exchange_calendars.get_calendar", None)  # it cannot be called
    for mic in ("XHKG", "XSHG", "XNYS"):
        assert len(sessions(mic, date(2023, 1, 1), date(2025, 7, 30), rulebook)) > 600


def test_what_is_kept_of_a_calendar_is_what_it_makes(
    rulebook: Rulebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    span = (date(2018, 6, 1), date(2023, 6, 30))  # two decades
    found = []
    for folder in ("", str(tmp_path), str(tmp_path)):
        monkeypatch.setenv("NEWSBT_CACHE", folder)
        for function in (calendars.sessions, calendars._decade, calendars._bounds, calendars._calendar):
            function.cache_clear()
        found.append([calendars.sessions(mic, *span, rulebook) for mic in ("XHKG", "XNYS", "XSHG")])
    assert len(list((tmp_path / "calendars").iterdir())) == 3 * 3  # two decades and the bounds of each
    for one, other in zip(found[0], found[2], strict=True):
        for name in ("dates", "open_at", "close_at", "cutoff_at", "lunch_start_at", "lunch_end_at"):
            first, second = getattr(one, name), getattr(other, name)
            assert (first.dtype, first.tobytes()) == (second.dtype, second.tobytes())


def test_a_zones_digest_is_that_of_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "Asia").mkdir()
    (tmp_path / "Asia" / "Hong_Kong").write_bytes(b"other rules")
    calendars.zone_digest.cache_clear()
    mine = calendars.zone_digest("Asia/Hong_Kong")
    monkeypatch.setattr("zoneinfo.TZPATH", (str(tmp_path),))
    calendars.zone_digest.cache_clear()
    assert calendars.zone_digest("Asia/Hong_Kong") != mine
    assert calendars.zone_digest("Asia/Shanghai").startswith("tzdata ")
    calendars.zone_digest.cache_clear()


def test_a_market_that_opens_on_the_day_before_in_greenwich_has_its_first_session_and_its_last(tmp_path: Path) -> None:
    """Sydney opens at 10:00 of its summer, 23:00 of the day before in UTC; the 27th of January was a holiday."""
    path = tmp_path / "rules.yaml"
    path.write_text(
        "exchanges:\n  XASX:\n    name: Sydney\n    time_zone: Australia/Sydney\n    currency: AUD\n"
        "    calendar: XASX\n    boards: [main]\n    suffixes: [AX]\n"
        '    rules: {hours: [{from: null, open: "10:00", close: "16:00"}]}\n',
        encoding="utf-8",
    )
    found = sessions("XASX", date(2025, 1, 24), date(2025, 1, 29), load_rulebook(path))
    assert found.dates.astype(str).tolist() == ["2025-01-24", "2025-01-28", "2025-01-29"]
    assert [str(at)[:16] for at in found.open_at] == ["2025-01-23T23:00", "2025-01-27T23:00", "2025-01-28T23:00"]
    assert [str(at)[:16] for at in found.close_at] == ["2025-01-24T05:00", "2025-01-28T05:00", "2025-01-29T05:00"]
