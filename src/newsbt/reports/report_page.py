"""report.html: one file that needs nothing else, readable on a phone, on paper and in the dark."""

from __future__ import annotations

from newsbt.domain.record import RunRecord
from newsbt.errors import DataError
from newsbt.reports.html.page_blocks import Absent, Block, Cards, PriceCharts, Section, Under, sentences
from newsbt.reports.html.templating import page_of
from newsbt.reports.page import (
    attribution_section,
    breakdown_section,
    evidence_section,
    exposure_section,
    numbers,
    origin,
    returns_section,
)
from newsbt.reports.page.card_budget import bytes_of, within_budget
from newsbt.reports.page.cards import CardData, card_data, card_numbers
from newsbt.reports.page.equity_section import equity_and_drawdown
from newsbt.reports.page.other_evidence import other_evidence
from newsbt.reports.page.study_section import study
from newsbt.reports.page.verdict_section import verdict
from newsbt.reports.page.view import PageView

__all__ = ["report_page"]

MOST_BYTES_OF_PAGE = 1_480_000

CARD_KEY = (
    "Bars are those of the ticker's own market; the tick at the left of a bar is its open. The dashed line is when "
    "the news became known, ▲ a purchase, ▼ a sale, ✕ a refused or cut order. AR and CAR are returns less the "
    "benchmark's. The amount beside a headline is the largest profit or loss that a strategy made of it, after costs."
)

CONTENTS = (
    ("verdict-h", "Verdict"),
    ("equity", "Equity"),
    ("results", "Results"),
    ("attribution", "Announcements"),
    ("months", "Months"),
    ("net", "Costs"),
    ("refused", "Refused"),
    ("placebo", "Evidence"),
    ("data", "Data"),
    ("cards", "Event cards"),
)


def report_page(record: RunRecord) -> str:
    """The page of a run as one HTML document; nothing in it reaches for the network.

    Its tables are there without a script; the script draws the charts and event cards as they come into view, and sorts
    tables.

    Raises
    ------
    DataError
        A number of the run is one that no run has, of which nothing can be reckoned.
    """
    try:
        return _page_within_bounds(PageView(record))
    except ArithmeticError as error:
        message = f"the run folder {record.path!r} is damaged: it holds a number that no run has: {error}"
        raise DataError(message, code="damaged_run") from error


def _page_within_bounds(view: PageView) -> str:
    every = card_data(view)
    cards = within_budget(view, every)
    page = _page(view, cards)
    over = len(page.encode()) - MOST_BYTES_OF_PAGE
    return page if over <= 0 else _page(view, within_budget(view, every, max(bytes_of(cards) - over, 0)))


def _page(view: PageView, cards: CardData) -> str:
    sections = [
        Section("equity", "Equity and drawdown", equity_and_drawdown(view)),
        Section("results", "Results", numbers.results(view)),
        Section("attribution", "Which announcements did it", attribution_section.waterfalls(view, card_numbers(cards))),
        _folded("sources", "Profit by ticker, exit reason, market and sector", breakdown_section.profit_sources(view)),
        _folded("drawdowns", "The five worst drawdowns", returns_section.drawdowns(view)),
        _folded("prices", "Prices of a ticker with its events and fills", _prices(cards)),
        _folded("holding", "Return against holding time", breakdown_section.holding_times(view)),
        _folded("rolling", "Rolling Sharpe ratio, volatility and beta", returns_section.rolling(view)),
        _folded("distribution", "Distribution of returns", returns_section.distribution(view)),
        _folded("markets", "Exposure by market", exposure_section.exposure_by_market(view)),
        _folded("bars", "Returns by year and by month", returns_section.period_bars(view)),
        Section("months", "Monthly returns", numbers.monthly_returns(view)),
        Section("net", "Gross to net", numbers.gross_to_net(view)),
        Section("refused", "Refused orders", numbers.refused_orders(view)),
        Section("placebo", "Placebo: other calendars of the same news", evidence_section.placebo(view)),
        Section("study", "Abnormal returns around the news", study(view)),
        Section("decay", "Decay with holding time and latency", evidence_section.decay(view)),
        Section("capacity", "Capacity", evidence_section.capacity(view)),
    ]
    if variants := evidence_section.sweep(view):
        sections.append(Section("sweep", "Variants", variants))
    for k, (title, content) in enumerate(other_evidence(view)):
        sections.append(Section(f"evidence-{k}", title, content))
    shown_cards = Section("cards", "Event cards", _cards(view, cards))
    sections += [
        Section("data", "Data", origin.data(view)),
        Section("origin", "Origin", origin.origin(view)),
        shown_cards,
    ]
    lead = [*origin.data_notice(view), Section("verdict", "Verdict", verdict(view)), *origin.about(view)]
    return page_of(
        view.record.name, sections, lead=lead, under=view.record.run_id, contents=CONTENTS,
        scripts=("page.js", "candles.js", "cards.js", "prices.js"),
    )  # fmt: skip


def _prices(cards: CardData) -> list[Block]:
    return [PriceCharts()] if cards["tickers"] else [Absent("This run folder holds no prices around its events.")]


def _folded(name: str, title: str, blocks: list[Block]) -> Section:
    return Section(name, title, blocks, folded=True)


def _cards(view: PageView, cards: CardData) -> list[Block]:
    number = len(cards["cards"])
    if not number:
        return [Absent("No strategy gave a signal for an announcement, so there are no event cards.")]
    notes = []
    if not view.context:
        notes.append(
            "This run folder holds no context.json (it is of an older version, or was run without a report): the cards "
            "show no headlines, links or prices."
        )
    return [*sentences(notes, "notice"), Under(CARD_KEY), Cards(cards, number)]
