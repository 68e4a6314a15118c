"""A language model as a labeller: any server that speaks as OpenAI's does, on this machine or elsewhere."""

from __future__ import annotations

import copy
import math
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

from newsbt.digests import digest_of
from newsbt.domain.entity import Universe
from newsbt.domain.size_limits import MB, SizeLimit
from newsbt.domain.text_label import NoLabel, TextLabel
from newsbt.domain.text_spans import NewsText
from newsbt.errors import ConfigError, DataError
from newsbt.events.extraction.event_types import default_types, read_types
from newsbt.events.extraction.extract import Extractor
from newsbt.events.labelling.kept_answers import KeptAnswers, default_answers
from newsbt.events.labelling.llm_answer import BadAnswerError, Reply, label_of, reply_of
from newsbt.events.labelling.llm_question import FORMATS, ModelQuestion, sent_text
from newsbt.events.labelling.masked_names import MaskedComparison, masked
from newsbt.net.addresses import Address, check_headers
from newsbt.net.patient_asking import Pace, PatientAsker
from newsbt.ports import Labelling

__all__ = ["LanguageModel"]

LOOPBACK = ("localhost", "127.0.0.1", "::1")
ANSWER_LIMIT = SizeLimit("answer of a model", 4 * MB)
GIVE_UP = 3  # texts in a row without an answer, after which nobody is asked any more
CHARACTERS_A_TOKEN = 3  # where a server counts no tokens; rather too few


@dataclass
class _Spent:
    """What one labeller has asked so far."""

    calls: int = 0
    tokens: int = 0
    kept: int = 0
    in_vain: int = 0


@dataclass(frozen=True, kw_only=True)
class LanguageModel:
    """Asks a model about each text; what it answers counts only where it keeps to the schema and to the text's words.

    Answers are kept on disk by a hash of prompt, model and text, so that asking again costs nothing and gives the same.

    Parameters
    ----------
    url : str
        Where the server's interface begins, such as ``http://localhost:11434/v1``; ``/chat/completions`` is added.
    model : str
        As the server calls it, with its version.
    cutoff : date or None
        The last day of which the model can have read. Must be given; null says that nobody knows.
    key_env : str, optional
        The environment variable that holds the key of the server. The key itself is written nowhere.
    prompt : str or Path, optional
        A prompt of one's own, with ``{types}`` where the types of events go.
    format : {'json_schema', 'json_object', 'none'}
        How the server is told the schema of an answer.
    masked : bool
        Whether each text is labelled once more with its names replaced, for a sentence on how the labels change.
    max_calls, max_tokens : int, optional
        The most questions that are sent, attempts after a failure too, and the most tokens, as the server counts them;
        null is no limit. Answers on disk cost nothing.
    answer_tokens : int
        The most tokens of one answer.
    characters : int
        How much of a body is sent.
    timeout : float
        Seconds that the server may say nothing.
    retries : int
        Further attempts after a failure; with any, an answer that is none is asked about once more.
    cache : str or Path, optional
        Folder of answers; by default in the user's own folder of caches.
    """

    url: str = field(repr=False)
    model: str
    cutoff: date | None
    key_env: str | None = None
    prompt: str | Path | None = None
    format: str = "json_schema"
    masked: bool = False
    max_calls: int | None = 1_000
    max_tokens: int | None = 1_000_000
    answer_tokens: int = 400
    characters: int = 6_000
    timeout: float = 60.0
    retries: int = 2
    cache: str | Path | None = None
    _types: tuple[str, ...] | None = field(init=False, default=None, repr=False)
    _spent: _Spent = field(init=False, default_factory=_Spent, repr=False, compare=False)
    _sleep: Callable[[float], None] = field(init=False, default=time.sleep, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.model.strip():
            raise ValueError("model names the model, as the server calls it, with its version")
        if self.format not in FORMATS:
            raise ValueError(f"format is one of {', '.join(FORMATS)}, not {self.format!r}")
        for name in ("max_calls", "max_tokens", "answer_tokens", "characters"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"{name} counts from 1, not {value}")
        if not 0 < self.timeout <= 3600 or not 0 <= self.retries <= 100:
            raise ValueError("timeout counts seconds, above 0 and at most 3600; retries is from 0 to 100")
        address = self._address  # no address of http is told of here
        if self.key_env is not None and address.scheme == "http" and address.host not in LOOPBACK:
            raise ValueError("a key goes over https only; give an https address, or none on another machine")

    @property
    def made_by(self) -> str:
        return f"{self.model} at {self._address.host_and_port}"

    @property
    def fingerprint(self) -> str:
        return digest_of([self._question.digest, self._address.host_and_port, self.characters])

    def with_types(self, types: Path, extend: bool) -> LanguageModel:
        """The same model, asked for other types of events."""
        other = copy.copy(self)
        vars(other).pop("_question", None)
        vars(other)["_types"] = read_types(types, extend=extend).events
        return other

    def labelling(self, universe: Universe | None) -> Labelling:
        """The model at work.

        Raises
        ------
        ConfigError
            The environment has no such key.
        """
        headers = {"Content-Type": "application/json"}
        if self._address.authorization is not None:
            headers["Authorization"] = self._address.authorization
        if self.key_env is not None:
            key = os.environ.get(self.key_env, "").strip()
            if not key:
                raise ConfigError(
                    f"labeller.key_env: the environment variable {self.key_env} is not set; put the server's key there",
                    code="unset_variable",
                )
            headers["Authorization"] = f"Bearer {key}"
        try:
            check_headers(headers)
        except ValueError:
            message = f"labeller.key_env: what {self.key_env} holds is no key: it has signs that no header has"
            raise ConfigError(message, code="bad_value") from None
        return _Asking(self, Extractor(universe), headers)

    @cached_property
    def _address(self) -> Address:
        return Address.of(self.url.rstrip("/") + "/chat/completions")

    @cached_property
    def _question(self) -> ModelQuestion:
        types = default_types().events if self._types is None else self._types
        prompt = None if self.prompt is None else Path(self.prompt)
        return ModelQuestion.of(self.model, types, prompt, self.format, self.answer_tokens)


class _LimitReachedError(Exception):
    """Nobody is to be asked any more."""


class _Counted(Pace):
    """No pause between questions, but so many of them and no more."""

    def __init__(self, model: LanguageModel) -> None:
        super().__init__(pause_seconds=0.0)
        self.model = model

    def wait(self) -> None:
        """Note one call; raise where it may not be made."""
        model, spent = self.model, self.model._spent
        for name, used, most in (
            ("max_calls", spent.calls, model.max_calls), ("max_tokens", spent.tokens, model.max_tokens),
        ):  # fmt: skip
            if most is not None and used >= most:
                raise _LimitReachedError(f"{name}: {most:,} are used up; raise it, or null it")
        spent.calls += 1


class _Asking:
    """A model, asked about texts with the names of a universe."""

    def __init__(self, model: LanguageModel, extractor: Extractor, headers: dict[str, str]) -> None:
        self.model, self.question, self.extractor, self.headers = model, model._question, extractor, headers
        self.spent = model._spent
        self.kept = KeptAnswers(default_answers() if model.cache is None else Path(model.cache))
        self.compared = MaskedComparison()
        self.asker = PatientAsker(
            timeout_seconds=model.timeout, retries=model.retries, limit=ANSWER_LIMIT, sleep=model._sleep,
            pace=_Counted(model),
        )  # fmt: skip

    def label(self, texts: Sequence[NewsText]) -> list[TextLabel | NoLabel]:
        return [self._compared(text) if self.model.masked else self._one(text) for text in texts]

    def notices(self) -> tuple[str, ...]:
        """What was asked, and what names do to the answers."""
        spent = self.spent
        counts = f"{spent.calls:,} calls, {spent.tokens:,} tokens, {spent.kept:,} answers that were kept"
        asked = f"{self.model.made_by}: {counts}"
        return (asked, self.compared.sentence(self.model.made_by)) if self.model.masked else (asked,)

    def _compared(self, text: NewsText) -> TextLabel | NoLabel:
        plain = self._one(text)
        if isinstance(plain, TextLabel):
            issuer = plain.evidence.get("issuer")
            mask = masked(text, self.extractor, issuer[0] if issuer else None)
            hidden = self._one(mask.text)
            self.compared.add(plain, hidden if isinstance(hidden, TextLabel) else None, mask.names)
        return plain

    def _one(self, text: NewsText) -> TextLabel | NoLabel:
        sent = sent_text(text, self.model.characters)
        key = self.question.key(sent)
        content = self.kept.get(key)
        try:
            if content is not None:
                label = self._label(content, text)
                self.spent.kept += 1
                return label
        except BadAnswerError:
            pass  # it was kept when less was asked of an answer
        if self.spent.in_vain >= GIVE_UP:
            message = f"nobody answered {GIVE_UP} texts in a row, so that no more were asked about; is the server up?"
            return NoLabel(reason="gave_up", message=message)
        try:
            label = self._asked(sent, key, text, content)
        except _LimitReachedError as error:
            return NoLabel(reason="limit", message=str(error))
        except BadAnswerError as error:
            self.spent.in_vain = 0
            return NoLabel(reason=error.reason, message=str(error))
        except DataError as error:
            code = error.problems[0].code
            if code == "unwritable":
                raise
            self.spent.in_vain += code in ("unreachable", "refused")
            return NoLabel(reason=code, message=f"{error.problems[0].message}{self._hint(str(error))}")
        self.spent.in_vain = 0
        return label

    def _asked(self, sent: str, key: str, text: NewsText, bad: str | None) -> TextLabel:
        """The label that a server gives; an answer that is none is asked about once more, where retries are allowed."""
        wrong: tuple[str, str] | None = None
        while True:
            body = self.question.body(sent, wrong)
            content = ""
            try:
                reply = self._posted(body)
                content = reply.content
                label = self._label(content, text)
            except BadAnswerError as error:
                if wrong is not None or self.model.retries == 0:
                    raise
                wrong = content[:2_000], str(error)
                continue
            kept = self.kept.put(key, content, bad)
            return label if kept == content else self._label(kept, text)

    def _posted(self, body: bytes) -> Reply:
        data = self.asker.answer(self.model._address, self.headers, body=body).data
        try:
            reply = reply_of(data)
        except BadAnswerError:
            self.spent.tokens += len(body) // CHARACTERS_A_TOKEN
            raise
        self.spent.tokens += reply.tokens or math.ceil((len(body) + len(data)) / CHARACTERS_A_TOKEN)
        return reply

    def _label(self, content: str, text: NewsText) -> TextLabel:
        return label_of(content, text, self.question.types, self.extractor.aliases)

    def _hint(self, message: str) -> str:
        """What to do about what a server answers."""
        if "401" in message or "403" in message:
            variable = self.model.key_env
            return f"; is the key in {variable} right?" if variable else "; name the variable of its key: key_env"
        if "400" in message and self.model.format != "none":
            return "; does it know this `format`? json_object and none ask for less"
        return "; is the address that of /v1, and the model's name right?" if "404" in message else ""
