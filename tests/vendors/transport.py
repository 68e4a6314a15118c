"""Where libraries would go out to the network: made-up answers in place of it.

`requests` is given one adapter for every address, baostock a server on the loopback. What Sina packs with a cipher of
its own, which akshare has unpacked by JavaScript, is packed as hexadecimal here; its frame is made by akshare all the
same.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Sequence
from typing import Any
from unittest import mock
from urllib.parse import parse_qsl, unquote, urlsplit

import pandas as pd

from provider_services.baostock_server import BaostockServer, Rows
from vendors.answers import ANSWERS
from vendors.made_up import amount, daily, five_minutes

__all__ = ["made_up_network"]


@contextlib.contextmanager
def made_up_network() -> Iterator[None]:
    """Within it no library reaches further than this process; to be entered before one is imported."""
    os.environ["YF_DISABLE_CURL_CFFI"] = "1"
    import requests

    def send(_: Any, request: Any, **__: Any) -> Any:
        parts = urlsplit(request.url)
        answer = next((ANSWERS[host] for host in ANSWERS if f".{parts.hostname}".endswith(f".{host}")), None)
        if answer is None:
            raise requests.ConnectionError(f"nothing is made up for {request.url}")
        body = request.body.decode() if isinstance(request.body, bytes) else request.body or ""
        found = requests.Response()
        found.status_code, found.encoding, found.url, found.request = 200, "utf-8", request.url, request
        found._content = answer(unquote(parts.path), {**dict(parse_qsl(parts.query)), "body": body}).encode()
        return found

    with contextlib.ExitStack() as stack:
        stack.enter_context(mock.patch.object(requests.adapters.HTTPAdapter, "send", send))
        with contextlib.suppress(ImportError):
            import py_mini_racer

            stack.enter_context(mock.patch.multiple(py_mini_racer.MiniRacer, eval=_nothing, call=_unpacked))
        stack.enter_context(_baostock())
        yield


def _nothing(_: Any, code: str) -> None:
    pass


def _unpacked(_: Any, name: str, packed: str) -> list[dict[str, Any]]:
    rows = json.loads(bytes.fromhex(packed))
    return [{**row, "date": pd.Timestamp(row["date"]).to_pydatetime()} for row in rows]


@contextlib.contextmanager
def _baostock() -> Iterator[None]:
    """baostock's server is one on the loopback."""
    try:
        import baostock.common.contants as constants
    except ImportError:
        yield
        return
    server = BaostockServer(_baostock_answer)
    with mock.patch.multiple(constants, BAOSTOCK_SERVER_IP="127.0.0.1", BAOSTOCK_SERVER_PORT=server.port):
        yield
    server.close()


def _baostock_answer(name: str, asked: Sequence[str]) -> Rows:
    if name in ("login", "logout"):
        return [], []
    code, fields, _, _, frequency, flag = asked
    return fields.split(","), _baostock_rows(code, fields.split(","), frequency, flag)


def _baostock_rows(code: str, asked: list[str], frequency: str, flag: str) -> list[list[str]]:
    """Cells are texts. The 31st day is suspended: no volume, amount and turnover, and the close before everywhere."""
    frame = five_minutes() if frequency == "5" else daily()
    money, before = amount(frame), frame["Close"].shift().fillna(frame["Open"].iloc[0])
    rows = []
    for k, (at, row) in enumerate(zip(frame.index, frame.itertuples(), strict=True)):
        halted = frequency == "d" and k == 30
        prices = [before.iloc[k]] * 4 if halted else [row.Open, row.High, row.Low, row.Close]
        known = dict(zip(("open", "high", "low", "close"), (f"{one:.4f}" for one in prices), strict=True))
        known |= {
            "date": f"{at:%Y-%m-%d}", "time": f"{at:%Y%m%d%H%M%S}000", "code": code,
            "preclose": f"{before.iloc[k]:.4f}",
            "volume": "" if halted else str(row.Volume), "amount": "" if halted else f"{money.iloc[k]:.4f}",
            "adjustflag": flag, "turn": "" if halted else "0.350000", "tradestatus": "0" if halted else "1",
            "pctChg": f"{100 * (row.Close / before.iloc[k] - 1):.6f}", "isST": "0",
        }  # fmt: skip
        rows.append([known[name] for name in asked])
    return rows
