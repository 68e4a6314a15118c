"""Articles as announcements of a run, and extractions as a CSV that reads back."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from newsbt.errors import ConfigError, DataError
from newsbt.events.extraction.extract import Extractor, extract_files
from newsbt.events.extraction.extraction_result import Rejection
from newsbt.events.extraction.writing import announcements_csv, write_announcements
from newsbt.events.from_articles import ArticleAnnouncements
from newsbt.events.from_csv import CsvAnnouncements
from newsbt.events.labelling.understanding import Understanding
from newsbt.linking.universe_tables import read_universe

ROOT = Path(__file__).parents[3]
WIRE = ROOT / "tests" / "data" / "articles" / "wire"
INSTRUMENTS = ROOT / "data" / "universe" / "instruments.csv"


def test_a_folder_of_articles_is_a_source_of_announcements() -> None:
    universe = read_universe(INSTRUMENTS)
    batch = ArticleAnnouncements(path=WIRE).with_universe(universe).read(universe.tickers)
    assert batch.rows_read == 18
    assert len(batch.announcements) == 13
    first = batch.announcements[0]
    assert (first.event_id, first.issuer, first.tickers) == ("01_alibaba_qwq32b", "Alibaba", ("9988.HK", "BABA"))
    assert first.received_at == first.published_at
    assert first.origin.endswith("01_alibaba_qwq32b.txt:1")
    assert all(item.received_at is not None for item in batch.announcements)


def test_aliases_may_come_from_a_table_and_only_known_tickers_stay() -> None:
    batch = ArticleAnnouncements(path=WIRE, aliases=INSTRUMENTS).read({"9988.HK"})
    assert batch.announcements[0].tickers == ("9988.HK",)
    assert ArticleAnnouncements(path=WIRE).read().announcements[0].tickers == ()


def test_articles_that_cannot_be_used_stop_the_run_or_are_counted(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Alibaba unveils Qwen3\n\nNo date.", encoding="utf-8")
    (tmp_path / "b.txt").write_text("Alibaba unveils Qwen3\n\nPublished: 2025-04-29\n", encoding="utf-8")
    with pytest.raises(DataError, match="does not say when"):
        ArticleAnnouncements(path=tmp_path).read()
    batch = ArticleAnnouncements(path=tmp_path, on_bad_row="skip").read()
    assert dict(batch.bad_rows) == {"naive_time": 1, "missing_value": 1}
    assert batch.announcements == ()
    dated = ArticleAnnouncements(path=tmp_path / "b.txt", zone="Asia/Shanghai").read()
    assert dated.announcements[0].known_at().isoformat() == "2025-04-29T16:00:00+00:00"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", '{"published_at": "2025-04-29T05:00:00+08:00", "body": "Somebody opened a plant."}'),
        ("a.txt", "Published: 2025-04-29T05:00:00+08:00\n"),
        (
            "a.html",
            '<html><head><meta property="article:published_time" content="2025-04-29T05:00:00+08:00"></head><body>'
            "<article><p>Somebody opened a plant in Harbor, with 300 people and several halls.</p></article>",
        ),
    ],
)
def test_an_article_without_a_headline_is_kept_unlabelled_where_the_config_allows_it(
    tmp_path: Path, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    reader = ArticleAnnouncements(path=tmp_path / name, on_bad_row="skip")
    assert dict(reader.read().bad_rows) == {"missing_value": 1}
    kept = Understanding(on_unlabelled="keep")
    (found,) = reader.with_understanding(kept).read().announcements
    assert (found.event_id, found.event_type, found.headline) == ("a", "unlabelled", "(no headline)")
    assert found.known_at().isoformat() == "2025-04-28T21:00:00+00:00"
    assert "1 of 1 texts have no label (1 no_headline)" in kept.notices()[-1]
    (refused,) = extract_files([tmp_path])
    assert isinstance(refused, Rejection) and refused.problem.code == "missing_value"


def test_two_articles_of_one_name_are_one_bad_row(tmp_path: Path) -> None:
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        text = "Alibaba unveils Qwen3\n\nPublished: 2025-04-29T05:00:00+08:00\n"
        (tmp_path / folder / "a.txt").write_text(text, encoding="utf-8")
    batch = ArticleAnnouncements(path=tmp_path, on_bad_row="skip").read()
    assert (len(batch.announcements), dict(batch.bad_rows)) == (1, {"duplicate_event_id": 1})
    with pytest.raises(DataError, match="own name"):
        announcements_csv(extract_files([tmp_path]))


def test_bad_parameters() -> None:
    with pytest.raises(ConfigError):
        ArticleAnnouncements(path=WIRE, on_bad_row="ignore")
    with pytest.raises(ConfigError):
        ArticleAnnouncements(path=WIRE, zone="Nowhere")


def test_what_is_written_reads_back(tmp_path: Path) -> None:
    universe = read_universe(INSTRUMENTS)
    answers = extract_files([WIRE], universe)
    count = write_announcements(answers, tmp_path / "out.csv")
    batch = CsvAnnouncements(path=tmp_path / "out.csv").read(universe.tickers)
    assert count == len(batch.announcements) == 13
    written = [one.announcement() for one in answers if hasattr(one, "announcement") and one.is_announcement]
    for given, back in zip(written, batch.announcements, strict=True):
        for name in (
            "event_id",
            "published_at",
            "received_at",
            "event_type",
            "issuer",
            "subject",
            "rivals",
            "headline",
            "tickers",
        ):
            assert getattr(given, name) == getattr(back, name)
        assert back.sentiment == pytest.approx(given.sentiment, abs=1e-4, nan_ok=True)
    assert not list(tmp_path.glob("*.part"))


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be written"):
        write_announcements([], tmp_path / "missing" / "out.csv")


def test_an_extractor_answers_the_same_twice() -> None:
    text = (WIRE / "09_zh_deepseek_v31.txt").read_text(encoding="utf-8")
    extractor = Extractor()
    first, second = (
        [getattr(one, field.name) for field in fields(one)]
        for one in (extractor.extract(text), extractor.extract(text))
    )
    assert first == second  # as lists, in which math.nan equals itself
