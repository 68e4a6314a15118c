"""Screenshots of the pages in Chromium at two widths, light and dark, and what axe-core finds of them: `make looks`.

Writes into artefacts/looks; answers 1 where axe-core finds a serious or critical fault. No part of CI.
"""

from __future__ import annotations

import base64
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from newsbt.cli import main

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "artefacts" / "looks"
SITE = ROOT / "docs" / "_build" / "html"
WIDTHS, SCHEMES = (1400, 390), ("light", "dark")
TALLEST = 12_000
AXE = "const done = arguments[0]; axe.run({resultTypes: ['violations'], iframes: false}).then(r => done(r.violations))"


def report(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def pages() -> dict[str, Path]:
    """The sample's report and its index, a sweep's heat map, and every page of the site where it is built."""
    runs = OUT / "runs"
    shutil.rmtree(runs, ignore_errors=True)
    assert main(["run", str(ROOT / "configs/rival_release.yaml"), "--runs", str(runs)]) == 0
    assert main(["sweep", str(ROOT / "configs/sweep.yaml"), "--runs", str(runs), "--yes"]) == 0
    assert main(["report", "--all", "--runs", str(runs)]) == 0
    found = {
        "report": next(runs.glob("*/report.html")), "index": runs / "index.html",
        "heat map": next(runs.glob("sweeps/*/heatmap.html")),
    }  # fmt: skip
    built = sorted(path for path in SITE.rglob("*.html") if "_static" not in path.parts)
    if not built:
        report("the site is not built (make docs): left out")
    return found | {
        f"site {path.relative_to(SITE).with_suffix('').as_posix().replace('/', ' ')}": path for path in built
    }


def chromium() -> Any:
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or shutil.which("chromium-browser") or ""
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    driver.set_script_timeout(300)
    return driver


def look(axe: str) -> int:
    """Serious and critical faults of all pages, each printed."""
    driver, faults = chromium(), 0
    for name, page in pages().items():
        for width in WIDTHS:
            for scheme in SCHEMES:
                window = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
                driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", window)
                media = [{"name": "prefers-color-scheme", "value": scheme}]
                driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": media})
                driver.get(page.resolve().as_uri())
                driver.execute_script("document.querySelectorAll('details').forEach(one => { one.open = true; })")
                for plot in driver.find_elements("css selector", ".plot, #price-tools"):
                    driver.execute_script("arguments[0].scrollIntoView()", plot)
                    time.sleep(0.03)
                driver.execute_script("scrollTo(0, 0)")
                size = driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
                # Frames are drawn inside of the window only.
                window["height"] = height = min(size["height"], TALLEST)
                driver.execute_cdp_cmd(
                    "Emulation.setDeviceMetricsOverride", window
                )  # frames are drawn in the window only
                time.sleep(0.3)
                clip = {"x": 0, "y": 0, "width": size["width"], "height": height, "scale": 1}
                shot = {"format": "png", "captureBeyondViewport": True, "clip": clip}
                picture = driver.execute_cdp_cmd("Page.captureScreenshot", shot)["data"]
                (OUT / f"{name}-{width}-{scheme}.png").write_bytes(base64.b64decode(picture))
                if size["width"] > width:
                    faults += 1
                    report(f"{name} at {width}: {size['width']} pixels wide")
                driver.execute_script(axe)
                for fault in driver.execute_async_script(AXE):
                    if fault["impact"] in ("serious", "critical"):
                        faults += 1
                        where = [node["html"][:140] for node in fault["nodes"][:2]]
                        report(f"{name} at {width}, {scheme}: {fault['id']}, {len(fault['nodes'])} times, {where}")
    driver.quit()
    return faults


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    sys.exit(bool(look(Path(sys.argv[1]).read_text(encoding="utf-8"))))
