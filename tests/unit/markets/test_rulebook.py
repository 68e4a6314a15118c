"""The rulebook: what is packaged, what a user's file changes, and what it may not say."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from datetime import date, time
from pathlib import Path

import pytest

from newsbt.domain.entity import Instrument
from newsbt.errors import ConfigError, DataError, Problem
from newsbt.markets.rulebook import Rulebook, load_rulebook, rules_in_force


def _write(folder: Path, text: str) -> Path:
    path = folder / "my_rules.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def _problems(folder: Path, text: str) -> tuple[Problem, ...]:
    with pytest.raises(ConfigError) as caught:
        load_rulebook(_write(folder, text))
    assert caught.value.problems
    return caught.value.problems


def test_every_packaged_entry_has_a_source_and_a_confidence(rulebook: Rulebook) -> None:
    entries = [
        entry
        for market in rulebook.exchanges.values()
        for by_selector in market.rules.values()
        for series in by_selector.values()
        for entry in series
    ]
    assert len(entries) > 100
    assert all(entry.source and entry.conf in "ABCU" for entry in entries)
    # A source that is a bare key was not found among the file's sources.
    assert all(" " in entry.source for entry in entries)
    assert all(
        item.source and item.conf in "ABCU"
        for market in rulebook.exchanges.values()
        for item in market.corrections.values()
    )


def test_packaged_exchanges(rulebook: Rulebook) -> None:
    calendars = {mic: market.calendar for mic, market in rulebook.exchanges.items()}
    assert calendars == {
        "XHKG": "XHKG",
        "XSHG": "XSHG", "XSHE": "XSHG", "BJSE": "XSHG",
        "XNYS": "XNYS", "XNAS": "XNYS", "ARCX": "XNYS", "XASE": "XNYS", "BATS": "XNYS",
    }  # fmt: skip


def test_loading_twice_gives_the_same_book_and_it_travels(rulebook: Rulebook) -> None:
    assert load_rulebook() is load_rulebook()
    again = pickle.loads(pickle.dumps(rulebook))
    assert again == rulebook
    assert hash(again) == hash(rulebook)


def test_rules_change_on_their_day(rulebook: Rulebook) -> None:
    market = rulebook.exchange("XSHG")
    for on, percentage in ((date(2026, 7, 5), 0.05), (date(2026, 7, 6), 0.10)):
        entry = market.in_force("price_limit", on, "600000.SH", "main_st", "any")
        assert entry is not None
        assert entry["up"] == percentage
    assert market.in_force("price_limit", date(2019, 7, 21), "star") is None


def test_in_force_for_one_instrument_names_value_dates_and_source(
    rulebook: Rulebook, instrument: Callable[..., Instrument]
) -> None:
    found = {
        row.key: row
        for row in rules_in_force(rulebook, "XSHE", date(2024, 1, 2), instrument("300663.SZ", "XSHE", "chinext"))
    }
    limit = found["price_limit.chinext"]
    assert limit.value == {"up": 0.2, "down": 0.2}
    assert (limit.from_on, limit.to_on) == (date(2020, 8, 24), None)
    assert "SZSE" in limit.source
    assert found["fee.stamp_duty"].value["rate"] == 0.0005
    assert found["lot.chinext"].value["step"] == 100
    assert "price_limit.main" not in found


def test_in_force_for_an_exchange_lists_all_boards_and_the_day_s_correction(rulebook: Rulebook) -> None:
    keys = {row.key for row in rules_in_force(rulebook, "XSHG", date(2024, 1, 2))}
    assert {"price_limit.main", "price_limit.star", "hours", "fee.handling.etf"} <= keys
    corrected = rules_in_force(rulebook, "XHKG", date(2023, 10, 9))[0]
    assert (corrected.key, corrected.value) == ("correction", {"open": "14:00"})
    closed = rules_in_force(rulebook, "XHKG", date(2023, 9, 8))[0]
    assert closed.value == {"closed": True}


def test_an_instrument_s_own_lot_stands_before_the_table(
    rulebook: Rulebook, instrument: Callable[..., Instrument]
) -> None:
    item = instrument("0700.HK", "XHKG", lot_size=7)
    lots = [row for row in rules_in_force(rulebook, "XHKG", date(2025, 3, 6), item) if row.key.startswith("lot")]
    assert [(row.key, row.value) for row in lots] == [("lot.0700.HK", {"step": 7})]


def test_unknown_exchange_names_the_known_ones(rulebook: Rulebook) -> None:
    with pytest.raises(DataError, match=r"'XHK'; expected one of XHKG, XSHG.*did you mean 'XHKG'"):
        rulebook.exchange("XHK")
    with pytest.raises(DataError, match="Beijing is BJSE"):
        rulebook.exchange("XBSE")


def test_a_user_s_entry_covers_its_own_days_only(tmp_path: Path) -> None:
    book = load_rulebook(
        _write(
            tmp_path,
            """
exchanges:
  XNYS:
    rules:
      fee:
        sec_section_31:
          - {from: 2026-10-01, to: 2027-09-30, side: sell, rate: 0.00003, rounding: up_to_cent}
""",
        )
    )
    for mic in ("XNYS", "XNAS", "ARCX"):  # the others follow New York
        rates = [
            entry["rate"] if entry else None
            for entry in (
                book.exchange(mic).in_force("fee.sec_section_31", day)
                for day in (date(2026, 9, 30), date(2026, 10, 1), date(2027, 10, 1), date(2020, 1, 1))
            )
        ]
        assert rates == [0.0000206, 0.00003, 0.0000206, None]
    changed = book.exchange("XNYS").in_force("fee.sec_section_31", date(2026, 10, 1))
    assert changed is not None
    assert changed.source.endswith("my_rules.yaml")
    assert book != load_rulebook()


def test_what_a_follower_says_itself_stands(tmp_path: Path) -> None:
    text = """
exchanges:
  BJSE: {rules: {lot: {etf: [{from: null, step: 5}]}}}
  XSHG:
    rules:
      price_limit: {main: [{from: 2030-01-01, up: 0.15, down: 0.15}]}
      lot: {etf: [{from: null, step: 10}]}
"""
    book = load_rulebook(_write(tmp_path, text))
    limits = {
        mic: book.exchange(mic).in_force("price_limit", date(2030, 1, 2), "main") for mic in ("XSHG", "XSHE", "BJSE")
    }
    assert {mic: entry["up"] for mic, entry in limits.items() if entry} == {"XSHG": 0.15, "XSHE": 0.15, "BJSE": 0.30}
    steps = {mic: book.exchange(mic).in_force("lot", date(2025, 1, 2), "etf") for mic in ("XSHG", "XSHE", "BJSE")}
    assert {mic: entry["step"] for mic, entry in steps.items() if entry} == {"XSHG": 10, "XSHE": 10, "BJSE": 5}


def test_a_new_exchange_and_a_new_status(tmp_path: Path) -> None:
    text = """
sources: {jpx: JPX trading rules}
exchanges:
  XTKS:
    name: Tokyo
    time_zone: Asia/Tokyo
    currency: JPY
    calendar: XTKS
    boards: [prime, watched]
    suffixes: [T]
    corrections: [{date: 2020-10-01, closed: true, source: jpx}]
    rules:
      hours: [{from: null, open: "09:00", lunch: ["11:30", "12:30"], close: "15:00", source: jpx}]
statuses: {Watch: {main: chinext, prime: watched}}
"""
    book = load_rulebook(_write(tmp_path, text))
    tokyo = book.exchange("XTKS")
    assert tokyo.corrections[date(2020, 10, 1)].source == "JPX trading rules"
    assert book.statuses["watch"] == {"main": "chinext", "prime": "watched"}
    assert book.boards == (*load_rulebook().boards, "prime", "watched")
    assert book.exchange_of("7203.T") is book.exchange_of("7203.xtks") is tokyo
    assert "XTKS" not in load_rulebook().exchanges


def test_who_follows_an_exchange_has_its_boards_and_not_its_suffixes(tmp_path: Path) -> None:
    text = "exchanges: {XHKG: {boards: [gem]}, XHKF: {same_as: XHKG, suffixes: [HF]}}"
    book = load_rulebook(_write(tmp_path, text))
    assert [book.exchange_of(ticker).mic for ticker in ("1.HK", "1.HF", "1.XHKF")] == ["XHKG", "XHKF", "XHKF"]
    assert book.exchange("XHKF").boards == ("gem",)


BAD = {
    "unknown key": ("exchanges: {XHKG: {rules: {ticks: []}}}", 1, "unknown_key", "did you mean 'tick'"),
    "unknown top key": ("exchange: {}", 1, "unknown_key", "exchanges"),
    "unknown field": (
        "exchanges:\n  XHKG:\n    rules:\n      lot: {main: [{from: null, step: 1, max: 3}]}",
        4, "unknown_key", "'max'",
    ),
    "unknown exchange": ("exchanges:\n  XHK: {rules: {}}", 2, "unknown_exchange", "did you mean 'XHKG'"),
    "unknown board": (
        "exchanges:\n  XHKG:\n    rules:\n      lot:\n        mian: [{from: null, step: 1}]",
        5, "bad_value", "'main'",
    ),
    "an unknown board of another exchange": (
        "exchanges:\n  XHKG: {boards: [gem]}\n  XNYS:\n    rules:\n      lot:\n        gme: [{from: null, step: 1}]",
        6, "bad_value", "did you mean 'gem'",
    ),
    "boards that are no list": ("exchanges: {XHKG: {boards: gem}}", 1, "bad_value", "a list of lower-case names"),
    "a board that is a selector": ("exchanges: {XHKG: {boards: [any]}}", 1, "bad_value", "got ['any']"),
    "a suffix with its dot": ("exchanges: {XHKG: {suffixes: [.HK]}}", 1, "bad_value", "without their dot"),
    "a suffix of another": ("exchanges: {XNYS: {suffixes: [SZ]}}", 1, "bad_value", "'SZ' is that of XSHE already"),
    "a limit on one side only": (
        "exchanges: {XSHG: {rules: {price_limit: {main: [{from: null, down: 0.1}]}}}}",
        1, "missing_value", "one of up, bands",
    ),
    "a limit said twice": (
        "exchanges: {XHKG: {rules: {price_limit: [{from: null, up: 0.1, down: 0.1, bands: [[1, 0.1]]}]}}}",
        1, "bad_value", "`bands` beside up and down",
    ),
    "amounts out of order": (
        "exchanges: {XHKG: {rules: {price_limit: [{from: null, bands: [[200, 50], [100, 30]]}]}}}",
        1, "bad_value", "price below which it holds, amount",
    ),
    "unknown board of a status": ("statuses: {st: {main: stt}}", 1, "bad_value", "'stt'"),
    "unknown same_as": ("exchanges: {XTAI: {same_as: XXXX}}", 1, "unknown_exchange", "'XXXX'"),
    "a lot of 0": (
        "exchanges: {XHKG: {rules: {lot: {\"0700.HK\": [{from: null, step: 0}]}}}}", 1, "bad_value", "1 or more, got 0",
    ),
    "a percentage without dates": (
        "exchanges:\n  XSHG:\n    rules:\n      price_limit:\n        main:\n          - {up: 0.1, down: 0.1}",
        6, "missing_value", "`from`",
    ),
    "a percentage of 10": (
        "exchanges: {XSHG: {rules: {price_limit: {main: [{from: null, up: 10, down: 0.1}]}}}}",
        1, "bad_value", "0.1 for 10 %, got 10",
    ),
    "a percentage on one side": (
        "exchanges: {XSHG: {rules: {price_limit: {main: [{from: null, up: 0.1}]}}}}", 1, "missing_value", "`down`",
    ),
    "dates the wrong way": (
        "exchanges: {XSHG: {rules: {t_plus: [{from: 2025-02-01, to: 2025-01-01, sessions: 1}]}}}",
        1, "bad_value", "before",
    ),
    "two entries of one day": (
        "exchanges:\n  XSHG:\n    rules:\n      t_plus:\n        - {from: null, sessions: 1}\n"
        "        - {from: 2025-01-01, sessions: 0}",
        6, "duplicate", ":5",
    ),
    "a time that is none": (
        "exchanges: {XHKG: {corrections: [{date: 2025-01-02, open: 25:30}]}}", 1, "bad_value", "in quotes",
    ),
    "a correction without a day": ("exchanges: {XHKG: {corrections: [{closed: true}]}}", 1, "missing_value", "`date`"),
    "a correction of nothing": ("exchanges: {XHKG: {corrections: [{date: 2025-01-02}]}}", 1, "missing_value", "closed"),
    "a fee without an amount": (
        "exchanges: {XHKG: {rules: {fee: {toll: [{from: null, side: both, rounding: none}]}}}}",
        1, "missing_value", "one of rate, per_share, fixed",
    ),
    "an unknown rounding": (
        "exchanges: {XHKG: {rules: {fee: {toll: [{from: null, side: both, rate: 0.1, rounding: down}]}}}}",
        1, "bad_value", "half_up_to_cent",
    ),
    "bands out of order": (
        "exchanges: {XHKG: {rules: {tick: [{from: null, bands: [[10, 0.01], [5, 0.1]]}]}}}",
        1, "bad_value", "ascending",
    ),
    "a repeated key": ("exchanges:\n  XHKG: {}\n  XHKG: {}", 3, "duplicate", "already on line 2"),
    "no mapping": ("- 1", 1, "bad_value", "keys and values"),
    "no YAML": ("exchanges: {XHKG: [}", 1, "syntax", "not valid YAML"),
    "a new exchange without hours": (
        "exchanges: {XTKS: {time_zone: Asia/Tokyo, currency: JPY, calendar: XTKS}}", 1, "missing_value", "rules.hours",
    ),
    "an unknown time zone": (
        "exchanges: {XHKG: {time_zone: Asia/Hongkong2}}", 1, "bad_value", "Asia/Hongkong2",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_rule_files_are_named_with_their_line(tmp_path: Path, name: str) -> None:
    text, line, code, message = BAD[name]
    problem = next(item for item in _problems(tmp_path, text) if item.code == code)
    assert message in problem.message
    assert problem.file is not None
    assert problem.file.endswith("my_rules.yaml")
    assert problem.line == line


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    text = "exchanges:\n  XHGK: {}\n  XHKG: {rules: {tick: [{tick: 0}]}}\nstatus: 1\n"
    assert {item.code for item in _problems(tmp_path, text)} == {
        "unknown_exchange", "unknown_key", "missing_value", "bad_value",
    }  # fmt: skip


def test_nested_aliases_are_refused(tmp_path: Path) -> None:
    rows = ["a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]"]
    rows += [f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 10)}]" for k in range(1, 9)]
    assert _problems(tmp_path, "\n".join(rows))[0].code == "too_large"


def test_aliases_nested_in_a_key_cost_nothing(tmp_path: Path) -> None:
    rows = ["a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]"]
    rows += [f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 10)}]" for k in range(1, 3)]
    (problem,) = _problems(tmp_path, "\n".join([*rows, "? [*a2, *a2, *a2]", ": 1"]))
    assert (problem.code, problem.line, problem.message) == ("syntax", 4, "a key must be a word or text")


def test_values_are_those_that_a_config_has(tmp_path: Path) -> None:
    """12:30 is no number of minutes, `no` is a word, and a key is text."""
    text = "exchanges: {XHKG: {corrections: [{date: 2025-01-02, open: 13:30, source: no}]}}"
    path = tmp_path / "my_rules.yaml"
    path.write_text(text)
    correction = load_rulebook(path).exchange("XHKG").corrections[date(2025, 1, 2)]
    assert (correction.open, correction.source) == (time(13, 30), "no")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        load_rulebook(tmp_path / "none.yaml")
