"""Answers of models on disk, each under the hash of what was asked: who asks again gets the same one."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from newsbt.domain.input_files import read_bytes
from newsbt.domain.output_files import unwritable, write_whole
from newsbt.domain.read_files import unrecorded
from newsbt.domain.size_limits import limit_of
from newsbt.errors import DataError
from newsbt.own_folders import user_caches
from newsbt.owners import locked

__all__ = ["KeptAnswers", "default_answers"]


def default_answers() -> Path:
    """Where answers are kept: ``newsbt/answers`` in the user's folder of caches."""
    return user_caches() / "newsbt" / "answers"


@dataclass(frozen=True, slots=True)
class KeptAnswers:
    """A folder of answers. No text that was asked about is in it, and no key."""

    folder: Path

    def get(self, key: str) -> str | None:
        """The answer under a key; None where there is none, or one that is not whole."""
        try:
            with unrecorded():
                kept = json.loads(read_bytes(self._path(key), limit_of("item")))
        except (DataError, ValueError, RecursionError):
            return None
        if not isinstance(kept, dict) or not isinstance(kept.get("answer"), str):
            return None
        answer = str(kept["answer"])
        return answer if kept.get("sha256") == _digest(answer) else None

    def put(self, key: str, answer: str, bad: str | None = None) -> str:
        """Keep an answer, whole or not at all, and return the one that is kept: of two writers, the first one's, unless
        that is the `bad` one.

        Raises
        ------
        DataError
            The folder cannot be written.
        """
        path = self._path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with locked(path.parent / "answers"):
                kept = self.get(key)
                if kept is not None and kept != bad:
                    return kept
                content = {"answer": answer, "sha256": _digest(answer)}
                write_whole(path, [json.dumps(content, ensure_ascii=False).encode()], "answer")
        except OSError as error:
            raise unwritable(path, error) from None
        return answer

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"


def _digest(answer: str) -> str:
    return hashlib.sha256(answer.encode("utf-8", "replace")).hexdigest()
