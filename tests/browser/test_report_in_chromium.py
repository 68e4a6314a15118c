"""report.html in a real browser: quiet, offline, quick, and made to be used."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

MEGABYTE = 1_000_000


@pytest.fixture(params=["sample_page", "busy_page"])
def page(request: pytest.FixtureRequest, browser: Any) -> Path:
    found: Path = request.getfixturevalue(request.param)
    browser.size(1366, 900)
    browser.media()
    browser.open(found)
    return found


def wait_for(condition: Any, seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def test_it_is_silent_offline_and_small(browser: Any, page: Path) -> None:
    for article in browser.all("article")[:12]:
        browser.run("arguments[0].scrollIntoView()", article)
        time.sleep(0.03)
    wait_for(lambda: len(browser.all("article canvas")) >= 10)
    browser.run("scrollTo(0, 0)")
    assert browser.console() == []
    assert browser.requests() == []
    assert page.stat().st_size <= 1.5 * MEGABYTE


def test_it_opens_in_under_two_seconds(browser: Any, page: Path) -> None:
    loaded = browser.run("return performance.getEntriesByType('navigation')[0].loadEventEnd")
    painted = browser.run("return (performance.getEntriesByName('first-contentful-paint')[0] || {}).startTime || 0")
    assert 0 < max(loaded, painted) < 2000


def test_the_first_charts_are_drawn_where_nobody_looks(sample_page: Path, browser: Any) -> None:
    """As where a program takes a picture of the page."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", sample_page.as_uri()]
    page = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    assert page.count("<canvas") >= 3


def test_hundreds_of_cards_are_drawn_only_when_they_come_near(browser: Any, busy_page: Path) -> None:
    browser.size(1366, 900)
    browser.open(busy_page)
    assert len(browser.all("article")) > 200
    assert len(browser.all("article canvas")) < 20, "nobody has scrolled there yet"
    last = browser.all("article")[-1]
    browser.run("arguments[0].scrollIntoView()", last)
    wait_for(lambda: last.find_elements("css selector", "canvas"))
    assert len(browser.all("article canvas")) < 60


def test_the_results_table_sorts_both_ways_with_empty_cells_last(browser: Any, page: Path) -> None:
    def column(index: int) -> list[str]:
        found: list[str] = browser.run(
            "return [...document.querySelector('table.sortable').tBodies[0].rows].map(r => r.cells[arguments[0]]"
            ".dataset.v ?? '')",
            index,
        )
        return found

    heads = browser.all("table.sortable thead button")
    titles = [head.text for head in heads]
    for title in ("Return", "Placebo p", "Strategy"):
        index = titles.index(title)
        for order in ("descending", "ascending"):
            browser.run("arguments[0].click()", heads[index])
            assert browser.run("return arguments[0].closest('th').getAttribute('aria-sort')", heads[index]) == order
            cells = column(index)
            filled = [cell for cell in cells if cell]
            assert cells[: len(filled)] == filled, "empty cells stand last"
            key: Any = str.lower if title == "Strategy" else float
            assert sorted(filled, key=key, reverse=order == "descending") == filled or title == "Strategy"
            assert [key(cell) for cell in filled] == sorted(map(key, filled), reverse=order == "descending")


def test_filters_find_cards_by_text_ticker_and_type(browser: Any, busy_page: Path) -> None:
    browser.open(busy_page)

    def shown() -> list[int]:
        found: list[int] = browser.run(
            "return [...document.querySelectorAll('article')].filter(a => !a.hidden).map(a => Number(a.id.slice(5)))"
        )
        return found

    def choose(name: str, value: str) -> None:
        browser.run(
            "const e = document.getElementById('card-' + arguments[0]); e.value = arguments[1];"
            "e.dispatchEvent(new Event(e.tagName === 'INPUT' ? 'input' : 'change'))",
            name,
            value,
        )

    every = shown()
    cards = browser.run("return JSON.parse(document.getElementById('card-data').textContent).cards")
    choose("text", next(card["head"] for card in cards if card["head"].startswith("Model ")).split(" is")[0] + " ")
    assert len(shown()) == 1
    assert "1 of" in browser.run("return document.getElementById('card-count').textContent")
    choose("text", "no such words anywhere")
    assert shown() == []
    choose("text", "")
    assert shown() == every
    choose("ticker", "9003.HK")
    some = shown()
    assert 0 < len(some) < len(every)
    choose("type", "earnings")
    fewer = shown()
    assert 0 < len(fewer) < len(some)
    for number in fewer:
        assert cards[number]["type"] == "earnings"
        assert any(row[1] == "9003.HK" for row in cards[number]["rows"])


def test_text_from_data_is_text(browser: Any, busy_page: Path) -> None:
    browser.open(busy_page)
    browser.run("document.querySelectorAll('article').forEach(a => a.scrollIntoView())")
    browser.run("document.getElementById('card-text').value = 'alibaba <b>leads</b>';"
                "document.getElementById('card-text').dispatchEvent(new Event('input'))")  # fmt: skip
    first = next(article for article in browser.all("article") if article.is_displayed())
    browser.run("arguments[0].scrollIntoView()", first)
    wait_for(lambda: first.find_elements("css selector", "canvas"))
    assert "<script>" in first.find_element("css selector", "h3").text
    assert "rival-release" not in browser.driver.title
    assert browser.driver.title == "notebook · newsbt"
    assert browser.all("article script, article b, article img, article i:not([role])") == []
    links = browser.run("return [...document.querySelectorAll('article a')].map(a => a.href)")
    assert all(link.startswith("https://example.com/story") for link in links)
    assert browser.console() == []


def test_a_text_of_ten_thousand_letters_is_cut_and_opens(browser: Any, busy_page: Path) -> None:
    browser.open(busy_page)
    button = browser.all("article h3 button")[0]
    title = browser.run("return arguments[0].closest('h3').textContent", button)
    assert len(title) < 400
    browser.run("arguments[0].click()", button)
    assert len(browser.run("return arguments[0].closest('h3').textContent", button)) > 9000
    assert browser.run("return document.documentElement.scrollWidth") <= 1366


def test_values_appear_beside_the_pointer_and_by_keyboard(browser: Any, sample_page: Path) -> None:
    browser.size(1366, 900)
    browser.open(sample_page)
    chart = browser.chart("equity-over-time")
    browser.run("arguments[0].focus()", chart)
    chart.send_keys("\ue012")  # arrow left
    tip = browser.run("return document.getElementById('tip').textContent")
    assert "Buy on rival release" in tip and "%" in tip and "2025-07" in tip
    browser.run("document.querySelector('.legend button').click()")
    for name in ("equity-over-time", "drawdown-over-time", "exposure-over-time"):
        line = "return document.getElementById(arguments[0]).uplot.series[1]"
        assert browser.run(f"{line}.label + {line[7:]}.show", name) == "Buy on rival releasefalse"
    chart.send_keys("\ue012")
    assert "Buy on rival release" not in browser.run("return document.getElementById('tip').textContent")


def test_a_link_from_the_waterfall_leads_to_the_card(browser: Any, sample_page: Path) -> None:
    browser.open(sample_page)
    link = browser.all("table.waterfall a")[0]
    title = link.get_attribute("textContent")
    browser.run("arguments[0].click()", link)
    wait_for(lambda: "card-" in browser.driver.current_url)
    card = browser.run("return document.querySelector(location.hash)")
    wait_for(lambda: card.find_elements("css selector", "canvas"))
    assert title in card.text


@pytest.mark.parametrize("width", [360, 390, 768, 1366, 2400])
def test_nothing_sticks_out_at_any_width(browser: Any, page: Path, width: int) -> None:
    browser.size(width, 900)
    browser.open(page)
    browser.run("document.querySelectorAll('article')[3].scrollIntoView()")
    time.sleep(0.2)
    assert browser.run("return document.documentElement.scrollWidth") <= width


def test_everything_has_a_name_and_headings_step_down(browser: Any, page: Path) -> None:
    nameless = browser.run(
        """const shown = e => e.getClientRects().length;
        const name = e => e.getAttribute('aria-label') || e.textContent.trim() || (e.labels && e.labels.length) ||
          e.getAttribute('aria-labelledby');
        return [...document.querySelectorAll('a,button,input,select,[role=region],[role=img]')]
          .filter(e => shown(e) && !name(e)).map(e => e.outerHTML.slice(0, 120))"""
    )
    assert nameless == []
    tables = browser.run("return [...document.querySelectorAll('table')].filter(t => !t.caption).length")
    assert tables == 0
    levels = browser.run("return [...document.querySelectorAll('h1,h2,h3')].map(h => Number(h.tagName[1]))")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_enough_contrast(browser: Any, page: Path, scheme: str) -> None:
    browser.media(scheme=scheme)
    browser.open(page)
    poor = browser.run(
        """const lin = c => (c /= 255) <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4;
        const c = document.createElement('canvas').getContext('2d', {willReadFrequently: true}), known = {};
        const read = text => { c.clearRect(0, 0, 1, 1); c.fillStyle = text; c.fillRect(0, 0, 1, 1);
          return [...c.getImageData(0, 0, 1, 1).data]; };
        const rgb = text => known[text] ??= read(text);
        const lum = ([r, g, b]) => .2126 * lin(r) + .7152 * lin(g) + .0722 * lin(b);
        const ground = e => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
          if (c[3] > 250) return c; } return [255, 255, 255, 255]; };
        const found = new Set();
        for (const e of document.querySelectorAll('body *')) {
          const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
          if (!own || !e.getClientRects().length || e.closest('script,style')) continue;
          const style = getComputedStyle(e), ink = rgb(style.color);
          const [a, b] = [lum(ink), lum(ground(e))].sort((x, y) => y - x), ratio = (a + .05) / (b + .05);
          if (ratio < 4.5) found.add(e.tagName + '.' + e.className + ' ' + ratio.toFixed(2));
          if (found.size > 5) break;
        }
        return [...found]"""
    )
    browser.media()
    assert poor == []


@pytest.mark.slow
def test_pictures_are_kept_for_people_to_look_at(browser: Any, sample_page: Path, busy_page: Path) -> None:
    for name, found in (("sample", sample_page), ("busy", busy_page)):
        for width, height, kind in ((390, 844, "phone"), (1366, 900, "laptop")):
            browser.size(width, height)
            browser.media()
            browser.open(found)
            browser.picture(f"{name}-{kind}")
            browser.open(found, "#card-3")
            time.sleep(0.5)
            data = browser.driver.get_screenshot_as_png()
            assert len(data) > 10_000
        browser.media(scheme="dark")
        browser.picture(f"{name}-dark")
        browser.media()
        browser.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        browser.open(found)
        assert browser.print_to(name).startswith(b"%PDF")


def test_a_page_without_scripts_still_tells_the_run(browser: Any, sample_page: Path) -> None:
    browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.driver.get(sample_page.as_uri())
        text = browser.driver.find_element("css selector", "body").text
    finally:
        browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert "Did it make money?" in text
    assert "event cards are drawn by a script" in text


def test_axes_are_labelled_exactly(browser: Any, sample_page: Path) -> None:
    """Ticks are evenly spaced; labels that were rounded (2, 5, 8, 10 for steps of 2.5) are not."""
    browser.size(1366, 900)
    browser.open(sample_page)
    checked = 0
    for article in browser.all("article")[:40]:
        browser.run("arguments[0].scrollIntoView()", article)
        wait_for(lambda article=article: article.find_elements("css selector", "figure"))
        texts = browser.run(
            "const plot = arguments[0].querySelector('.plot'); return plot ? plot.uplot.axes[1]._values : []", article
        )
        ticks = [float(text.replace(",", "").rstrip("k")) for text in texts if text]
        steps = [after - before for before, after in itertools.pairwise(ticks)]
        assert all(step > 0 for step in steps) and steps == pytest.approx([steps[0]] * len(steps), rel=1e-6)
        checked += len(steps)
    assert checked > 60


@pytest.mark.parametrize("unit", ["percent", "number"])
def test_labels_say_exactly_where_their_ticks_stand(browser: Any, sample_page: Path, unit: str) -> None:
    """Of every step that an axis can choose, over ten decades, near zero and far from it: read back, the label is the
    tick to a thousandth of a step, and no two are alike."""
    browser.open(sample_page)
    sizes = {"bn": 1e9, "M": 1e6, "k": 1e3, "%": 0.01}
    firsts, steps = (-3, 0, 400, 39_997), [f * 10.0**power for power in range(-5, 6) for f in (1, 2, 2.5, 5)]
    axes = [[number * step for number in range(first, first + 6)] for step in steps for first in firsts]
    found = browser.run("return arguments[0].map(ticks => charts.labels(ticks, arguments[1]))", axes, unit)
    for ticks, labels in zip(axes, found, strict=True):
        step = ticks[1] - ticks[0]
        assert len(set(labels)) == len(ticks)
        for label, tick in zip(labels, ticks, strict=True):
            ending = next((name for name in sizes if label.endswith(name)), "")
            read = float(label.removesuffix(ending).replace(",", "")) * sizes.get(ending, 1.0)
            assert read == pytest.approx(tick, rel=1e-12, abs=step * 1e-3), (label, tick)
