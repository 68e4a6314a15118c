"""A proxy to which clients go with every address: it answers for all hosts itself, with a certificate of its own.

Nothing passes it. A client takes it by the usual variables of the environment, and trusts it by theirs.
"""

from __future__ import annotations

import contextlib
import ssl
import subprocess
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

__all__ = ["Answer", "Answerer", "TlsProxy"]

HOSTS = (
    "yahoo.com", "*.yahoo.com", "*.finance.yahoo.com", "*.eastmoney.com", "*.push2.eastmoney.com",
    "*.push2his.eastmoney.com", "*.sina.com.cn", "*.finance.sina.com.cn",
)  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """What a host answers; `cut` sends no more than so many bytes of the body that it announces."""

    body: str | bytes = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None


Answerer = Callable[[str, str, Mapping[str, str]], Answer]
"""Host, path and query to an answer."""


class TlsProxy:
    """Within it, all hosts are here."""

    def __init__(self, folder: Path, answer: Answerer) -> None:
        self.certificate = folder / "provider-services.pem"
        key = folder / "provider-services.key"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
             "800", "-keyout", key, "-out", self.certificate, "-subj", "/CN=provider services", "-addext",
             "subjectAltName=" + ",".join(f"DNS:{host}" for host in HOSTS)],
            check=True, capture_output=True,
        )  # fmt: skip
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(self.certificate, key)
        self.server = _Server(("127.0.0.1", 0), _Handler)
        self.server.tls, self.server.answer = tls, answer
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def environment(self) -> Mapping[str, str]:
        """What sends a program's questions here."""
        address, trusted = f"http://127.0.0.1:{self.server.server_port}", str(self.certificate)
        return {
            "HTTP_PROXY": address, "HTTPS_PROXY": address, "http_proxy": address, "https_proxy": address,
            "NO_PROXY": "", "no_proxy": "", "REQUESTS_CA_BUNDLE": trusted, "CURL_CA_BUNDLE": trusted,
            "SSL_CERT_FILE": trusted,
        }  # fmt: skip

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    tls: ssl.SSLContext
    answer: Answerer

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away says nothing of interest."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    host = ""

    def do_CONNECT(self) -> None:
        self.host = self.path.partition(":")[0]
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        self.wfile.flush()
        self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb")
        self.close_connection = False

    def finish(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            super().finish()
        with contextlib.suppress(OSError):
            self.connection.close()

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        host = self.host or parts.hostname or ""
        answer = self.server.answer(host, unquote(parts.path), dict(parse_qsl(parts.query)))
        body = answer.body.encode() if isinstance(answer.body, str) else answer.body
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body[: answer.cut])
            self.wfile.flush()
        self.close_connection = answer.cut is not None

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        pass
