"""A headless Chromium, and two reports to look at: the sample's, and one of 500 announcements with hostile text."""

from __future__ import annotations

import base64
import json
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import newsbt
from newsbt.markets.calendars import sessions
from newsbt.markets.rulebook import load_rulebook
from newsbt.strategies.named_tickers import NamedTickers

ROOT = Path(__file__).resolve().parents[2]
ARTEFACTS = ROOT / "artefacts" / "report"
ATTACKS = (
    '<script>document.title="broken"</script>Alibaba <b>leads</b>',
    '"><img src=x onerror="document.title=1">',
    "</script><script>throw 1</script>",
    "علي بابا تطلق نموذجا جديدا \u202eevil\u202c",
    "阿里巴巴发布QwQ-32B" * 12,
    "long " * 2000,
    "javascript:alert(1) https://example.com/?q=<a>",
)
EVENTS = 500
NAMES = [f"{9000 + n}.HK" for n in range(12)]


@dataclass
class Browser:
    """Chromium with what it said: console entries and requests that were no local file."""

    driver: Any

    def size(self, width: int, height: int) -> None:
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600},
        )

    def open(self, page: Path, anchor: str = "") -> None:
        for kind in ("browser", "performance"):
            self.driver.get_log(kind)
        self.driver.get("about:blank")
        self.driver.get(page.as_uri() + anchor)

    def console(self) -> list[str]:
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """Addresses of everything that was asked for since the page was opened, but for files and data."""
        messages = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        sent = [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
        return [url for url in sent if not url.startswith(("file:", "data:", "about:"))]

    def run(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, *arguments)

    def all(self, selector: str) -> list[Any]:
        found: list[Any] = self.driver.find_elements("css selector", selector)
        return found

    def wait(self, condition: Callable[[], Any], seconds: float = 5.0) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "waited in vain"
            time.sleep(0.05)

    def chart(self, name: str) -> Any:
        """A chart of the page, drawn; what it is folded in is opened."""
        chart = self.all(f"#{name}")[0]
        self.run("for (let e = arguments[0]; e; e = e.parentElement) if (e.tagName === 'DETAILS') e.open = true", chart)
        self.run("arguments[0].scrollIntoView()", chart)
        self.wait(lambda: self.run("return Boolean(arguments[0].uplot)", chart))
        return chart

    def media(self, kind: str = "", scheme: str = "light") -> None:
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": kind, "features": features})

    def picture(self, name: str, tallest: int = 4000) -> None:
        """A screenshot of the page from its top, kept in artefacts/report/."""
        size = self.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": min(size["height"], tallest), "scale": 1}
        answer = self.driver.execute_cdp_cmd(
            "Page.captureScreenshot", {"format": "png", "captureBeyondViewport": True, "clip": clip}
        )
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        (ARTEFACTS / f"{name}.png").write_bytes(base64.b64decode(answer["data"]))

    def print_to(self, name: str) -> bytes:
        answer = self.driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True})
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        data = base64.b64decode(answer["data"])
        (ARTEFACTS / f"{name}.pdf").write_bytes(data)
        return data


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    driver_path = shutil.which("chromedriver")
    if chromium is None or driver_path is None:
        pytest.skip("no chromium and chromedriver: apt-get install chromium chromium-driver")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver_path))
    driver.set_page_load_timeout(30)
    try:
        yield Browser(driver)
    finally:
        driver.quit()


@pytest.fixture(scope="session")
def sample_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the bundled sample."""
    result = newsbt.run(ROOT / "configs" / "rival_release.yaml", overrides={"evaluation.placebo": 50})
    return result.save(tmp_path_factory.mktemp("sample")) / "report.html"


@pytest.fixture(scope="session")
def busy_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run with 500 announcements whose headlines hold markup, scripts, Arabic and 10,000 letters."""
    draw = np.random.default_rng(11)
    days = sessions("XHKG", date(2023, 1, 3), date(2024, 12, 30), load_rulebook()).dates
    prices = []
    for ticker in NAMES:
        close = 50.0 * np.exp(np.cumsum(draw.normal(0.0003, 0.02, len(days))))
        opened = close * np.exp(draw.normal(0.0, 0.006, len(days)))
        top, foot = np.maximum(opened, close) * 1.008, np.minimum(opened, close) * 0.992
        table = {"ticker": ticker, "date": days, "open": opened, "high": top, "low": foot, "close": close}
        prices.append(pd.DataFrame({**table, "volume": 5e6}))
    published = pd.to_datetime("2023-01-20T03:00+08:00") + pd.to_timedelta(draw.integers(0, 690, EVENTS), "D")
    announcements = pd.DataFrame(
        {
            "event_id": [f"e{n:03d}" for n in range(EVENTS)],
            "published_at": published.astype(str),
            "event_type": draw.choice(["model_release", "earnings", "regulation"], EVENTS),
            "issuer": [f"Company {n % 12}" for n in range(EVENTS)],
            "headline": [ATTACKS[n % len(ATTACKS)] if n < 70 else f"Model {n} is released" for n in range(EVENTS)],
            "source": ["</script><i>wire</i>"] * EVENTS,
            "url": ["javascript:alert(1)", "https://example.com/story?a=1&b=<2>"] * (EVENTS // 2),
            "sentiment": draw.choice([1.0, 0.5], EVENTS),
            "tickers": [";".join(draw.choice(NAMES, 3, replace=False)) for _ in range(EVENTS)],
        }
    )
    instruments = pd.DataFrame(
        {
            "ticker": NAMES, "name": [f"Company {n}" for n in range(12)], "exchange": "XHKG", "board": "main",
            "currency": "HKD", "sector": "ai", "themes": "ai", "sector_index": "", "aliases": "", "lot_size": 100,
        }
    )  # fmt: skip
    result = newsbt.run(
        prices=pd.concat(prices),
        announcements=announcements,
        instruments=instruments,
        strategies={"<b>Named</b>": NamedTickers(), "Releases": NamedTickers(event_types=("model_release",))},
        position={"weight": 0.03, "hold": 4},
        cash=2_000_000,
        evaluation={"placebo": 20},
    )
    return result.save(tmp_path_factory.mktemp("busy")) / "report.html"
