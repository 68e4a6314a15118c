"""A language model as a labeller, against a server that answers well and one that misbehaves in every way."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from model_server import ModelServer, completion, label_json, response
from newsbt.catalog import build
from newsbt.domain.entity import Universe
from newsbt.domain.text_label import NoLabel, TextLabel
from newsbt.domain.text_spans import NewsText
from newsbt.errors import ConfigError, DataError, Problem
from newsbt.events.extraction.news_item import NewsItem
from newsbt.events.labelling.chain import Chain
from newsbt.events.labelling.kept_answers import KeptAnswers
from newsbt.events.labelling.llm import LanguageModel
from newsbt.events.labelling.rule_labeller import Rules
from newsbt.events.labelling.understanding import Understanding
from newsbt.ports import TellingLabelling
from newsbt.testing import check_labeller

NOW = datetime(2025, 5, 2, 12, tzinfo=UTC)
TEXT = NewsText.of("Harbor opens a plant with Pier", "Harbor said so on Friday.", published_at=NOW)
GOOD = completion(label_json())
Serve = Callable[..., ModelServer]


@pytest.fixture
def serve() -> Iterator[Serve]:
    running: list[ModelServer] = []

    def start(*replies: object) -> ModelServer:
        running.append(ModelServer(replies))  # type: ignore[arg-type]
        return running[-1]

    yield start
    for one in running:
        one.close()


def model_at(server: ModelServer, tmp_path: Path, **changes: object) -> LanguageModel:
    params = {"url": server.url, "model": "m-1", "cutoff": None, "cache": tmp_path, "retries": 0, "timeout": 5.0}
    found: LanguageModel = LanguageModel(**(params | changes))  # type: ignore[arg-type]
    vars(found)["_sleep"] = lambda seconds: None
    return found


def answer(server: ModelServer, tmp_path: Path, text: NewsText = TEXT, **changes: object) -> TextLabel | NoLabel:
    (found,) = model_at(server, tmp_path, **changes).labelling(None).label([text])
    return found


def test_a_good_answer_is_a_label_whose_words_stand_in_the_text(serve: Serve, tmp_path: Path) -> None:
    server = serve(completion(label_json(rivals=["Pier", "Quay"], issuer="harbor")))
    found = answer(server, tmp_path)
    assert isinstance(found, TextLabel)
    assert (found.kind, found.event_type, found.issuer) == ("announcement", "capex_plan", "Harbor")
    assert (found.subject, found.rivals, found.sentiment, found.score) == ("plant", ("Pier",), 0.5, 0.9)
    assert {name: spans[0].text for name, spans in found.evidence.items()} == {
        "issuer": "Harbor", "rivals": "Pier", "subject": "plant", "event_type": "opens a plant",
    }  # fmt: skip
    asked = server.bodies[0]
    assert (asked["model"], asked["temperature"]) == ("m-1", 0)
    schema = asked["response_format"]["json_schema"]["schema"]  # type: ignore[index]
    assert "capex_plan" in schema["properties"]["event_type"]["enum"]
    system, user = (one["content"] for one in asked["messages"])  # type: ignore[attr-defined]
    assert "capex_plan" in system
    assert user == "Harbor opens a plant with Pier\n\nHarbor said so on Friday."
    assert "2025" not in user  # a model that is told the day may remember it


def test_it_is_fit(serve: Serve, tmp_path: Path) -> None:
    server = serve(completion(label_json(issuer="Alibaba", event_type="model_release")))
    answers = check_labeller(model_at(server, tmp_path))
    assert [one.reason for one in answers if isinstance(one, NoLabel)] == ["invented"] * 4
    assert sum(isinstance(one, TextLabel) for one in answers) == 5


NONSENSE = {
    "nonsense": (completion("The company is doing well, I would buy."), "not_json"),
    "not JSON": (response(b"<html>502</html>"), "not_json"),
    "JSON of another kind": (response(b'{"error": "no such model"}'), "no_answer"),
    "nothing": (completion(""), "no_answer"),
    "content of another kind": (completion([{"text": "x"}]), "no_answer"),
    "wrong schema": (completion('{"kind": "announcement"}'), "bad_schema"),
    "another type": (completion(label_json(event_type="party")), "bad_schema"),
    "another kind": (completion(label_json(kind="guess")), "bad_schema"),
    "a number of words": (completion(label_json(sentiment="very good")), "bad_schema"),
    "not a number": (completion(label_json(confidence=1.0).replace("1.0", "NaN")), "bad_schema"),
    "nested deep": (completion("[" * 100_000), "not_json"),
    "half an answer": (completion(label_json()[:40], finish_reason="length"), "half"),
    "429": (response(b"", "429 Too Many Requests", "Retry-After: 0\r\n"), "unreachable"),
    "500": (response(b"", "500 Internal Server Error"), "unreachable"),
    "401": (response(b"", "401 Unauthorized"), "refused"),
    "a redirect": (response(b"", "302 Found", "Location: http://127.0.0.1:9/\r\n"), "refused"),
    "404": (response(b"", "404 Not Found"), "missing_file"),
    "closes": (lambda line: None, "unreachable"),
    "breaks off": (GOOD[:-20], "unreachable"),
    "more than it says": (GOOD + b"more" * 100, "unreachable"),
    "no HTTP": (b"hello\r\n\r\n", "unreachable"),
    "an invented issuer": (completion(label_json(issuer="Nvidia")), "invented"),
    "a part of a word": (completion(label_json(issuer="Harb")), "invented"),
    "huge": (completion("x" * (5 * 2**20)), "too_large"),
}
"""What a server sends, and the reason that is counted."""


@pytest.mark.parametrize("fault", NONSENSE)
def test_what_is_no_answer_leaves_the_text_unlabelled(fault: str, serve: Serve, tmp_path: Path) -> None:
    reply, reason = NONSENSE[fault]
    server = serve(reply)
    found = answer(server, tmp_path)
    assert isinstance(found, NoLabel)
    assert found.reason == reason
    assert not list(tmp_path.rglob("*.json"))  # what is no answer is asked about again
    item = NewsItem.of("Harbor opens a plant with Pier", published_at=NOW)
    kept = Understanding(model_at(server, tmp_path), "keep")
    assert kept.reading(None).extract(item).kind == "unlabelled"
    assert dict(kept.unlabelled) == {reason: 1}
    with pytest.raises(DataError, match="no label for 'Harbor opens"):
        Understanding(model_at(server, tmp_path)).reading(None).extract(item)


def test_a_server_that_never_answers_is_not_waited_for(serve: Serve, tmp_path: Path) -> None:
    server = serve(lambda line: server.released.wait(20))
    found = answer(server, tmp_path, timeout=0.05)
    assert isinstance(found, NoLabel)
    assert (found.reason, "says nothing for 0.05 seconds" in found.message) == ("unreachable", True)


def test_a_server_that_drips_is_given_up(serve: Serve, tmp_path: Path) -> None:
    def drip(line: object) -> None:
        for byte in GOOD:
            if server.released.wait(0.02):
                return
            line.sendall(bytes([byte]))  # type: ignore[attr-defined]

    server = serve(drip)
    found = answer(server, tmp_path, timeout=0.1)
    assert isinstance(found, NoLabel)
    assert "takes too long" in found.message


def test_it_asks_again_where_that_may_help_and_says_what_was_wrong(serve: Serve, tmp_path: Path) -> None:
    busy = response(b"", "429 Too Many Requests", "Retry-After: 1\r\n")
    server = serve(busy, response(b"", "503 Service Unavailable"), completion("Well ..."), GOOD)
    assert isinstance(answer(server, tmp_path, retries=2), TextLabel)
    assert len(server.bodies) == 4
    *_, wrong, why = server.bodies[-1]["messages"]  # type: ignore[misc]
    assert (wrong["content"], why["content"]) == (
        "Well ...",
        "That is no answer: the model answers no JSON but 'Well ...'. Answer again, with the JSON object alone.",
    )
    stubborn = serve(completion("Well ..."))
    assert isinstance(answer(stubborn, tmp_path, retries=5, model="m-2"), NoLabel)
    assert len(stubborn.bodies) == 2


def test_answers_are_kept_by_prompt_model_and_text(serve: Serve, tmp_path: Path) -> None:
    server = serve(GOOD)
    first = answer(server, tmp_path)
    assert (answer(server, tmp_path), len(server.bodies)) == (first, 1)
    (file,) = tmp_path.rglob("*.json")
    assert set(json.loads(file.read_text())) == {"answer", "sha256"}  # not the text
    own = tmp_path / "mine.md"
    own.write_text("Label it: {types}", encoding="utf-8")
    others: list[dict[str, object]] = [{"model": "m-2"}, {"prompt": own}, {"characters": 3}, {"format": "none"}]
    for count, changes in enumerate(others, 2):
        answer(server, tmp_path, **changes)
        assert len(server.bodies) == count
    later = replace(TEXT, published_at=datetime(2026, 1, 1, tzinfo=UTC))
    answer(server, tmp_path, later)
    assert len(server.bodies) == 5  # the same words on another day are the same text


def test_a_damaged_copy_is_asked_about_again(serve: Serve, tmp_path: Path) -> None:
    server = serve(GOOD)
    answer(server, tmp_path)
    (file,) = tmp_path.rglob("*.json")
    for damage in (b"", b"{", b'{"answer": "x", "sha256": "y"}', b"[]"):
        file.write_bytes(damage)
        assert isinstance(answer(server, tmp_path), TextLabel)
    assert len(server.bodies) == 5
    assert KeptAnswers(tmp_path).get(file.stem) == label_json()


def test_an_answer_that_was_kept_when_less_was_asked_makes_way(serve: Serve, tmp_path: Path) -> None:
    server = serve(GOOD)
    answer(server, tmp_path)
    (file,) = tmp_path.rglob("*.json")
    file.unlink()
    KeptAnswers(tmp_path).put(file.stem, "{}")
    assert isinstance(answer(server, tmp_path), TextLabel)
    assert KeptAnswers(tmp_path).get(file.stem) == label_json()


def write_many(folder: Path, mine: str) -> None:
    kept = KeptAnswers(folder)
    for k in range(40):
        kept.put(f"{k % 3:064x}", mine * 2_000)


def test_two_writers_leave_one_whole_answer(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=write_many, args=(tmp_path, sign)) for sign in "ab"]
    for one in writers:
        one.start()
    for one in writers:
        one.join(60)
    assert [one.exitcode for one in writers] == [0, 0]
    for k in range(3):
        assert KeptAnswers(tmp_path).get(f"{k:064x}") in ("a" * 2_000, "b" * 2_000)
    assert KeptAnswers(tmp_path).put(f"{0:064x}", "c") != "c"  # the first one's stays
    assert not list(tmp_path.rglob(".*"))


def texts(count: int) -> list[NewsText]:
    return [NewsText.of(f"Harbor opens plant {k}", published_at=NOW) for k in range(count)]


def test_limits_of_calls_and_tokens_hold(serve: Serve, tmp_path: Path) -> None:
    server = serve(completion(label_json(subject="", words=""), tokens=100))
    model = model_at(server, tmp_path, max_calls=2)
    found = model.labelling(None).label(texts(4))
    assert [isinstance(one, TextLabel) for one in found] == [True, True, False, False]
    assert isinstance(found[-1], NoLabel)
    assert (found[-1].reason, found[-1].message) == ("limit", "max_calls: 2 are used up; raise it, or null it")
    again = model.labelling(None).label(texts(3))  # the same run: another universe's names, the same purse
    assert [isinstance(one, TextLabel) for one in again] == [True, True, False]  # what is kept costs nothing
    mean = model_at(server, tmp_path, max_tokens=150, model="m-2")
    assert [isinstance(one, TextLabel) for one in mean.labelling(None).label(texts(3))] == [True, True, False]
    silent = serve(completion(label_json(subject="", words=""), tokens=0))
    counting = model_at(silent, tmp_path, max_tokens=1_000, model="m-3").labelling(None)
    assert isinstance(counting.label(texts(3))[-1], NoLabel)  # counted by length where the server does not


def test_nobody_is_asked_on_and_on_who_does_not_answer(serve: Serve, tmp_path: Path) -> None:
    server = serve(response(b"", "500 Internal Server Error"))
    found = model_at(server, tmp_path).labelling(None).label(texts(6))
    assert [one.reason for one in found if isinstance(one, NoLabel)] == ["unreachable"] * 3 + ["gave_up"] * 3
    assert len(server.bodies) == 3


def test_a_key_comes_from_the_environment_and_goes_nowhere_else(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_KEY", "SECRET-1")
    server = serve(GOOD)
    model = model_at(server, tmp_path, key_env="MY_KEY")
    assert isinstance(model.labelling(None).label([TEXT])[0], TextLabel)
    assert "Authorization: Bearer SECRET-1" in server.heads[0]
    refused = serve(response(b"SECRET-1", "401 Unauthorized"))
    denied = answer(refused, tmp_path, key_env="MY_KEY", model="m-2")
    assert isinstance(denied, NoLabel)
    assert "is the key in MY_KEY right?" in denied.message
    seen = f"{model!r} {model.made_by} {model.fingerprint} {denied.message} {server.bodies}"
    seen += "".join(file.read_text() for file in tmp_path.rglob("*.json"))
    assert "SECRET" not in seen
    monkeypatch.setenv("MY_KEY", "SECRET-1\nHost: elsewhere")
    with pytest.raises(ConfigError, match="what MY_KEY holds is no key") as wrong:
        model.labelling(None)
    assert "SECRET" not in str(wrong.value)
    monkeypatch.delenv("MY_KEY")
    with pytest.raises(ConfigError, match="variable MY_KEY is not set"):
        model.labelling(None)
    with pytest.raises(ValueError, match="a key goes over https only"):
        LanguageModel(url="http://example.com/v1", model="m", cutoff=None, key_env="MY_KEY")


def test_what_names_do_to_labels_is_told(serve: Serve, tmp_path: Path) -> None:
    text = NewsText.of("Alibaba releases Qwen3, Harborix follows", "Alibaba has DeepSeek in sight.", published_at=NOW)
    plain = completion(label_json(issuer="Alibaba", event_type="model_release", subject="", words="", sentiment=0.5))
    hidden = completion(label_json(issuer="Company A", event_type="model_release", subject="", words="", sentiment=-1))
    server = serve(plain, hidden)
    asking = model_at(server, tmp_path, masked=True).labelling(None)
    (found,) = asking.label([text])
    assert isinstance(found, TextLabel)
    assert (found.issuer, found.sentiment) == ("Alibaba", 0.5)  # the label is that of the text itself
    sent = server.bodies[1]["messages"][1]["content"]  # type: ignore[index]
    assert sent == "Company A releases Product A, Harborix follows\n\nCompany A has Company B in sight."
    assert isinstance(asking, TellingLabelling)
    assert "labels 1 of 1 texts otherwise (kind 0, type 0, issuer 0, sign 1)" in asking.notices()[1]
    unknown = serve(completion(label_json(issuer="Harborix")), completion("no"))
    other = model_at(unknown, tmp_path, masked=True, model="m-2").labelling(None)
    other.label([text])
    assert "Company B follows" in unknown.bodies[1]["messages"][1]["content"]  # type: ignore[index]
    assert isinstance(other, TellingLabelling)
    assert "1 had no answer" in other.notices()[1]


def test_names_of_the_universe_name_the_issuer(serve: Serve, tmp_path: Path) -> None:
    text = NewsText.of("阿里巴巴发布QwQ-32B", published_at=NOW)
    server = serve(completion(label_json(issuer="阿里巴巴", event_type="model_release")))
    found = answer(server, tmp_path, text)
    assert isinstance(found, TextLabel)
    assert (found.issuer, found.evidence["issuer"][0].text) == ("Alibaba", "阿里巴巴")


def test_a_chain_asks_the_model_only_where_the_rules_abstain(serve: Serve, tmp_path: Path) -> None:
    server = serve(GOOD)
    chain = Chain(of=(Rules(), model_at(server, tmp_path, cutoff=date(2024, 10, 1))))
    ruled = NewsText.of("Alibaba releases QwQ-32B, a new model", published_at=NOW)
    found = chain.labelling(Universe(instruments=())).label([ruled, TEXT])
    assert [one.issuer for one in found if isinstance(one, TextLabel)] == ["Alibaba", "Harbor"]
    assert len(server.bodies) == 1
    assert chain.cutoff == date(2024, 10, 1)


def test_types_of_ones_own_are_asked_for(serve: Serve, tmp_path: Path) -> None:
    types = tmp_path / "types.yaml"
    types.write_text("party: {verbs: {en: [celebrate]}}\n", encoding="utf-8")
    server = serve(completion(label_json(event_type="party")))
    model = model_at(server, tmp_path)
    told = model.with_types(types, True)
    assert told.fingerprint != model.fingerprint
    (found,) = told.labelling(None).label([TEXT])
    assert isinstance(found, TextLabel)
    assert found.event_type == "party"
    assert isinstance(model.labelling(None).label([TEXT])[0], NoLabel)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"cutoff": None, "url": "ftp://x/v1"}, "begins with http"),
        ({"url": "http://localhost:1/v1"}, "needs the parameter 'cutoff'"),
        ({"cutoff": None, "url": "http://localhost:1/v1", "max_calls": 0}, "max_calls counts from 1"),
        ({"cutoff": None, "url": "http://localhost:1/v1", "format": "xml"}, "format is one of"),
        ({"cutoff": None, "url": "http://localhost:1/v1", "timeout": 0.0}, "timeout counts seconds"),
        ({"cutoff": None, "url": "http://localhost:1/v1", "model": " "}, "model names the model"),
    ],
)
def test_what_a_config_cannot_mean_is_refused(params: dict[str, object], message: str) -> None:
    def report(code: str, key: tuple[str | int, ...], text: str) -> Problem:
        return Problem(code=code, message=text)

    with pytest.raises(ConfigError, match=message):
        build(LanguageModel, {"model": "m"} | params, report)


def test_a_prompt_of_ones_own_needs_the_types(serve: Serve, tmp_path: Path) -> None:
    own = tmp_path / "mine.md"
    own.write_text("Label it.", encoding="utf-8")
    with pytest.raises(DataError, match=r"has no \{types\}"):
        answer(serve(GOOD), tmp_path, prompt=own)
