"""How sources are asked, and how what they answer is taken apart: a shape that is not the known one is an error."""

from __future__ import annotations

import html
import json
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from newsbt._plain import JsonValue
from newsbt.disclosures.source_options import DisclosureOptions
from newsbt.errors import DataError, Problem
from newsbt.net.addresses import Address
from newsbt.net.patient_asking import PatientAsker, checked_address

__all__ = ["AS_A_PAGE", "SourceAsker", "changed", "field_of", "objects_of", "plain_of", "text_of"]

AS_A_PAGE = {
    "User-Agent": "Mozilla/5.0 (compatible; newsbt)", "Accept": "application/json, */*;q=0.1",
    "X-Requested-With": "XMLHttpRequest",
}  # fmt: skip
"""The headers of a source's own page, for those that publish no interface."""
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^>]*>")
FORM = "application/x-www-form-urlencoded; charset=UTF-8"


@dataclass(frozen=True, kw_only=True)
class SourceAsker:
    """Asks one source, at its pace: one question after the other."""

    options: DisclosureOptions
    headers: Mapping[str, str]
    asker: PatientAsker
    _hosts: dict[str, Address] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(
        cls, options: DisclosureOptions, headers: Mapping[str, str], *, timeout_seconds: float = 20.0, retries: int = 3,
        sleep: Callable[[float], None] = time.sleep,
    ) -> SourceAsker:  # fmt: skip
        """One that keeps the source's pace."""
        asker = PatientAsker.paced(options.pause_seconds, timeout_seconds=timeout_seconds, retries=retries, sleep=sleep)
        return cls(options=options, headers=headers, asker=asker)

    def at(self, host: str, path: str) -> str:
        """The address of a path of the source, or of the server that stands in for it."""
        return f"{self.options.address or host}{path}"

    def get(self, url: str, query: Mapping[str, str] | None = None) -> bytes:
        """What is there.

        Raises
        ------
        DataError
            ``missing``, ``refused``, ``unreachable`` and so on.
        """
        return self.asker.answer(self._address(url, urlencode(query or {})), self.headers).data

    def get_json(self, url: str, query: Mapping[str, str] | None = None) -> JsonValue:
        """The JSON that is there; what is none is ``structure_changed``."""
        return _json(self.get(url, query), url)

    def post_json(self, url: str, form: Mapping[str, str]) -> JsonValue:
        """The JSON that a form is answered with."""
        headers = {**self.headers, "Content-Type": FORM}
        return _json(self.asker.answer(self._address(url), headers, body=urlencode(form).encode()).data, url)

    def _address(self, url: str, query: str = "") -> Address:
        """An address, of whose server the first one was checked."""
        scheme, _, rest = url.partition("://")
        host, _, path = rest.partition("/")
        base = f"{scheme}://{host}"
        if base not in self._hosts:
            self._hosts[base] = checked_address(base, self.headers)
        return self._hosts[base].at(f"/{path}", query)


def _json(data: bytes, url: str) -> JsonValue:
    try:
        found: JsonValue = json.loads(data)
    except (ValueError, RecursionError):
        shown = data[:60].decode("utf-8", "replace").strip()
        what = "a page of HTML" if shown[:1] == "<" else "nothing" if not shown else f"{shown!r}"
        raise changed(url, f"expected JSON, got {what}") from None
    return found


def changed(url: str, what: str) -> DataError:
    """The error for an answer whose shape is not the known one; it is never taken for an empty answer."""
    message = f"{what}: the source has changed its answers, or this is not the source"
    problem = Problem(code="structure_changed", message=message, file=url.partition("?")[0])
    return DataError(str(problem), [problem])


def field_of(value: JsonValue, key: str, url: str, where: str = "the answer") -> JsonValue:
    """A field that must be there."""
    if not isinstance(value, Mapping):
        raise changed(url, f"expected a record as {where}, got {_kind(value)}")
    if key not in value:
        have = ", ".join(sorted(map(str, value))[:12]) or "nothing"
        raise changed(url, f"{where} has no field {key!r} (it has {have})")
    return value[key]


def objects_of(value: JsonValue, needed: Iterable[str], url: str, where: str) -> Sequence[Mapping[str, JsonValue]]:
    """A list of objects, each with all fields that are needed."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise changed(url, f"expected a list as {where}, got {_kind(value)}")
    wanted = tuple(needed)
    found: list[Mapping[str, JsonValue]] = []
    for one in value:
        for key in wanted:
            field_of(one, key, url, where)
        if isinstance(one, Mapping):
            found.append(one)
    return found


def text_of(value: JsonValue) -> str:
    """A field as text, whether the source writes it as one, as a number or as null."""
    return "" if value is None else " ".join(str(value).split())


def plain_of(value: JsonValue) -> str:
    """A field that is written in HTML, as text.

    >>> plain_of("R&amp;D<br/>of <em>A</em>B &lt; C")
    'R&D of AB < C'
    """
    return text_of(_TAG.sub("", html.unescape(_BREAK.sub(" ", text_of(value)))))


def _kind(value: JsonValue) -> str:
    return "null" if value is None else f"{type(value).__name__} {str(value)[:40]!r}"
