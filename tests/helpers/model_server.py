"""A server on the loopback address that speaks as OpenAI's does, well or in any of the ways that servers go wrong."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Sequence

from raw_listener import RawListener, head_of

__all__ = ["ModelServer", "completion", "label_json", "response"]

Reply = Callable[[socket.socket], None] | bytes


def label_json(**changes: object) -> str:
    """What a model answers of `Harbor opens a plant with Pier`."""
    fields: dict[str, object] = {
        "kind": "announcement", "event_type": "capex_plan", "issuer": "Harbor", "subject": "plant", "rivals": [],
        "words": "opens a plant", "sentiment": 0.5, "confidence": 0.9,
    }  # fmt: skip
    return json.dumps(fields | changes)


def completion(content: object, tokens: int = 120, **changes: object) -> bytes:
    """An answer of the server around what the model writes."""
    choice = {"message": {"role": "assistant", "content": content}, "finish_reason": "stop"} | changes
    return response(json.dumps({"choices": [choice], "usage": {"total_tokens": tokens}}).encode())


def response(body: bytes, status: str = "200 OK", headers: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body


class ModelServer(RawListener):
    """Gives the replies one after the other, the last one again and again; keeps head and body of what was asked."""

    def __init__(self, replies: Sequence[Reply]) -> None:
        self.replies = list(replies)
        self.heads: list[str] = []
        self.bodies: list[dict[str, object]] = []
        self.released = threading.Event()
        super().__init__()
        self.url = f"http://127.0.0.1:{self.port}/v1"

    def talk(self, line: socket.socket) -> None:
        if (found := head_of(line)) is None:
            return
        head, body = found
        length = next(int(one[15:]) for one in head.split(b"\r\n") if one.lower().startswith(b"content-length:"))
        while len(body) < length:
            body += line.recv(65536)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        self.heads.append(head.decode("latin-1"))
        self.bodies.append(json.loads(body))
        if callable(reply):
            reply(line)
        else:
            line.sendall(reply)

    def close(self) -> None:
        self.released.set()
        super().close()
