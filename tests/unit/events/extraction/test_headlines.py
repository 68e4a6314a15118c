"""Headlines in a stream: the same answers as one by one, in batches, and never a naive time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from newsbt.errors import DataError
from newsbt.events.extraction.extract import Extractor
from newsbt.events.extraction.headlines import HEADLINES, Row, classify_headlines, write_headlines
from newsbt.events.extraction.news_item import NewsItem
from newsbt.linking.universe_tables import read_universe

INSTRUMENTS = Path(__file__).parents[4] / "data" / "universe" / "instruments.csv"
AT = datetime(2025, 3, 6, 8, 45, tzinfo=UTC)
TEXTS = (
    "Alibaba unveils QwQ-32B, says it beats DeepSeek-R1",
    "阿里巴巴发布Qwen3-Max",
    "Baidu denies a report of a sale",
    "Palm oil hits a five-week high",
    "US bans exports of Nvidia's H20 chip to China",
    "收评：恒指涨1% 腾讯领涨",
    "Brightvale snapped up Northmoor last month",
    "Alibaba \x1b[31mlaunches\x00 Qwen3",
    "",
)


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor(read_universe(INSTRUMENTS))


def rows(count: int) -> Iterator[Row]:
    for number in range(count):
        yield str(number), AT + timedelta(minutes=number), TEXTS[number % len(TEXTS)]


def test_headlines_are_understood_as_texts_of_one_sentence(extractor: Extractor) -> None:
    (batch,) = classify_headlines(rows(len(TEXTS) - 1), extractor)
    for row in batch.to_pylist():
        item = NewsItem.of(TEXTS[int(row["id"])], published_at=row["published_at"])
        answer = extractor.extract(item)
        assert (row["kind"], row["event_type"], row["issuer"]) == (answer.kind, answer.event_type, answer.issuer)
        assert (row["subject"], tuple(row["rivals"])) == (answer.subject, answer.rivals)
        assert row["headline"] == answer.headline
        if answer.issuer:
            assert tuple(row["tickers"]) == answer.tickers


def test_batches_are_of_the_size_asked_and_rows_are_read_as_needed(extractor: Extractor) -> None:
    taken = 0

    def counted() -> Iterator[Row]:
        nonlocal taken
        for row in rows(10):
            taken += 1
            yield row

    batches = classify_headlines(counted(), extractor, batch=4)
    assert (next(batches).num_rows, taken) == (4, 4)
    assert [batch.num_rows for batch in batches] == [4, 2]


def test_a_file_of_headlines(extractor: Extractor, tmp_path: Path) -> None:
    path = tmp_path / "headlines.parquet"
    assert write_headlines(rows(20), extractor, path) == 20
    table = pq.read_table(path)
    assert table.schema.names == HEADLINES.names
    assert table.column("id").to_pylist() == [str(number) for number in range(20)]
    assert table.column("published_at").to_pylist()[0] == AT


def test_a_naive_time_is_refused_and_leaves_no_file(extractor: Extractor, tmp_path: Path) -> None:
    path = tmp_path / "headlines.parquet"
    with pytest.raises(DataError, match="'x' has no offset"):
        write_headlines([("x", datetime(2025, 3, 6), "Alibaba unveils Qwen3")], extractor, path)  # noqa: DTZ001
    assert list(tmp_path.iterdir()) == []


def test_sentiment_is_scored_without_a_name_and_without_an_announcement(extractor: Extractor) -> None:
    texts = ("Record growth at a small maker of toys", "A lawsuit over a recall", "Alibaba faces a lawsuit", "Rain")
    (batch,) = classify_headlines(((str(n), AT, text) for n, text in enumerate(texts)), extractor)
    found = batch.column("sentiment").to_pylist()
    assert found[0] > 0 > max(found[1:3]) and found[3] is None
    assert found[:3] == [extractor.extract(NewsItem.of(text, published_at=AT)).sentiment for text in texts[:3]]
