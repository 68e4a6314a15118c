"""What a config needs of prices and rates."""

from __future__ import annotations

from datetime import date

import pytest

from made_up_provider import instrument
from newsbt.config.loading import from_mapping
from newsbt.domain.entity import Universe
from newsbt.errors import ConfigError
from newsbt.pulling.needs import needs_of

TODAY = date(2025, 3, 14)


def config(**changes: object):
    document = {
        "name": "n",
        "universe": {"instruments": "i.csv"},
        "announcements": [],
        "prices": {"use": "csv", "path": "p.csv"},
        "period": {"start": "2024-07-01", "end": "2025-01-31"},
        "account": {"currency": "HKD"},
        "strategies": [{"name": "a", "use": "named_tickers"}],
        **changes,
    }
    return from_mapping(document).config


UNIVERSE = Universe(
    instruments=(
        instrument(),
        instrument("BABA", "XNYS", currency="USD"),
        instrument("002230.SZ", "XSHE", currency="CNY"),
        instrument("^HSTECH", board="index"),
        instrument("X", "XNAS", currency="?"),
    )
)


def test_all_instruments_the_pairs_to_the_account_and_a_fortnight_before() -> None:
    found = needs_of(config(), UNIVERSE, TODAY)
    assert [item.ticker for item in found.instruments] == ["0700.HK", "BABA", "002230.SZ", "^HSTECH", "X"]
    assert found.pairs == ["USDHKD", "CNYHKD"]
    assert (found.first, found.last) == (date(2024, 6, 17), date(2025, 1, 31))


def test_up_to_today() -> None:
    assert needs_of(config(period={"start": "2024-07-01"}), UNIVERSE, TODAY).last == TODAY
    assert needs_of(config(period={"start": "2024-07-01", "end": "2026-01-31"}), UNIVERSE, TODAY).last == TODAY


def test_one_currency_needs_no_rate() -> None:
    assert needs_of(config(account={}), UNIVERSE, TODAY).pairs == []


@pytest.mark.parametrize(
    ("period", "words"), [({}, "expected the first day"), ({"start": "2026-01-01"}, "after today")]
)
def test_a_period_that_cannot_be_pulled(period: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        needs_of(config(period=period), UNIVERSE, TODAY)
