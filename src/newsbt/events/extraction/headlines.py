"""Headlines by the ten thousand: each linked and classified as a text of one sentence, in a stream of Arrow batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from newsbt.domain.broader_types import broad_type
from newsbt.domain.folding import fold
from newsbt.errors import DataError, Problem
from newsbt.events.extraction.analysis import Sentence, TextAnalysis, language_of
from newsbt.events.extraction.claims import Claim
from newsbt.events.extraction.extract import Extractor, story_of
from newsbt.events.extraction.finding import headline_claim
from newsbt.events.extraction.markup import without_markup
from newsbt.events.extraction.news_item import MAX_HEADLINE, clean
from newsbt.events.extraction.status import judge
from newsbt.events.extraction.tone import sentiment_of
from newsbt.events.extraction.typed_events import typed_event

__all__ = ["HEADLINES", "classify_headlines", "write_headlines"]

HEADLINES = pa.schema(
    [
        ("id", pa.string()),
        ("published_at", pa.timestamp("us", tz="UTC")),
        ("headline", pa.string()),
        ("language", pa.dictionary(pa.int8(), pa.string())),
        ("kind", pa.dictionary(pa.int8(), pa.string())),
        ("event_type", pa.dictionary(pa.int8(), pa.string())),
        ("broader_type", pa.dictionary(pa.int8(), pa.string())),
        ("issuer", pa.string()),
        ("subject", pa.string()),
        ("rivals", pa.list_(pa.string())),
        ("tickers", pa.list_(pa.string())),
        ("mentioned", pa.list_(pa.string())),
        ("sentiment", pa.float64()),
    ]
)
_BATCH = 4096

_EMPTY: list[str] = []

Row = tuple[str, datetime, str]


def classify_headlines(rows: Iterable[Row], extractor: Extractor, *, batch: int = _BATCH) -> Iterator[pa.RecordBatch]:
    """Link and classify headlines, in their order, a batch at a time.

    Parameters
    ----------
    rows
        Id, time of publication (aware) and text of each headline; read once, never held beyond a batch.
    extractor
        Its universe and rules; listings count as of the day of each headline, in its own offset.
    batch
        Rows of one record batch.

    Yields
    ------
    RecordBatch
        With the schema :data:`HEADLINES`. `kind` is ``announcement`` or why not, `mentioned` are all names in the
        text; texts are cleaned of control characters. `sentiment` is null where no word says anything.

    Raises
    ------
    DataError
        A naive time; the message names the id.
    """
    waiting = iter(rows)
    tickers = lru_cache(maxsize=65_536)(extractor.aliases.tickers)
    while chunk := list(islice(waiting, batch)):
        found = [_classified(number, at, text, extractor, tickers) for number, at, text in chunk]
        columns = zip(*found, strict=True)
        yield pa.record_batch(
            [pa.array(column, type=field.type) for column, field in zip(columns, HEADLINES, strict=True)],
            schema=HEADLINES,
        )


def _classified(number: str, at: datetime, text: str, extractor: Extractor, tickers: Any) -> tuple[Any, ...]:
    if at.tzinfo is None:
        message = f"{at.isoformat()} of headline {number!r} has no offset; give one, such as {at.isoformat()}+08:00"
        raise DataError(message, [Problem(code="naive_time", message=message)])
    on: date = at.date()
    at = at if at.tzinfo is UTC else at.astimezone(UTC)
    plain = without_markup(text if text.isprintable() else clean(text))
    plain = " ".join(plain.split())[:MAX_HEADLINE]
    folded = fold(plain)
    reader, rules = extractor.reader, extractor.rules
    words = rules.event_types.find(folded)
    may_announce = words.may_announce()
    if not may_announce and not reader.names_anybody(folded):
        language = language_of(plain)
        tone = None
        if rules.tones.stands_in(folded):
            unnamed = TextAnalysis(
                text=plain, folded=folded, language=language, on=on, sentences=(Sentence(0, len(plain), 0),)
            )
            tone = _tone(reader.cue_headline(unnamed, dated=False))
        return (number, at, plain, language, "none", "", "", "", "", _EMPTY, _EMPTY, _EMPTY, tone)
    analysis = reader.name_headline(plain, folded, on)
    event = (
        typed_event(analysis, analysis.headline, rules, words)
        if may_announce and analysis.language != "other"
        else None
    )
    sentence = analysis.headline
    if event is None and not sentence.products and all(one.kind == "country" for one in sentence.mentions):
        tone = _tone(reader.cue_headline(analysis, dated=False)) if rules.tones.stands_in(folded) else None
        return (number, at, plain, analysis.language, "none", "", "", "", "", _EMPTY, _EMPTY, _EMPTY, tone)
    analysis = reader.cue_headline(analysis, dated=event is not None)
    claims = [headline_claim(event, analysis, rules)] if event is not None else []
    verdict = judge(analysis, claims, rules)
    mentioned = list(dict.fromkeys(one.name for one in sentence.mentions if one.certain and one.kind != "country"))
    if not verdict.claims:
        return (
            number, at, plain, analysis.language, verdict.kind, "", "", "", "", [],
            [one for name in mentioned for one in tickers(name, on)], mentioned, _tone(analysis),
        )  # fmt: skip
    story = story_of(analysis, verdict, claims, rules)
    listed = extractor.tickers_of(story.issuer, verdict.claims, on)
    return (
        number, at, plain, analysis.language, verdict.kind, story.event_type,
        broad_type(story.event_type), story.issuer,
        story.subject, [one.name for one in story.rivals], list(listed), mentioned,
        _tone(analysis, verdict.claims),
    )  # fmt: skip


def _tone(analysis: TextAnalysis, claims: Sequence[Claim] = ()) -> float | None:
    sentiment, words = sentiment_of(analysis, claims)
    return sentiment if words else None


def write_headlines(rows: Iterable[Row], extractor: Extractor, path: Path) -> int:
    """Classify headlines into a Parquet file, a row group a batch, and answer how many there were.

    The file appears whole or not at all.

    Raises
    ------
    DataError
        A naive time.
    """
    count = 0
    part = path.with_name(path.name + ".part")
    try:
        with pq.ParquetWriter(part, HEADLINES, compression="zstd") as writer:
            for batch in classify_headlines(rows, extractor):
                writer.write_batch(batch)
                count += batch.num_rows
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return count
