"""What stands around the events of the run that is made by hand."""

from __future__ import annotations

from newsbt.domain.entity import Instrument
from newsbt.domain.run_context import LinkWords, RunContext

CONTEXT = RunContext(
    instruments=tuple(
        Instrument(ticker=ticker, name=name, exchange="XHKG", board="main", currency="HKD", sector="internet")
        for ticker, name in (("9988.HK", "Alibaba"), ("0700.HK", "Tencent"), ("^HSTECH", "Hang Seng Tech"))
    ),
    links_of={
        0: (
            LinkWords(ticker=0, relation="issuer", hop=0, weight=1.0, path=("Alibaba",)),
            LinkWords(ticker=1, relation="rival_of", hop=1, weight=-0.5, path=("Alibaba", "Tencent")),
            LinkWords(ticker=2, relation="sector_index", hop=0, weight=1.0, path=("Alibaba", "^HSTECH")),
        )
    }.__getitem__,
    zones={"XHKG": "Asia/Hong_Kong"},
    benchmark=2,
)
