"""What is said of a name that nobody can resolve."""

from __future__ import annotations

import pytest

from newsbt.domain.entity import Instrument, Universe
from newsbt.domain.references import message_of

NAMES = ("HopeRun", "Tencent", "Alibaba", "Alpha")
UNIVERSE = Universe(
    instruments=tuple(
        Instrument(ticker=f"{k}.HK", name=name, exchange="XHKG", board="main", currency="HKD")
        for k, name in enumerate(NAMES)
    )
)


@pytest.mark.parametrize(("written", "meant"), [("Alhpa", "Alpha"), ("Alibabba", "Alibaba"), ("tencnet", "Tencent")])
def test_a_misspelt_company_is_hinted_at(written: str, meant: str) -> None:
    assert message_of("unknown_issuer", written, UNIVERSE).endswith(f"; did you mean '{meant}'?")


@pytest.mark.parametrize("other", ["OpenAI", "ByteDance", "Nobody Inc"])
def test_another_company_is_no_misspelling(other: str) -> None:
    assert "did you mean" not in message_of("unknown_issuer", other, UNIVERSE)
