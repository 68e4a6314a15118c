"""A listener on the loopback address that hands each connection to a thread, for servers that go wrong below HTTP."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

__all__ = ["RawListener", "head_of"]


class RawListener:
    """Answers every connection by :meth:`talk`; whoever hangs up ends one without an error."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.threads = [threading.Thread(target=self._serve, daemon=True)]
        self.threads[0].start()

    def talk(self, line: socket.socket) -> None:
        raise NotImplementedError

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self.listener.accept()
            except OSError:
                return
            self.threads.append(threading.Thread(target=self._one, args=(line,), daemon=True))
            self.threads[-1].start()

    def _one(self, line: socket.socket) -> None:
        with suppress(OSError), line:
            self.talk(line)

    def close(self) -> None:
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for thread in self.threads:
            thread.join(10)


def head_of(line: socket.socket) -> tuple[bytes, bytes] | None:
    """Head of a request, and what of its body came with it; None of a connection that ends before."""
    asked = b""
    while b"\r\n\r\n" not in asked:
        if not (piece := line.recv(65536)):
            return None
        asked += piece
    head, _, body = asked.partition(b"\r\n\r\n")
    return head, body
