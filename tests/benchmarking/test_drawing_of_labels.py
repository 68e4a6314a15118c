"""Draws are the same on every machine, and the labels that are kept are those of the rows drawn."""

from __future__ import annotations

import csv
import subprocess
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from benchmarks.headlines_real.drawing import cue_of, draw, stratum_of
from benchmarks.headlines_real.full_texts import Place, item_of, read_places, text_of
from benchmarks.headlines_real.labels import EVENT_TYPES, SETS, half_of, read_labels
from benchmarks.headlines_real.pairs import Dated, draw_pairs, likeness, read_dated
from benchmarks.headlines_real.story_pairs import Pair, by_likeness, read_pairs, score_pairs
from benchmarks.headlines_real.texts import Headline, read_unlabelled, texts_folder

NO_EVENT = {"none", "other_event", "rumour", "denial", "delay", "followup"}
START = datetime(2025, 2, 10, tzinfo=UTC)


def headline(k: int, text: str, source: str = "juya26") -> Headline:
    return Headline(f"{source}-{k}", source, "zh", START, text)


HEADLINES = [headline(k, "某公司发布新品" if k % 3 else "今日无事") for k in range(90)]


def test_a_draw_is_the_same_in_any_order_and_company() -> None:
    sizes = {"juya:release": 10, "juya:none": 4}
    drawn = list(draw(HEADLINES, sizes, "seed"))
    assert Counter(stratum for _, stratum, _ in drawn) == sizes
    assert sum(weight for *_, weight in drawn) == pytest.approx(len(HEADLINES))
    others = [headline(k, "公司业绩预增", "zhstock") for k in range(20)]
    assert list(draw([*others, *reversed(HEADLINES)], sizes, "seed")) == drawn
    assert [one.id for one, *_ in draw(HEADLINES, sizes, "another")] != [one.id for one, *_ in drawn]
    # In the order of the SHA-256 of "seed", a line end and the id.
    assert [one.id for one, *_ in drawn][:4] == ["juya26-79", "juya26-26", "juya26-41", "juya26-70"]


def test_strata_are_of_words_alone() -> None:
    assert cue_of("Acme lowers its outlook and buys Beta") == "results"
    assert cue_of("Acme buys Beta") == "deal" and cue_of("某公司收购另一家") == "deal"
    assert cue_of("Dogs can tell") == "release"  # wide on purpose
    assert stratum_of(headline(1, "今日无事")) == "juya:none"


def test_pairs_are_drawn_from_titles_that_count_once(tmp_path: Path) -> None:
    rows = [
        (0, "Tesla launches a cheaper Model Y in China"),
        (5, "Tesla launches a cheaper Model Y in China"),
        (2, "Tesla launches cheaper Model Y for China"),
        (6, "特斯拉在中国推出更便宜的Model Y"),
        (90, "Tesla launches something much later"),
        (3, "Tesla Options activity"),
        (4, "Nobody launches anything"),
    ]
    path = tmp_path / "headlines.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("published_at_utc", "title"))
        writer.writerows(((START + timedelta(hours=hours)).isoformat(), title) for hours, title in rows)
    headlines = list(read_dated(path))
    assert len(headlines) == 6
    pairs = draw_pairs(headlines)
    assert draw_pairs(reversed(headlines)) != [] and {name for _, name, *_ in pairs} == {"Tesla"}
    drawn = {(stratum, first.at.hour, second.at.hour) for stratum, _, first, second in pairs}
    assert drawn == {("alike", 0, 2), ("cross", 0, 6), ("cross", 2, 6)}
    assert likeness("Tesla launches", "Tesla sues") == pytest.approx(1 / 3)


def test_merging_is_scored_by_pairs() -> None:
    pairs = [
        Pair("a", "b", "Tesla", "alike", same=True, hard=False),
        Pair("a", "c", "Tesla", "far", same=True, hard=False),
        Pair("b", "c", "Tesla", "far", same=False, hard=True),
    ]
    found = score_pairs(pairs, lambda pair: pair.second == "c")
    assert (found.merged, found.same, found.wrongly_merged, found.different) == (1, 2, 1, 1)
    assert (found.precision, found.recall) == (0.5, 0.5)
    titles = {"a": "Tesla launches a cheaper Model Y", "b": "Tesla launches a cheaper Model Y", "c": "Recall of trucks"}
    dated = {key: Dated(START + timedelta(hours=k), title) for k, (key, title) in enumerate(titles.items())}
    is_one = by_likeness(dated, timedelta(hours=24), 0.8)
    assert [is_one(one) for one in pairs] == [True, False, False]


def test_an_article_in_markdown_is_an_item() -> None:
    text = (
        '---\ntitle: "Acme unveils a phone"\ndate: "2025-02-11 09:30:00"\n---\n\n![a](b.png)\n\n'
        "Acme, [the maker](https://acme.test), <b>unveiled</b> a **phone**.\n"
    )
    item = item_of(text, "t1")
    assert (item.headline.text, item.item_id) == ("Acme unveils a phone", "t1")
    assert item.published_at.isoformat() == "2025-02-11T09:30:00+08:00"
    assert " ".join(item.body.text.split()) == "Acme, the maker, unveiled a phone."
    assert item_of(text.replace("\n", "\r\n")).headline == item.headline
    feed = item_of("\n---\ntitle: 'Acme'\ndate: Sat, 23 Oct 2021 03:53:40 GMT\n---\n\nBody.\n")
    assert feed.published_at == datetime(2021, 10, 23, 3, 53, 40, tzinfo=UTC)


def test_a_text_is_fetched_by_commit_path_and_offsets(tmp_path: Path) -> None:
    clone = tmp_path / "owner+name"
    clone.mkdir()

    def git(*arguments: str) -> str:
        who = ("-c", "user.name=n", "-c", "user.email=e@example.test")
        command = ["git", "-C", str(clone), *who, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    git("init", "-q")
    (clone / "新闻.md").write_text("0123456789", encoding="utf-8")
    git("add", "-A")
    git("commit", "-q", "-m", "one")
    commit = git("rev-parse", "HEAD")
    assert text_of(tmp_path, Place("t", "owner/name", commit, "新闻.md", 2, 5)) == "234"
    assert text_of(tmp_path, Place("t", "owner/name", commit, "新闻.md", 0, 0)) == "0123456789"


@pytest.mark.parametrize(("name", "least"), [("given", 300), ("drawn", 300), ("full texts", 60)])
def test_labels_are_whole_and_hold_no_text(name: str, least: int) -> None:
    labels = read_labels(name)
    assert len(labels) >= least and len({one.id for one in labels}) == len(labels)
    for one in labels:
        assert set(one.types) <= {*EVENT_TYPES, *NO_EVENT}, one.id
        assert one.weight > 0
        if one.is_event:
            assert one.issuers, f"{one.id} is an event without an issuer"
    if name == "drawn":
        assert 150 < sum(half_of(one.id) == "held_out" for one in labels) < 210


def test_places_of_full_texts_name_whole_commits() -> None:
    places = read_places()
    assert [one.id for one in places] == [one.id for one in read_labels("full texts")]
    assert all(len(one.commit) == 40 and one.path.endswith(".md") for one in places)


def test_pairs_are_enough_and_hard_enough() -> None:
    pairs = list(read_pairs())
    assert sum(one.same for one in pairs) >= 50 and sum(one.hard for one in pairs) >= 50
    assert not any(one.same and one.hard for one in pairs)


def test_the_labels_are_those_of_the_drawing() -> None:
    try:
        folder = texts_folder()
    except FileNotFoundError as error:
        pytest.skip(str(error))
    drawn = {one.id: (stratum, round(weight, 3)) for one, stratum, weight in draw(read_unlabelled(folder))}
    assert {one.id: (one.stratum, one.weight) for one in read_labels("drawn")} == drawn
    headlines = [
        "given",
        "drawn",
        "fresh",
        "english",
        "last english",
        "closing english",
        "model releases",
        "fresh model releases",
    ]
    texts = [f"{one}full texts" for one in ("", "fresh ", "last ", "more ", "final ", "closing ")]
    assert SETS.keys() == {*headlines, *texts}
    for kind in (headlines[:6], texts):
        ids = [one.id for name in kind for one in read_labels(name)]
        assert len(set(ids)) == len(ids)  # no text stands in two sets
