"""A server of baostock's messages on the loopback: a head of 21 characters, then fields between marks."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import zlib
from collections.abc import Callable, Sequence

__all__ = ["BaostockServer", "Rows"]

SPLIT, END = "\1", b"<![CDATA[]]>\n"
PACKED = "96"  # the kind of an answer of prices, whose body is packed
PAGE = 2000
Rows = tuple[Sequence[str], Sequence[Sequence[str]]]
"""The names of fields, and rows of texts."""
Answerer = Callable[[str, Sequence[str]], "Rows | tuple[str, str] | bytes | None"]
"""The name of a question (``login`` too) and what it asks, code first; rows, or the code and message of an error, or
the bytes that come in place of a message, or None for a connection that is closed."""


class BaostockServer:
    """Answers every connection as long as it is open; `port` is where."""

    def __init__(self, answer: Answerer) -> None:
        self._answer, self._socket = answer, socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection = self._socket.accept()[0]
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            while message := connection.recv(65_536):
                answered = self._message(message.decode())
                if answered is None:
                    return
                connection.sendall(answered)

    def _message(self, message: str) -> bytes | None:
        head, body = message[:21].split(SPLIT), message[21:].rstrip("\n").split(SPLIT)
        name, user = body[0], body[1]
        is_question = name not in ("login", "logout")
        page, asked = (int(body[2]), body[4:-1]) if is_question else (1, [])
        found = self._answer(name, asked)
        if found is None or isinstance(found, bytes):
            return found
        fields = ["0", "success", name, user]
        if isinstance(found[0], str):
            fields = [found[0], found[1]]
        elif is_question:
            names, rows = found
            record = json.dumps({"record": [list(row) for row in rows[(page - 1) * PAGE : page * PAGE]]})
            of_prices = name == "query_history_k_data_plus"  # whose names stand where they were asked
            said = [asked[0], ",".join(names), *asked[2:]] if of_prices else [*asked, ",".join(names)]
            fields += [str(page), str(PAGE), record, *said]
        kind = f"{int(head[1]) + 1:02}"
        text = (SPLIT.join(fields) + SPLIT + "0\n").encode()
        if kind == PACKED:
            text = zlib.compress(text)
        return f"{head[0]}{SPLIT}{kind}{SPLIT}{len(text):010}".encode() + text + END
