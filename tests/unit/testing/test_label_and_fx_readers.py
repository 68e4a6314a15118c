"""Conformance checks of readers of labels and rates: what newsbt has passes, and each fault is named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from newsbt import EventLabel, FxTable, LabelBatch
from newsbt.events.labels import LabelTable
from newsbt.prices.fx_readers import FixedFx
from newsbt.testing import check_fx, check_labels


@dataclass(frozen=True, kw_only=True)
class Answers:
    answer: Any = None

    def read(self) -> Any:
        return self.answer

    def read_labels(self, known_tickers: Any = None) -> Any:
        return self.answer


@dataclass(frozen=True, kw_only=True)
class Moody:
    left: list[Any]

    def read(self) -> Any:
        return self.left.pop()

    def read_labels(self, known_tickers: Any = None) -> Any:
        return self.left.pop()


def labels(made_by: str = "me", cutoff: Any = None, **values: Any) -> LabelBatch:
    return LabelBatch(labels={"e1": EventLabel(**values)}, made_by=made_by, cutoff=cutoff)


def rates(pair: str = "USDHKD", days: tuple[str, ...] = ("2025-03-03", "2025-03-04"), *values: float) -> FxTable:
    return FxTable(rates={pair: (np.array(days, dtype="M8[D]"), np.array(values or (7.7, 7.8)))})


def test_labels_that_are_fit(tmp_path: Path) -> None:
    file = tmp_path / "labels.csv"
    file.write_text("event_id,sentiment,tickers\ne1,0.5,9988.HK\n", encoding="utf-8")
    read = check_labels(LabelTable(path=file, made_by="a model", cutoff=date(2024, 10, 1)), {"9988.HK"})
    assert read.labels["e1"].sentiment == 0.5
    assert check_labels(Answers(answer=labels(rivals=("A",)))).made_by == "me"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "LabelBatch, not a NoneType"),
        (labels(made_by=" "), "made_by names who"),
        (labels(cutoff=datetime(2025, 1, 1)), "cutoff is a date"),  # noqa: DTZ001
        (labels(sentiment=-1.5), "sentiment of 'e1' is -1.5, outside"),
        (labels(relevance=float("nan")), "relevance of 'e1' is nan, outside"),
        (labels(tickers="9988.HK"), "tickers of 'e1' is a tuple"),
        (labels(tickers=("NONE.HK",)), "'NONE.HK', which is not among the known"),
        (labels(available_at=datetime(2025, 1, 1)), "available_at of 'e1' has no offset"),  # noqa: DTZ001
        (LabelBatch(labels={"e1": {}}, made_by="me", cutoff=None), "EventLabel, not {}"),  # type: ignore[dict-item]
    ],
)
def test_labels_that_are_not(answer: Any, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        check_labels(Answers(answer=answer), {"9988.HK"})


def test_labels_that_change() -> None:
    with pytest.raises(AssertionError, match="reading twice gives different labels"):
        check_labels(Moody(left=[labels(sentiment=0.1), labels(sentiment=0.2)]))


def test_rates_that_are_fit() -> None:
    assert set(check_fx(FixedFx(rates={"USDHKD": 7.78})).rates) == {"USDHKD"}
    check_fx(Answers(answer=rates()))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "FxTable, not a NoneType"),
        (rates("USD/HKD"), "two currencies such as USDHKD"),
        (rates("HKDHKD"), "two currencies such as USDHKD"),
        (rates("USDHKD", ("2025-03-04", "2025-03-03")), "2025-03-03 comes after 2025-03-04"),
        (rates("USDHKD", ("2025-03-03", "2025-03-03")), "each once"),
        (rates("USDHKD", ("2025-03-03",)), "1 days for 2 rates"),
        (rates("USDHKD", ("2025-03-03",), -1.0), "the rate of USDHKD on 2025-03-03 is -1.0"),
    ],
)
def test_rates_that_are_not(answer: Any, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        check_fx(Answers(answer=answer))


def test_rates_that_change() -> None:
    with pytest.raises(AssertionError, match="reading twice gives different rates"):
        check_fx(Moody(left=[rates(), rates("USDHKD", ("2025-03-03",), 7.0)]))
