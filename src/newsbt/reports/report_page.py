"""report.html: one file that needs nothing else, readable on a phone, on paper and in the dark."""

from __future__ import annotations

from newsbt.domain.record import RunRecord
from newsbt.reports.page import attribution_section, evidence_section, numbers, origin
from newsbt.reports.page.assets import script, style
from newsbt.reports.page.cards import CardData, card_data, card_numbers
from newsbt.reports.page.equity_section import curve_data, equity_and_drawdown
from newsbt.reports.page.html_markup import absent, listed, script_json, section
from newsbt.reports.page.other_evidence import other_evidence
from newsbt.reports.page.study_section import study
from newsbt.reports.page.verdict_section import verdict
from newsbt.reports.page.view import PageView
from newsbt.reports.text import html_text

__all__ = ["report_page"]

# Nothing may be fetched, whatever the data says: the browser enforces it.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'"
)

CARD_KEY = (
    "Bars are those of the ticker's own market; the tick at the left of a bar is its open. The dashed line is when "
    "the news became known, ▲ a purchase, ▼ a sale, ✕ a refused or cut order. AR and CAR are returns less the "
    "benchmark's. The amount beside a headline is the largest profit or loss that a strategy made of it, after costs."
)


def report_page(record: RunRecord) -> str:
    """The page of a run as one HTML document; nothing in it reaches for the network.

    Tables and charts are there without a script; the script sorts tables, shows values beside the pointer, and draws
    the event cards as they come into view.
    """
    view = PageView(record)
    cards = card_data(view)
    sections = [
        section("equity", "Equity and drawdown", equity_and_drawdown(view)),
        section("results", "Results", numbers.results(view)),
        section("attribution", "Which announcements did it", attribution_section.waterfalls(view, card_numbers(cards))),
        section("months", "Monthly returns", numbers.monthly_returns(view)),
        section("net", "Gross to net", numbers.gross_to_net(view)),
        section("refused", "Refused orders", numbers.refused_orders(view)),
        section("placebo", "Placebo: other calendars of the same news", evidence_section.placebo(view)),
        section("study", "Abnormal returns around the news", study(view)),
        section("decay", "Decay with holding time and latency", evidence_section.decay(view)),
        section("capacity", "Capacity", evidence_section.capacity(view)),
    ]
    if variants := evidence_section.sweep(view):
        sections.append(section("sweep", "Variants", variants))
    for k, (title, content) in enumerate(other_evidence(view)):
        sections.append(section(f"evidence-{k}", title, content))
    shown_cards = section("cards", "Event cards", _cards(view, cards))
    sections += [
        section("data", "Data", origin.data(view)),
        section("origin", "Origin", origin.origin(view)),
        shown_cards,
    ]
    blobs = script_json("curve-data", curve_data(view) or {}) + script_json("card-data", cards)
    return _document(view, _head(view) + "".join(sections), blobs)


def _head(view: PageView) -> str:
    run = f'<p class="run">{html_text(view.record.run_id)}</p>' if view.record.run_id else ""
    return (
        f"<header><h1><bdi>{html_text(view.record.name)}</bdi></h1>{run}{origin.data_notice(view)}"
        f'<section aria-labelledby="verdict-h"><h2 id="verdict-h">Verdict</h2>{verdict(view)}</section>'
        f"{origin.about(view)}</header>\n"
    )


def _cards(view: PageView, cards: CardData) -> str:
    if not cards["cards"]:
        return absent("No strategy gave a signal for an announcement, so there are no event cards.")
    notes = []
    if not view.context:
        notes.append(
            "This run folder holds no context.json (it is of an older version, or was run without a report): the cards "
            "show no headlines, links or prices."
        )
    number = len(cards["cards"])
    return (
        listed(notes, "notice")
        + f'<p class="under">{CARD_KEY}</p>'
        + f'<noscript><p class="absent">The {number:,} event cards are drawn by a script, which is switched off here. '
        "All of it is also in events.parquet, fills.parquet and refusals.parquet.</p></noscript>"
        '<div id="card-tools" hidden></div><p id="card-count" class="under" role="status"></p>'
        '<div id="card-list"></div>'
    )


def _document(view: PageView, body: str, data: str) -> str:
    links = "".join(f'<a href="#{name}">{title}</a>' for name, title in _CONTENTS)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f'<meta name="color-scheme" content="light dark"><title>{html_text(view.record.name)} · newsbt</title>'
        f"<style>{style()}</style></head>\n"
        f'<body><a class="skip" href="#verdict-h">To the verdict</a><nav aria-label="Contents">{links}</nav>'
        f'<main>{body}</main><div id="tip" role="status" hidden></div>\n{data}'
        f"<script>{script('page.js')}</script><script>{script('cards.js')}</script></body></html>\n"
    )


_CONTENTS = (
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
