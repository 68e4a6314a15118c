"""All services at once, and how a provider's process is sent to them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from provider_services import answers
from provider_services.baostock_server import BaostockServer, Rows
from provider_services.tls_proxy import Answer, TlsProxy
from provider_services.truth import Series

__all__ = ["ProviderServices"]

HERE = Path(__file__).parent
HONG_KONG, AMERICA = "116", ("105", "106", "107")
HONG_KONG_INDICES = ("HSI", "HSCEI", "HSTECH")  # the list is asked for once a process
Script = Sequence[Answer | None]


class ProviderServices:
    """What Yahoo, East Money, Sina and baostock know is `series`, by the names that each calls an instrument; `rates`
    are yuan for one of a currency. `scripts` are answers that come first, by a part of the path or query, None for the
    usual one; `baostock` stands before baostock's own answers where it answers something; `about` is what Yahoo says of
    a symbol besides. `asked` notes all questions."""

    def __init__(self, folder: Path) -> None:
        self.series: dict[str, Series] = {}
        self.rates: dict[str, pd.Series] = {}
        self.about: dict[str, Mapping[str, Any]] = {}
        self.scripts: dict[str, list[Answer | None]] = {}
        self.baostock: Callable[[str, Sequence[str]], Rows | tuple[str, str] | bytes | str | None] | None = None
        self.asked: list[str] = []
        self._cache = folder / "cache"
        self._proxy = TlsProxy(folder, self._answer)
        self._baostock = BaostockServer(self._ask_baostock)

    def reset(self) -> None:
        """Nothing is known, and nothing was asked."""
        for kept in (self.series, self.rates, self.about, self.scripts, self.asked):
            kept.clear()
        self.baostock = None

    @property
    def environment(self) -> Mapping[str, str]:
        """What leads a provider's library here."""
        return {
            **self._proxy.environment, "XDG_CACHE_HOME": str(self._cache), "BAOSTOCK_PORT": str(self._baostock.port),
        }  # fmt: skip

    def command(self, name: str) -> Sequence[str]:
        """What starts a provider's process whose library finds these services where it looks for its own."""
        return (
            "env",
            *(f"{key}={value}" for key, value in self.environment.items()),
            sys.executable,
            str(HERE / "routed_worker.py"),
            name,
        )

    def close(self) -> None:
        self._proxy.close()
        self._baostock.close()

    def _answer(self, host: str, path: str, query: Mapping[str, str]) -> Answer:
        question = f"{host}{path}?" + "&".join(f"{key}={value}" for key, value in query.items())
        self.asked.append(question)
        for part, script in self.scripts.items():
            if part in question and script:
                scripted = script.pop(0)
                if scripted is not None:
                    return scripted
        if host.endswith("yahoo.com"):
            return self._yahoo(path, query)
        if host.endswith("sina.com.cn"):
            return answers.boc_rates(self.rates.get(query["money_code"]), query)
        return self._east_money(path, query)

    def _yahoo(self, path: str, query: Mapping[str, str]) -> Answer:
        if "quoteSummary" in path:
            return Answer(answers.NOT_FOUND_TEXT, 404)
        if "chart" not in path:
            return Answer("crumb", headers={"Set-Cookie": "A3=made-up; Domain=.yahoo.com; Path=/; Max-Age=86400"})
        symbol = path.rsplit("/", 1)[1]
        return answers.yahoo_chart(symbol, self.series.get(symbol), query, self.about.get(symbol, {}))

    def _east_money(self, path: str, query: Mapping[str, str]) -> Answer:
        if "clist" in path:
            return answers.east_money_indices(HONG_KONG_INDICES)
        if "secid" not in query:
            code = query["filter"].partition('"')[2].partition('"')[0]
            return answers.east_money_payments(self.series.get(code))
        market, code = query["secid"].split(".", 1)
        names = (code, f"{market}.{code}", *(f"{word}{code}" for word in ("sh", "sz", "csi")))
        found = next((self.series[name] for name in names if name in self.series), None)
        return answers.east_money_klines(found, query, in_lots=market not in (HONG_KONG, *AMERICA))

    def _ask_baostock(self, name: str, asked: Sequence[str]) -> Rows | tuple[str, str] | bytes | None:
        self.asked.append(f"baostock {name} {' '.join(asked)}")
        if self.baostock is not None:
            found = self.baostock(name, asked)
            if not isinstance(found, str):
                return found
        return answers.baostock(name, self.series.get(asked[0]) if asked else None, asked)
