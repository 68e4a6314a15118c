"""Charts of report.html in a real browser: what is drawn where, zoom and pan, and legends."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser


def spans(browser: Any, *charts: Any) -> list[list[float]]:
    """What each chart shows of its axis of x."""
    scales = "const u = arguments[0].uplot; return [u.scales.x.min, u.scales.x.max]"
    return [browser.run(scales, chart) for chart in charts]


def test_charts_zoom_and_pan_together_and_have_a_log_scale(browser: Any, sample_page: Path) -> None:
    browser.size(1366, 900)
    browser.open(sample_page)
    charts = [browser.chart(f"{name}-over-time") for name in ("equity", "drawdown")]

    def press(name: str) -> None:
        button = charts[0].find_element("xpath", f"../div[@class='tools']/button[starts-with(@aria-label, '{name}')]")
        browser.run("arguments[0].click()", button)
        time.sleep(0.1)

    whole = spans(browser, *charts)
    assert whole[0] == whole[1]
    press("Zoom in")
    near = spans(browser, *charts)
    assert near[0] == near[1]
    assert near[0][1] - near[0][0] == pytest.approx((whole[0][1] - whole[0][0]) / 2)
    press("Earlier")
    assert spans(browser, *charts)[0][0] < near[0][0] and spans(browser, *charts)[0] == spans(browser, *charts)[1]
    press("Log scale")
    assert browser.run("return arguments[0].uplot.scales.y.distr", charts[0]) == 100
    press("Show all")
    assert spans(browser, *charts) == whole
    assert browser.console() == []


def test_colours_of_charts_follow_the_ground(browser: Any, sample_page: Path) -> None:
    """A chart that was drawn on white has light ink once the page is dark."""
    browser.size(1366, 900)
    browser.media()
    browser.open(sample_page)
    chart = browser.chart("equity-over-time")
    ink = "return arguments[0].uplot.series[1].stroke() + arguments[0].uplot.axes[0].stroke()"
    light = browser.run(ink, chart)
    drawn = browser.run("return arguments[0].querySelector('canvas').toDataURL()", chart)
    browser.media(scheme="dark")
    browser.wait(lambda: browser.run("return arguments[0].querySelector('canvas').toDataURL()", chart) != drawn)
    assert browser.run(ink, chart) != light
    browser.media()


def test_dragging_zooms_shift_and_drag_pans_and_a_double_click_shows_all(browser: Any, sample_page: Path) -> None:
    from selenium.webdriver import ActionChains, Keys

    browser.size(1366, 900)
    browser.open(sample_page)
    chart = browser.chart("rolling-sharpe")
    (whole,) = spans(browser, chart)
    over = chart.find_element("css selector", ".u-over")

    def drag(start: int, end: int, *keys: str) -> list[float]:
        actions = ActionChains(browser.driver)
        for key in keys:
            actions.key_down(key)
        actions.move_to_element_with_offset(over, start, 0).click_and_hold().move_by_offset((end - start) // 2, 0)
        actions.move_by_offset(end - start - (end - start) // 2, 0).release()
        for key in keys:
            actions.key_up(key)
        actions.perform()
        return spans(browser, chart)[0]

    near = drag(-200, 200)
    assert whole[0] < near[0] < near[1] < whole[1]
    moved = drag(100, 0, Keys.SHIFT)
    assert moved[0] > near[0] and moved[1] - moved[0] == pytest.approx(near[1] - near[0])
    ActionChains(browser.driver).double_click(over).perform()
    assert spans(browser, chart) == [whole]
    assert browser.console() == []


def test_legends_of_a_group_switch_the_same_lines(browser: Any, sample_page: Path) -> None:
    """Also of charts that are drawn later, and in the section's own legend."""
    browser.size(1366, 900)
    browser.open(sample_page)
    equity = browser.chart("equity-over-time")
    browser.run("document.querySelector('#equity .legend button').click()")
    rolled = browser.chart("rolling-sharpe")
    lines = "return arguments[0].uplot.series[1].show"
    assert not browser.run(lines, equity) and not browser.run(lines, rolled)
    button = browser.all("#rolling .legend button")[0]
    assert button.text == "Buy on rival release" and button.get_attribute("aria-pressed") == "false"
    browser.run("arguments[0].click()", button)
    assert browser.run(lines, equity) and browser.run(lines, rolled)
    assert browser.all("#equity .legend button")[0].get_attribute("aria-pressed") == "true"


@pytest.mark.parametrize("width", [390, 1366])
@pytest.mark.parametrize("name", ["bars-year", "bars-month"])
def test_bars_beside_each_other_cover_none(browser: Any, sample_page: Path, name: str, width: int) -> None:
    """The middle of each bar has its own line's colour."""
    browser.size(width, 900)
    browser.media()
    browser.open(sample_page)
    seen = browser.run(
        """const u = arguments[0].uplot, c = u.ctx;
        const rgb = colour => { c.save(); c.fillStyle = colour; const found = c.fillStyle; c.restore(); return found; };
        const hex = ([r, g, b]) => "#" + [r, g, b].map(one => one.toString(16).padStart(2, "0")).join("");
        const found = [];
        u.series.slice(1).forEach((line, k) => u.data[k + 1].forEach((value, n) => {
          if (value === null || value === undefined) return;
          const foot = u.valToPos(0, "y", true), top = u.valToPos(value, "y", true);
          if (Math.abs(foot - top) < 4) return;
          const x = Math.round(u.valToPos(u.data[0][n], "x", true));
          const pixel = c.getImageData(x, Math.round((foot + top) / 2), 1, 1).data;
          found.push([rgb(line.stroke()), hex(pixel)]);
        }));
        return found""",
        browser.chart(name),
    )
    assert len(seen) >= 8 and [pair for pair in seen if pair[0] != pair[1]] == []


@pytest.mark.parametrize("width", [390, 1366])
def test_the_word_of_an_upright_line_covers_no_bar(browser: Any, sample_page: Path, width: int) -> None:
    """It stands above the plot, and inside of the chart."""
    browser.size(width, 900)
    browser.media()
    browser.open(sample_page)
    for chart in browser.all("#placebo .plot"):
        drawn = browser.chart(chart.get_attribute("id"))
        above, inside = browser.run(
            """const u = arguments[0].uplot, c = u.ctx, { left, top, width, height } = u.bbox;
            const ink = (x, y, w, h) => { const data = c.getImageData(x, y, w, h).data; let found = 0;
              for (let k = 0; k < data.length; k += 4)
                if (data[k + 3] > 128 && data[k] > 150 && data[k + 2] < 60) found++;
              return found; };
            return [ink(left, 0, width, top), ink(left, top, width, height) / height]""",
            drawn,
        )
        assert above > 30 and inside < 4, "a line of one or two pixels, and no letter"
