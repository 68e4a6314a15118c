"""How often, how fast and how long a provider is asked."""

from __future__ import annotations

import pytest

from made_up_provider import Clock
from newsbt.pulling.politeness import Manners
from newsbt.pulling.provider_contract import ErrorKind, ProviderError


def manners(clock: Clock, **changes: float) -> Manners:
    return Manners(gap_seconds=1.0, backoff_seconds=2.0, clock=clock.politeness, **changes)


def question(*answers: ProviderError | str):
    left = list(answers)

    def ask() -> str:
        answer = left.pop(0)
        if isinstance(answer, ProviderError):
            raise answer
        return answer

    return ask


def error(kind: ErrorKind, wait: float | None = None) -> ProviderError:
    return ProviderError(kind, f"it is {kind}", wait)


def test_between_two_questions_lies_a_second() -> None:
    clock = Clock()
    polite = manners(clock)
    assert [polite.ask(question("a")), polite.ask(question("b"))] == ["a", "b"]
    clock.at += 5
    polite.ask(question("c"))
    assert clock.waits == [1.0]


@pytest.mark.parametrize("kind", ["busy", "unreachable"])
def test_pauses_double_and_vary_by_chance(kind: ErrorKind) -> None:
    clock = Clock()
    assert manners(clock).ask(question(error(kind), error(kind), error(kind), "a")) == "a"
    assert clock.waits == [2.0, 4.0, 8.0]
    early = Clock()
    with pytest.raises(ProviderError):
        Manners(gap_seconds=1, clock=early.politeness).ask(question(*[error(kind)] * 4))
    low = Clock()
    politeness = low.politeness
    object.__setattr__(politeness, "jitter", lambda: 0.0)
    Manners(gap_seconds=0, clock=politeness).ask(question(error(kind), "a"))
    assert low.waits == [1.0]


def test_a_pause_is_as_long_as_the_provider_asks_for() -> None:
    clock = Clock()
    assert manners(clock).ask(question(error("busy", 17.0), "a")) == "a"
    assert clock.waits == [17.0]


def test_one_that_asks_for_very_long_is_left_alone_and_said_so() -> None:
    polite = manners(Clock())
    with pytest.raises(ProviderError, match="it is busy"):
        polite.ask(question(error("busy", 3600.0)))
    with pytest.raises(ProviderError, match="left alone: it is busy"):
        polite.ask(question("never asked"))


def test_one_that_still_asks_to_wait_after_the_last_attempt_is_left_alone() -> None:
    polite = manners(Clock())
    with pytest.raises(ProviderError):
        polite.ask(question(*[error("busy")] * 4))
    assert polite.resting == "it is busy"


def test_three_questions_without_an_answer_are_enough() -> None:
    polite = manners(Clock())
    for k in range(3):
        assert not polite.resting, k
        with pytest.raises(ProviderError):
            polite.ask(question(*[error("unreachable")] * 4))
    assert polite.resting == "it is unreachable"


def test_an_answer_between_them_counts() -> None:
    polite = manners(Clock())
    for kind in ("unreachable", "unreachable", "nothing", "unreachable", "unreachable"):
        with pytest.raises(ProviderError):
            polite.ask(question(*[error(kind)] * 4))
    assert not polite.resting


@pytest.mark.parametrize("kind", ["nothing", "uncovered"])
def test_what_it_does_not_have_is_not_asked_again(kind: ErrorKind) -> None:
    clock = Clock()
    with pytest.raises(ProviderError):
        manners(clock).ask(question(error(kind)))
    assert clock.waits == []


def test_what_cannot_be_used_is_asked_for_once_more() -> None:
    clock = Clock()
    polite = manners(clock)
    assert polite.ask(question(error("unusable"), "a")) == "a"
    with pytest.raises(ProviderError):
        polite.ask(question(error("unusable"), error("unusable")))
    assert not polite.resting


def test_a_library_that_is_missing_is_asked_for_nothing_more() -> None:
    polite = manners(Clock())
    with pytest.raises(ProviderError):
        polite.ask(question(error("missing")))
    assert polite.resting == "it is missing"
