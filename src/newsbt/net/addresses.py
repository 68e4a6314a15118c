"""Addresses of http and https, and what of them may be told: paths, queries and users hold keys and are not."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit

__all__ = ["Address", "BadAddressError", "check_headers"]

_PORTS = {"http": 80, "https": 443}
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROLS = re.compile(r"[\x00-\x20\x7f-\x9f]")
_KEYS = re.compile(r"key|token|secret|passw|pwd|auth|sig|cred|session|user|login|account|client", re.IGNORECASE)


class BadAddressError(ValueError):
    """No address of http or https; the message tells nothing of it that may be a secret."""


@dataclass(frozen=True, slots=True, repr=False)
class Address:
    """Where a document is: `target` is path and query, `user` what the address itself says of user and password."""

    scheme: str
    host: str
    port: int
    target: str
    user: str = ""

    @classmethod
    def of(cls, url: str) -> Address:
        """An address as written.

        Raises
        ------
        BadAddressError
        """
        try:
            parts = urlsplit(url.strip())
            scheme, host, port = parts.scheme.lower(), (parts.hostname or "").rstrip("."), parts.port
        except ValueError:
            raise BadAddressError(
                "the address is malformed; is a sign in its user or host to be escaped (%40)?"
            ) from None
        if scheme not in _PORTS:
            raise BadAddressError("expected an address that begins with http:// or https://; a file is read by path")
        try:
            name = host if ":" in host else host.encode("idna").decode("ascii")
        except UnicodeError:
            name = ""
        if not name or _CONTROLS.search(name) or port == 0:
            raise BadAddressError("expected an address with a host, such as https://example.com/feed.xml")
        user = parts.netloc.rpartition("@")[0]
        target = _quoted(parts.path, parts.query)
        return cls(scheme, name.lower(), port or _PORTS[scheme], target, unquote(user))

    def at(self, path: str, query: str = "") -> Address:
        """Another path and query of the same server, for the same user."""
        return Address(*self.origin, _quoted(path, query), self.user)

    def __repr__(self) -> str:
        return self.shown

    @property
    def origin(self) -> tuple[str, str, int]:
        """What must not change for headers and keys to be sent along."""
        return self.scheme, self.host, self.port

    @property
    def host_and_port(self) -> str:
        """Host, and the port where it is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def shown(self) -> str:
        """The address as messages have it: without path, query and user."""
        return f"{self.scheme}://{self.host_and_port}/" + ("..." if self.target != "/" else "")

    @property
    def authorization(self) -> str | None:
        """The header for the user of the address."""
        if not self.user:
            return None
        return "Basic " + base64.b64encode((self.user if ":" in self.user else f"{self.user}:").encode()).decode()

    def followed(self, location: str) -> Address:
        """Where a redirect leads: with this user in the same place, and without this address's keys in another.

        Raises
        ------
        BadAddressError
            It leaves http and https, or is none.
        """
        url = f"{self.scheme}://{self.host_and_port}{self.target}"
        try:
            # Servers answer with bytes that http.client takes for Latin-1.
            joined = urljoin(url, location.encode("latin-1").decode("utf-8", "replace"))
        except (ValueError, UnicodeError):
            raise BadAddressError("it redirects to an address that is malformed") from None
        try:
            found = Address.of(joined)
        except BadAddressError:
            scheme = joined.partition(":")[0].lower()
            shown = scheme if re.fullmatch(r"[a-z][a-z0-9+.-]{0,15}", scheme) else "nowhere"
            raise BadAddressError(f"it redirects away from http and https ({shown})") from None
        if found.origin == self.origin:
            return Address(*found.origin, found.target, self.user)
        return Address(*found.origin, _without_keys(found.target, self.target))


def _quoted(path: str, query: str) -> str:
    """Path and query as a request has them."""
    target = quote(path, safe="/%:@!$&'()*+,;=~") or "/"
    return target + "?" + quote(query, safe="/?%:@!$&'()*+,;=~[]") if query else target


def _without_keys(target: str, before: str) -> str:
    """A target without those parameters of the address before it that name a key."""
    path, _, query = target.partition("?")
    keys = {pair for pair in parse_qsl(before.partition("?")[2], keep_blank_values=True) if _KEYS.search(pair[0])}
    pairs = parse_qsl(query, keep_blank_values=True)
    kept = [pair for pair in pairs if pair not in keys]
    return target if len(kept) == len(pairs) else path + (f"?{urlencode(kept)}" if kept else "")


def check_headers(headers: object) -> None:
    """Raise ValueError for headers that cannot be sent; the message names them and tells no value."""
    if not hasattr(headers, "items"):
        raise ValueError("headers is a mapping of names to texts")
    for name, value in headers.items():
        if not isinstance(name, str) or _TOKEN.fullmatch(name) is None:
            raise ValueError(f"headers: {str(name)[:40]!r} is no name of a header")
        if name.lower() in ("host", "connection", "content-length", "transfer-encoding"):
            raise ValueError(f"headers: {name} is newsbt's to say")
        if not isinstance(value, str) or re.search(r"[\x00-\x08\x0a-\x1f\x7f]", value):
            raise ValueError(f"headers: the value of {name} holds a line end or another sign that no header has")
        try:
            value.encode("latin-1")
        except UnicodeEncodeError:
            raise ValueError(f"headers: the value of {name} holds signs beyond Latin-1") from None
