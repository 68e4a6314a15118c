"""What a config says of the sources of announcements: `sources` of ``announcements: {use: store}``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields

from newsbt._plain import PlainValue
from newsbt.disclosures.disclosure import SOURCES
from newsbt.errors import nearest
from newsbt.net.addresses import Address

__all__ = ["FORMS", "DisclosureOptions", "options_of"]

FORMS = ("8-K", "6-K")
PAUSES = {"sec": 0.125, "hkexnews": 2.0, "cninfo": 2.0}
TERMS = {"hkexnews": "HKEXnews", "cninfo": "CNINFO"}
LANGUAGES = ("en", "zh")
_CONTACT = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+|https?://\S+")


@dataclass(frozen=True, kw_only=True)
class DisclosureOptions:
    """How one source is asked.

    Parameters
    ----------
    contact
        An address of mail or of a page at which the SEC reaches who asks; sent in the agent, as its rules of access
        have it.
    terms_read
        Whether the user has read the terms of HKEXnews or CNINFO, which publish no interface for programs.
    forms
        Of the SEC: which forms, with their amendments.
    headers
        Of the SEC: whether the header of each filing is asked for its instant. Without it the later of the two
        readings of the list's own is taken.
    languages
        Of HKEXnews.
    address
        Another server with the same interface, in place of the source's own.
    pause
        Seconds from one question to the next; less than the source's own takes an `address`.
    """

    name: str
    contact: str = ""
    terms_read: bool = False
    forms: tuple[str, ...] = FORMS
    headers: bool = True
    languages: tuple[str, ...] = LANGUAGES
    address: str = ""
    pause: float | None = None

    @property
    def pause_seconds(self) -> float:
        return PAUSES[self.name] if self.pause is None else self.pause

    @property
    def scope(self) -> str:
        """What of a source is asked for, empty for all of it: days that are settled for a part are not for the rest."""
        parts = [*(self.forms if self.forms != FORMS else ()), *(() if self.headers else ("listed",))]
        return "+".join((*parts, *(self.languages if self.languages != LANGUAGES else ())))

    def refusal(self) -> str:
        """Why a pull may not ask this source yet; empty where it may."""
        if self.name == "sec" and not self.contact:
            return "the SEC wants to know whose program asks: set `sources.sec.contact` to your mail address"
        if self.name in TERMS and not self.terms_read:
            return (
                f"{TERMS[self.name]} publishes no interface for programs: read its terms (docs/disclosures.md), and "
                f"set `sources.{self.name}.terms_read: true`"
            )
        return ""


_KEYS = {
    "sec": ("contact", "forms", "headers", "address", "pause"),
    "hkexnews": ("terms_read", "languages", "address", "pause"),
    "cninfo": ("terms_read", "address", "pause"),
}
_CHOICES: Mapping[str, tuple[str, ...]] = {"forms": FORMS, "languages": LANGUAGES}


def options_of(sources: Mapping[str, PlainValue]) -> tuple[DisclosureOptions, ...]:
    """The options of each source that a config names, in the order in which sources are asked.

    Raises
    ------
    ValueError
        With what is wrong, and where.
    """
    for name in sources:
        if name not in SOURCES:
            raise ValueError(
                f"sources: there is no source {name!r}; there are {', '.join(SOURCES)}{nearest(name, SOURCES)}"
            )
    return tuple(_options(name, sources[name]) for name in SOURCES if name in sources)


def _options(name: str, given: PlainValue) -> DisclosureOptions:
    where, keys = f"sources.{name}", _KEYS[name]
    if given is None:
        given = {}
    if not isinstance(given, Mapping):
        raise ValueError(f"{where}: expected a mapping such as {{{keys[0]}: ...}}, got {given!r}")
    kinds = {field.name: field for field in fields(DisclosureOptions)}
    found: dict[str, str | bool | float | tuple[str, ...]] = {}
    for key, value in given.items():
        if key not in keys or key not in kinds:
            raise ValueError(f"{where}.{key}: unknown key; there are {', '.join(keys)}{nearest(str(key), keys)}")
        found[key] = _checked(f"{where}.{key}", key, value)
    contact, address = found.get("contact", ""), found.get("address", "")
    if contact and not (isinstance(contact, str) and _CONTACT.fullmatch(contact)):
        raise ValueError(f"{where}.contact: expected an address of mail or of a page, got {contact!r}")
    if address:
        Address.of(str(address))
    pause = found.get("pause")
    if isinstance(pause, float) and pause < PAUSES[name] and not address:
        raise ValueError(f"{where}.pause: {name} is asked once in {PAUSES[name]:g} seconds at the most, got {pause:g}")
    return _built(name, found)


def _built(name: str, found: Mapping[str, str | bool | float | tuple[str, ...]]) -> DisclosureOptions:
    def texts(key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        value = found.get(key, default)
        return value if isinstance(value, tuple) else default

    pause = found.get("pause")
    return DisclosureOptions(
        name=name, contact=str(found.get("contact", "")), terms_read=found.get("terms_read") is True,
        forms=texts("forms", FORMS), headers=found.get("headers", True) is True,
        languages=texts("languages", LANGUAGES), address=str(found.get("address", "")).rstrip("/"),
        pause=float(pause) if isinstance(pause, float) else None,
    )  # fmt: skip


def _checked(where: str, key: str, value: PlainValue) -> str | bool | float | tuple[str, ...]:
    if key in ("terms_read", "headers"):
        if isinstance(value, bool):
            return value
        raise ValueError(f"{where}: expected true or false, got {value!r}")
    if key in _CHOICES:
        listed = (value,) if isinstance(value, str) else value
        choices = _CHOICES[key]
        if isinstance(listed, list | tuple) and listed and all(one in choices for one in listed):
            return tuple(one for one in choices if one in listed)
        raise ValueError(f"{where}: expected some of {', '.join(choices)}, got {value!r}")
    if key == "pause":
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 3600:
            return float(value)
        raise ValueError(f"{where}: expected seconds from 0 to 3600, got {value!r}")
    if isinstance(value, str):
        return value
    raise ValueError(f"{where}: expected text, got {value!r}")
