"""Stories: an item's place depends on earlier items only, and nothing is lost or counted twice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsbt.domain.announcement import Announcement
from newsbt.domain.announcement_batch import AnnouncementBatch
from newsbt.events.stories import Dedupe, stories

DAY = timedelta(hours=24)
BEGIN = datetime(2025, 3, 6, tzinfo=UTC)
HEADLINES = (
    "Alibaba releases QwQ-32B, says it matches DeepSeek-R1",
    "Alibaba releases QwQ-32B and says it matches DeepSeek-R1",
    "UPDATE 1-Alibaba releases QwQ-32B, says it matches DeepSeek-R1",
    "Alibaba shares jump after model release",
    "阿里巴巴发布推理模型QwQ-32B",
    "阿里巴巴正式发布推理模型QwQ-32B",
)


def item(number: int, headline: str, hours: float, issuer: str = "Alibaba", subject: str = "") -> Announcement:
    return Announcement(
        event_id=f"e{number:03}",
        published_at=BEGIN + timedelta(hours=hours),
        event_type="model_release",
        issuer=issuer,
        headline=headline,
        subject=subject,
    )


items = st.lists(
    st.tuples(
        st.sampled_from(HEADLINES),
        st.integers(0, 60),
        st.sampled_from(("Alibaba", "Baidu")),
        st.sampled_from(("", "QwQ-32B", "Qwen3")),
    ),
    min_size=1,
    max_size=14,
).map(lambda rows: [item(n, *row) for n, row in enumerate(rows)])


@settings(max_examples=150, deadline=None)
@given(items, st.integers(0, 60), st.floats(0.3, 1.0))
def test_later_items_change_nothing(news: list[Announcement], cut: int, threshold: float) -> None:
    known = [one for one in news if one.known_at() <= BEGIN + timedelta(hours=cut)]
    whole = {one.item.event_id: (one.story, one.novelty) for one in stories(news, DAY, threshold)}
    for one in stories(known, DAY, threshold):
        assert whole[one.item.event_id] == (one.story, one.novelty)


@settings(max_examples=100, deadline=None)
@given(items, st.floats(0.3, 1.0), st.randoms())
def test_every_item_is_in_one_story_that_began_inside_the_window(news, threshold, shuffler) -> None:  # type: ignore[no-untyped-def]
    placed = {one.item.event_id: one for one in stories(news, DAY, threshold)}
    assert set(placed) == {one.event_id for one in news}
    for one in placed.values():
        first = placed[one.story]
        assert first.is_first
        assert timedelta(0) <= one.item.known_at() - first.item.known_at() <= DAY
        assert one.item.issuer == first.item.issuer
        assert 0.0 <= one.novelty <= 1.0
    shuffled = list(news)
    shuffler.shuffle(shuffled)
    assert {one.item.event_id: one.story for one in stories(shuffled, DAY, threshold)} == {
        name: one.story for name, one in placed.items()
    }


def test_the_same_words_are_one_story_and_have_no_novelty() -> None:
    first, second, other = stories(
        [item(0, HEADLINES[0], 0), item(1, HEADLINES[0], 5), item(2, HEADLINES[3], 6)], DAY, 0.8
    )
    assert (first.novelty, second.novelty, second.story) == (1.0, 0.0, "e000")
    assert other.is_first
    assert other.novelty > 0.7


@pytest.mark.parametrize(("one", "two"), [(0, 1), (0, 2), (4, 5)])
def test_a_headline_with_other_small_words_is_the_same_story(one: int, two: int) -> None:
    *_, last = stories([item(0, HEADLINES[one], 0), item(1, HEADLINES[two], 1)], DAY, 0.5)
    assert last.story == "e000"


def test_another_issuer_another_subject_or_another_day_is_another_story() -> None:
    head = HEADLINES[0]
    news = [
        item(0, head, 0, subject="QwQ-32B"),
        item(1, head, 1, issuer="Baidu"),
        item(2, head, 2, subject="Qwen3"),
        item(3, head, 30),
    ]
    assert all(one.is_first for one in stories(news, DAY, 0.8))


@dataclass(frozen=True)
class Given:
    announcements: tuple[Announcement, ...]

    def read(self, known_tickers: object = None) -> AnnouncementBatch:
        return AnnouncementBatch(announcements=self.announcements, rows_read=len(self.announcements))


def test_dedupe_keeps_the_first_and_counts_the_rest() -> None:
    found = (item(0, HEADLINES[0], 5), item(1, HEADLINES[0], 0), item(2, HEADLINES[3], 6))
    news = tuple(replace(one, sentiment=0.5, relevance=1.0) for one in found)
    batch = Dedupe(Given(news), DAY, 0.8).read()
    assert [one.event_id for one in batch.announcements] == ["e001", "e002"]
    assert (batch.merged, batch.rows_read) == (1, 3)
    assert batch.announcements[0].attributes["novelty"] == 1.0
    assert replace(batch.announcements[0], attributes=news[1].attributes) == news[1]


def test_of_several_alike_the_most_alike_one_tells_the_story() -> None:
    first, second, third = stories(
        [
            item(0, HEADLINES[0], 0, subject="QwQ-32B"),
            item(1, HEADLINES[2], 1, subject="Qwen3"),
            item(2, HEADLINES[0], 2),
        ],
        DAY,
        0.3,
    )
    assert (first.story, second.story, third.story) == ("e000", "e001", "e000")
    assert second.novelty < 0.5  # another story, and yet not new in its words


def test_a_long_body_under_another_headline_is_the_same_story() -> None:
    bodies = [" ".join(f"word{n}" for n in range(count)) for count in (80, 79, 20, 20)]
    heads = ("Alibaba opens QwQ-32B", "A model that reasons", "阿里巴巴发布推理模型", "Cheaper than any other")
    news = [replace(item(k, heads[k], k), body=body) for k, body in enumerate(bodies)]
    assert [one.story for one in stories(news, DAY, 0.8)] == ["e000", "e000", "e002", "e003"]


def test_what_was_told_before_the_window_is_new_again() -> None:
    _, again = stories([item(0, HEADLINES[0], 0), item(1, HEADLINES[0], 25)], DAY, 0.8)
    assert (again.story, again.novelty) == ("e001", 1.0)
