"""Texts as a config's labeller understands them, from the reader to the results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from newsbt.assembly import assemble
from newsbt.config.loading import load
from newsbt.domain.entity import Universe
from newsbt.domain.label_batch import until_sentence
from newsbt.domain.references import why_not_linked
from newsbt.domain.text_label import NoLabel, TextLabel
from newsbt.domain.text_spans import NewsText, Span
from newsbt.errors import ConfigError, DataError
from newsbt.events.extraction.article_reading import read_items
from newsbt.events.extraction.extract import Extractor
from newsbt.events.extraction.news_item import NewsItem, RefusedItem
from newsbt.events.feeds.announcing import Announcer
from newsbt.events.feeds.archive import import_items
from newsbt.events.feeds.feed_item import FeedItem
from newsbt.events.from_articles import ArticleAnnouncements
from newsbt.events.from_feeds import AlpacaAnnouncements, FeedAnnouncements, GdeltAnnouncements, MappedAnnouncements
from newsbt.events.labelling.chain import Chain
from newsbt.events.labelling.understanding import Understanding
from newsbt.evidence.trial_keys import trial_key
from newsbt.linking.universe_tables import read_universe
from newsbt.steps.read_news import read_news
from newsbt.testing.whole import whole

ROOT = Path(__file__).parents[4]
WIRE = ROOT / "tests" / "data" / "articles" / "wire"
INSTRUMENTS = ROOT / "data" / "universe" / "instruments.csv"
NOW = datetime(2025, 5, 2, 12, tzinfo=UTC)
ITEM = NewsItem.of("Harbor opens a plant", "Body.", published_at=NOW, item_id="h1", source="wire")


@dataclass(frozen=True, kw_only=True)
class Fixed:
    """Gives every text one answer; `failures` first, then `answer`, by the words "HEAD" that stand for its headline."""

    answer: TextLabel | NoLabel = field(default_factory=lambda: TextLabel(kind="none"))
    made_by: str = "fixed 1"
    cutoff: date | None = date(2024, 10, 1)
    fingerprint: str = "f1"
    asked: list[str] = field(default_factory=list)

    def labelling(self, universe: Universe | None) -> Fixed:
        return self

    def label(self, texts: Sequence[NewsText]) -> list[TextLabel | NoLabel]:
        self.asked.extend(one.headline.text for one in texts)
        return [self.answer for _ in texts]


def event(text: str = ITEM.text, name: str = "Harbor", **changes: object) -> TextLabel:
    at = text.index(name)
    found = TextLabel(
        kind="announcement",
        event_type="opening",
        issuer=name,
        evidence={"issuer": (Span.of(text, at, at + len(name)),)},
    )
    return replace(found, **changes)


BUSY = NoLabel(reason="busy", message="the server is busy; ask later")


def test_by_the_rules_items_are_what_the_extractor_says() -> None:
    universe = read_universe(INSTRUMENTS)
    reading, extractor = Understanding().reading(universe), Extractor(universe)
    for _, item in read_items([WIRE]):
        assert isinstance(item, NewsItem)
        assert whole(reading.extract(item)) == whole(extractor.extract(item))
        assert dict(reading.extract(item).evidence) == dict(extractor.extract(item).evidence)


def test_an_item_keeps_its_own_time_whatever_a_labeller_says() -> None:
    late = NewsItem.of("Harbor opens a plant", published_at=NOW, time_precision="day")
    found = Understanding(Fixed(answer=event(late.text))).reading(None).extract(late)
    assert (found.published_at, found.received_at) == (late.published_at, late.received_at)
    assert found.announcement().known_at() == datetime(2025, 5, 3, tzinfo=UTC)


def test_tickers_are_those_of_the_issuer_on_the_day_where_the_labeller_names_none() -> None:
    universe = read_universe(INSTRUMENTS)
    item = NewsItem.of("Alibaba opens a plant", published_at=NOW)
    found = Understanding(Fixed(answer=event(item.text, "Alibaba"))).reading(universe).extract(item)
    assert found.tickers == ("9988.HK", "BABA")
    named = Understanding(Fixed(answer=event(item.text, "Alibaba", tickers=("X",)))).reading(universe).extract(item)
    assert named.tickers == ("X",)


def test_a_text_without_a_label_stops_the_run_or_is_kept_and_counted() -> None:
    with pytest.raises(DataError, match=r"no label for 'Harbor opens a plant': fixed 1: the server is busy.*keep\}"):
        Understanding(Fixed(answer=BUSY)).reading(None).extract(ITEM)
    kept = Understanding(Fixed(answer=BUSY), "keep")
    found = kept.reading(None).extract(ITEM)
    assert (found.kind, found.is_announcement, found.unlabelled) == ("unlabelled", False, f"busy: {BUSY.message}")
    assert dict(kept.unlabelled) == {"busy": 1}
    assert "1 of 1 texts have no label (1 busy)" in kept.notices()[-1]


def test_a_label_that_breaks_the_contract_is_none() -> None:
    invented = event(ITEM.text, evidence={"issuer": (Span(0, 6, "Nvidia"),)})
    kept = Understanding(Fixed(answer=invented), "keep")
    assert kept.reading(None).extract(ITEM).unlabelled.startswith("bad_label: its answer does not keep to the contract")


def test_a_chain_asks_on_where_one_abstains_or_fails() -> None:
    silent, busy, sure = Fixed(), Fixed(answer=BUSY), Fixed(answer=event(), made_by="sure 2", cutoff=date.min)
    text = ITEM.as_text
    cases: list[tuple[tuple[Fixed, ...], TextLabel | NoLabel]] = [
        ((silent, sure), sure.answer), ((busy, sure), sure.answer), ((sure, busy), sure.answer),
        ((silent, busy), BUSY), ((busy, silent), BUSY), ((silent, silent), silent.answer),
    ]  # fmt: skip
    for parts, answer in cases:
        assert Chain(of=parts).labelling(None).label([text]) == [answer]
    chain = Chain(of=(sure, silent))
    assert (chain.made_by, chain.cutoff) == ("sure 2, then fixed 1", date(2024, 10, 1))
    assert Chain(of=(sure, Fixed(cutoff=None))).cutoff is None
    assert Chain(of=(sure,)).cutoff == date.min
    assert chain.fingerprint != Chain(of=(silent, sure)).fingerprint or silent.fingerprint == sure.fingerprint
    asked_last = Fixed()
    Chain(of=(sure, asked_last)).labelling(None).label([text])
    assert asked_last.asked == []


def feed_item(**changes: object) -> FeedItem:
    found = FeedItem(
        item_id="h1", headline="Harbor opens a plant", published_at=NOW, origin="feed:1", tickers=("BABA",)
    )
    return replace(found, **changes)


def test_an_item_of_a_feed_without_a_label_is_an_event_that_links_to_nothing() -> None:
    universe = read_universe(INSTRUMENTS)
    found = Announcer(universe, understanding=Understanding(Fixed(answer=BUSY), "keep")).announce(feed_item())
    assert found is not None
    assert (found.event_type, found.tickers, found.unknown_tickers) == ("unlabelled", (), ())
    assert (found.attributes["symbols"], found.received_at) == ("BABA", NOW)
    assert why_not_linked(found, universe, NOW.date()) == "unlabelled"
    every = Announcer(universe, "all", Understanding(Fixed(answer=BUSY), "keep")).announce(feed_item())
    assert every is not None
    assert (every.event_type, every.tickers) == ("news", ("BABA",))


def test_an_item_of_a_feed_without_a_headline_is_kept_unlabelled_where_the_config_allows_it() -> None:
    silent = replace(feed_item(), headline=" ")
    with pytest.raises(RefusedItem, match="no headline"):
        Announcer(None).announce(silent)
    kept = Understanding(on_unlabelled="keep")
    found = Announcer(None, understanding=kept).announce(silent)
    assert found is not None
    assert (found.event_type, found.issuer, found.headline) == ("unlabelled", "unlabelled", "(no headline)")
    assert (found.received_at, found.tickers, found.attributes["symbols"]) == (NOW, (), "BABA")
    assert "1 of 1 texts have no label (1 no_headline)" in kept.notices()[-1]


ALPACA = '{"news": [{"id": 1, "headline": "", "created_at": "2025-03-06T08:00Z"}, {"id": 2, "headline": "A plant",'
GDELT = '{"articles": [{"url": "http://a.example/1", "title": " ", "seendate": "20250306T080000Z"},'
NAMES = {"headline": "title", "published_at": "at"}


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        (AlpacaAnnouncements, ALPACA + ' "created_at": "2025-03-06T08:00Z"}]}'),
        (
            GdeltAnnouncements,
            GDELT + '{"url": "http://a.example/2", "title": "A plant", "seendate": "20250306T080000Z"}]}',
        ),
        (
            partial(MappedAnnouncements, map={"columns": NAMES}),
            "title,at\n,2025-03-06T08:00Z\nA plant,2025-03-06T08:00Z\n",
        ),
    ],
    ids=["alpaca", "gdelt", "mapped"],
)
def test_a_feed_hands_on_items_without_a_headline(
    tmp_path: Path, reader: Callable[..., FeedAnnouncements], text: str
) -> None:
    (tmp_path / "news").write_text(text, encoding="utf-8")
    every = reader(path=tmp_path / "news", keep="all")
    with pytest.raises(DataError, match="no headline"):
        every.read()
    batch = every.with_understanding(Understanding(on_unlabelled="keep")).read()
    assert [(one.event_type, one.headline) for one in batch.announcements] == [
        ("unlabelled", "(no headline)"), ("news", "A plant"),
    ]  # fmt: skip


def test_an_archive_tries_again_what_had_no_label(tmp_path: Path) -> None:
    archive = tmp_path / "a.jsonl"

    def imported(answer: TextLabel | NoLabel, at: datetime) -> tuple[int, ...]:
        announcer = Announcer(None, understanding=Understanding(Fixed(answer=answer), "keep"))
        done = import_items([feed_item()], archive, announcer, now=at)
        return done.added, done.revised, done.unchanged, done.unlabelled

    assert imported(BUSY, NOW) == (1, 0, 0, 1)
    assert imported(BUSY, NOW + timedelta(hours=1)) == (0, 0, 1, 0)
    later = NOW + timedelta(hours=2)
    label = event("Harbor opens a plant")
    assert imported(label, later) == (0, 1, 0, 0)
    assert imported(label, later) == (0, 0, 1, 0)
    rows = archive.read_text().splitlines()
    assert len(rows) == 2
    assert f'"received_at": "{later.isoformat()}"' in rows[1]  # its label could not be had before


CONFIG = """
name: own
universe: {instruments: i.csv}
prices: {use: csv, path: p.csv}
period: {start: 2025-03-03}
announcements: {use: articles, path: news}
strategies: [{name: S, use: named_tickers}]
"""
MINE = """
from __future__ import annotations
from dataclasses import dataclass
from datetime import date
import newsbt

@dataclass(frozen=True, kw_only=True)
class Mine:
    word: str = "Harbor"
    made_by: str = "mine 3"
    cutoff: date | None = date(2024, 10, 1)

    @property
    def fingerprint(self):
        return self.word

    def labelling(self, universe):
        return self

    def label(self, texts):
        return [self._one(text) for text in texts]

    def _one(self, text):
        at = text.text.find(self.word)
        if at < 0:
            return newsbt.NoLabel(reason="nobody", message="the text does not name it")
        span = newsbt.Span.of(text.text, at, at + len(self.word))
        return newsbt.TextLabel(kind="announcement", event_type="x", issuer=self.word, evidence={"issuer": (span,)})
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "news").mkdir()
    for name, headline in (("a", "Harbor opens"), ("b", "Nobody opens")):
        text = f"{headline}\n\nPublished: 2025-03-03T09:00:00Z\n"
        (tmp_path / "news" / f"{name}.txt").write_text(text, encoding="utf-8")
    (tmp_path / "mine.py").write_text(MINE, encoding="utf-8")
    return tmp_path


def components_of(project: Path, labeller: str):  # type: ignore[no-untyped-def]
    path = project / "own.yaml"
    path.write_text(CONFIG + labeller, encoding="utf-8")
    return assemble(load(path), skip=("prices", "universe"))


def test_a_config_names_who_labels_and_its_results_say_so(project: Path) -> None:
    nobody = Universe(instruments=())
    components = components_of(project, "labeller: {use: mine.py:Mine, on_unlabelled: keep}")
    batch, labelled = read_news(components, nobody)
    assert [(one.event_id, one.event_type) for one in batch.announcements] == [("a", "x"), ("b", "unlabelled")]
    assert labelled.cutoffs == (date(2024, 10, 1),)
    assert labelled.notices[0] == f"labels by mine 3 for 2 texts: {until_sentence(date(2024, 10, 1))}"
    assert "1 of 2 texts have no label (1 nobody)" in labelled.notices[1]
    assert "Mine" in {cls.__name__ for cls in components.classes}
    with pytest.raises(DataError, match="the text does not name it"):
        read_news(components_of(project, "labeller: {use: mine.py:Mine}"), nobody)
    chain = components_of(project, "labeller: [{use: rules}, {use: mine.py:Mine, on_unlabelled: keep}]")
    assert read_news(chain, nobody)[1].notices[0].startswith("labels by rules ")


def test_another_labeller_is_another_trial_and_none_is_the_trial_it_was(project: Path) -> None:
    def key(labeller: str) -> str:
        components = components_of(project, labeller)
        _, labelled = read_news(components, Universe(instruments=()))
        hashes = {"config": "", "data": {}, **({"labeller": labelled.fingerprint} if labelled.fingerprint else {})}
        return trial_key(components, hashes, components.strategies[0])  # type: ignore[arg-type]

    mine = "labeller: {use: mine.py:Mine, on_unlabelled: keep, word: %s}"
    assert len({key(""), key(mine % "Harbor"), key(mine % "Nobody")}) == 3
    assert "labeller" not in components_of(project, "").document


def test_what_is_no_labeller_is_refused_with_its_line(project: Path) -> None:
    with pytest.raises(ConfigError, match="'wizard' is not one of"):
        components_of(project, "labeller: {use: wizard}")
    bare = "from dataclasses import dataclass\n@dataclass(frozen=True)\nclass Mine:\n    x: int = 1\n"
    (project / "mine.py").write_text(bare, encoding="utf-8")
    with pytest.raises(ConfigError, match="has no attribute 'made_by'"):
        components_of(project, "labeller: {use: mine.py:Mine}")
    with pytest.raises(ConfigError, match="on_unlabelled"):
        components_of(project, "labeller: {use: rules, on_unlabelled: shrug}")


def test_articles_are_understood_by_the_labeller_they_are_handed(tmp_path: Path) -> None:
    text = "Harbor opens a plant\n\nPublished: 2025-04-29T05:00:00+08:00\n"
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    reader = ArticleAnnouncements(path=tmp_path)
    assert reader.read().silent == 1
    (found,) = reader.with_understanding(Understanding(Fixed(answer=event(text)))).read().announcements
    assert (found.issuer, found.event_type, found.origin) == ("Harbor", "opening", f"{tmp_path / 'a.txt'}:1")


def test_a_text_in_another_language_is_counted_and_stops_no_run() -> None:
    german = NewsItem.of("Die Bank und der Konzern stellen ein Modell für das Auto vor", "", published_at=NOW)
    default, keeping = Understanding(), Understanding(on_unlabelled="keep")
    for mine in (default, keeping):
        found = mine.reading(None).extract(german)
        assert (found.language, found.is_announcement, mine.unlabelled["language"]) == ("other", False, 1)
    assert (default.reading(None).extract(german).unlabelled, found.kind) == ("", "unlabelled")
    assert "left out" in default.notices()[0] and "kept as events" in keeping.notices()[0]
