"""What a language model answers, taken for a label only where it keeps to the schema and to the words of the text."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Container, Mapping
from dataclasses import dataclass

from newsbt._plain import JsonValue
from newsbt.domain.aliases import AliasBook
from newsbt.domain.text_label import KINDS, TextLabel
from newsbt.domain.text_spans import NewsText, Span

__all__ = ["BadAnswerError", "Reply", "label_of", "reply_of"]

FIELDS = ("kind", "event_type", "issuer", "subject", "rivals", "words", "sentiment", "confidence")
EVENTS = ("announcement", "followup")  # kinds that have a type and an issuer
_FENCE = re.compile(r"```(?:json)?\s*(.*?)\s*```", re.DOTALL)


class BadAnswerError(Exception):
    """An answer that is none: `reason` in a word, the message in a sentence."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model wrote, and how many tokens the server counts for it and the question; 0 where it does not say."""

    content: str
    tokens: int


def reply_of(data: bytes) -> Reply:
    """The model's words in what a server of OpenAI's kind answers.

    Raises
    ------
    BadAnswerError
    """
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        raise BadAnswerError("not_json", "what the server answers is no JSON; is the address that of /v1?") from None
    try:
        choice = document["choices"][0]
        content, ended = choice["message"]["content"], choice.get("finish_reason")
    except (KeyError, IndexError, TypeError, AttributeError):
        message = "the server's JSON has no choices[0].message.content; is the address that of /v1?"
        raise BadAnswerError("no_answer", message) from None
    if not isinstance(content, str) or not content.strip():
        raise BadAnswerError("no_answer", "the model answers nothing")
    if ended == "length":
        raise BadAnswerError("half", "the answer was cut at `answer_tokens`; raise it")
    usage = document.get("usage")
    counted = usage.get("total_tokens") if isinstance(usage, dict) else None
    return Reply(content, counted if isinstance(counted, int) and counted > 0 else 0)


def label_of(content: str, text: NewsText, types: Container[str], names: AliasBook) -> TextLabel:
    """The label that a model's words are.

    The issuer's words must stand in the text; subject and rivals that do not are left out. Its name is the usual one
    where the names know it, else as the text writes it.

    Raises
    ------
    BadAnswerError
    """
    answer = _fields(content)
    kind, event_type, issuer = (_text(answer, name) for name in ("kind", "event_type", "issuer"))
    if kind not in KINDS:
        raise BadAnswerError("bad_schema", f"kind is one of {', '.join(KINDS)}, not {kind[:40]!r}")
    sentiment = _number(answer, "sentiment", -1.0)
    score = _number(answer, "confidence", 0.0)
    if kind not in EVENTS:
        return TextLabel(kind=kind, score=score)
    if event_type not in types:
        raise BadAnswerError("bad_schema", f"event_type is one of those listed, not {event_type[:40]!r}")
    acting = find_words(text, issuer)
    if acting is None:
        raise BadAnswerError("invented", f"the issuer {issuer[:60]!r} does not stand in the text")
    evidence: dict[str, tuple[Span, ...]] = {"issuer": (acting,)}
    rivals = [found for one in _list(answer, "rivals") if (found := find_words(text, one)) is not None]
    if rivals:
        evidence["rivals"] = tuple(rivals)
    for name, key in (("subject", "subject"), ("event_type", "words")):
        span = find_words(text, _text(answer, key))
        if span is not None:
            evidence[name] = (span,)
    subject = evidence.get("subject")
    return TextLabel(
        kind=kind,
        event_type=event_type,
        issuer=known_name(acting, names),
        subject=" ".join(subject[0].text.split()) if subject else "",
        rivals=tuple(dict.fromkeys(" ".join(one.text.split()) for one in rivals)),
        sentiment=sentiment,
        score=score,
        evidence=evidence,
    )


def find_words(text: NewsText, words: str) -> Span | None:
    """Where words stand in headline or body, whatever their case and spaces; None where they do not."""
    wanted = words.split()
    if not wanted:
        return None
    # A name inside another word is another name; scripts without blanks have no such bounds.
    first, last = (r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])")
    head, tail = (re.match(r"[A-Za-z0-9]", sign) is not None for sign in (wanted[0][0], wanted[-1][-1]))
    inner = r"\s+".join(map(re.escape, wanted))
    pattern = re.compile((first if head else "") + inner + (last if tail else ""), re.IGNORECASE)
    for part in (text.headline, text.body):
        found = pattern.search(text.text, part.start, part.end)
        if found is not None:
            return Span.of(text.text, *found.span())
    return None


def known_name(words: Span, names: AliasBook) -> str:
    """The usual name of whom words mean, all of them; the words themselves where the names know nobody by them."""
    whole = [one for one in names.find(words.text) if (one.start, one.end) == (0, len(words.text))]
    return whole[0].name if whole else " ".join(words.text.split())


def _fields(content: str) -> Mapping[str, JsonValue]:
    fenced = _FENCE.search(content)
    try:
        answer = json.loads(fenced[1] if fenced else content)
    except (ValueError, RecursionError):
        raise BadAnswerError("not_json", f"the model answers no JSON but {content.strip()[:60]!r}") from None
    if not isinstance(answer, dict):
        raise BadAnswerError("bad_schema", "the model answers no JSON object")
    missing = [name for name in FIELDS if name not in answer]
    if missing:
        raise BadAnswerError("bad_schema", f"the answer has no {', '.join(missing)}")
    return answer


def _text(answer: Mapping[str, JsonValue], name: str) -> str:
    value = answer[name]
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadAnswerError("bad_schema", f"{name} is a text, not {str(value)[:40]}")
    return value.strip()


def _list(answer: Mapping[str, JsonValue], name: str) -> list[str]:
    value = answer[name]
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise BadAnswerError("bad_schema", f"{name} is a list of texts")
    return [str(one) for one in value]


def _number(answer: Mapping[str, JsonValue], name: str, least: float) -> float:
    value = answer[name]
    if value is None:
        return math.nan
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= 1.0:
        raise BadAnswerError("bad_schema", f"{name} is a number from {least:g} to 1, not {str(value)[:40]}")
    return float(value)
