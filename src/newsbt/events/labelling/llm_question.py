"""What a language model is asked about a text: prompt, schema, settings, and the key under which answers are kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from newsbt._plain import JsonValue
from newsbt.digests import digest_of
from newsbt.domain.input_files import read_bytes
from newsbt.domain.size_limits import limit_of
from newsbt.domain.text_spans import NewsText
from newsbt.errors import DataError

__all__ = ["FORMATS", "ModelQuestion", "packaged", "sent_text"]

FORMATS = ("json_schema", "json_object", "none")
TYPES = "{types}"


@dataclass(frozen=True, kw_only=True)
class ModelQuestion:
    """How one model is asked.

    Attributes
    ----------
    types : tuple of str
        Types of events that it may answer.
    prompt : str
        With these in it.
    schema : mapping
        JSON schema of an answer.
    form : str
        One of :data:`FORMATS`: how the server is told the schema.
    """

    model: str
    types: tuple[str, ...]
    prompt: str
    schema: Mapping[str, JsonValue]
    form: str
    answer_tokens: int

    @classmethod
    def of(
        cls, model: str, types: tuple[str, ...], prompt: Path | None, form: str, answer_tokens: int
    ) -> ModelQuestion:
        """The question of a config: with the prompt that comes with newsbt, or with one's own.

        Raises
        ------
        DataError
            The prompt cannot be read, or has no ``{types}``.
        """
        text = packaged("llm_prompt.md") if prompt is None else _own(prompt)
        schema = json.loads(packaged("llm_schema.json"))
        schema["properties"]["event_type"]["enum"] += types
        listed = text.replace(TYPES, ", ".join(types))
        return cls(model=model, types=types, prompt=listed, schema=schema, form=form, answer_tokens=answer_tokens)

    @property
    def digest(self) -> str:
        """A hash of everything that is asked beside the text."""
        return digest_of([self.model, self.prompt, self.schema, self.form, self.answer_tokens])

    def key(self, text: str) -> str:
        """Under which the answer for a text is kept: a hash of prompt, model and text."""
        return digest_of([self.digest, text])

    def body(self, text: str, wrong: tuple[str, str] | None = None) -> bytes:
        """What is posted; `wrong` is an answer that was none, and why."""
        messages: list[JsonValue] = [{"role": "system", "content": self.prompt}, {"role": "user", "content": text}]
        answer, why = wrong or ("", "")
        if answer:
            messages += [
                {"role": "assistant", "content": answer},
                {"role": "user", "content": f"That is no answer: {why}. Answer again, with the JSON object alone."},
            ]
        asked: dict[str, JsonValue] = {
            "model": self.model, "messages": messages, "temperature": 0, "max_tokens": self.answer_tokens,
            "stream": False,
        }  # fmt: skip
        if self.form == "json_schema":
            named: JsonValue = {"name": "label", "strict": True, "schema": self.schema}
            asked["response_format"] = {"type": "json_schema", "json_schema": named}
        elif self.form == "json_object":
            asked["response_format"] = {"type": "json_object"}
        return json.dumps(asked, ensure_ascii=False).encode("utf-8", "replace")


def packaged(name: str) -> str:
    """A file of this package."""
    return (files(__package__) / name).read_text(encoding="utf-8")


def sent_text(text: NewsText, characters: int) -> str:
    """What of a text is sent: its headline and the beginning of its body, without its time."""
    body = text.body.text[:characters].strip()
    return f"{text.headline.text}\n\n{body}" if body else text.headline.text


def _own(path: Path) -> str:
    data = read_bytes(path, limit_of("map"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: the prompt is not UTF-8 (byte {error.start})", code="not_utf8") from None
    if TYPES not in text:
        raise DataError(
            f"{path}: the prompt has no {TYPES}, where the names of the types of events go", code="bad_value"
        )
    return text
