"""All that an answer says, as text, to compare two: `repr` leaves out what is long."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TypeVar

__all__ = ["whole"]

Answer = TypeVar("Answer")


def whole(answer: Answer) -> str:
    """An answer's text: equal where the answers say the same, NaN being the same as NaN."""
    if dataclasses.is_dataclass(answer):
        inner = ", ".join(whole(getattr(answer, field.name)) for field in dataclasses.fields(answer))
        return f"{type(answer).__qualname__}({inner})"
    if isinstance(answer, Mapping):
        return f"{{{', '.join(f'{key!r}: {whole(value)}' for key, value in answer.items())}}}"
    if isinstance(answer, tuple | list):
        return f"[{', '.join(map(whole, answer))}]"
    return repr(answer)
