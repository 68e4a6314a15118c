"""The event cards as data: the page's script draws a card when it comes into view.

A card is an announcement that some strategy signalled, traded or was refused on. Its rows are arrays in the order of
:data:`ROW`, to keep a card under 5 KB.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, TypedDict

import pandas as pd

from newsbt.domain.run_documents import ContextEvent, ContextTicker, LinkJson
from newsbt.reports.page.clocks import clock_text, distinct_zones, published_text
from newsbt.reports.page.event_activity import EventsRow, Happened, happened, largest_first, short
from newsbt.reports.page.view import PageView
from newsbt.reports.page.wording import refusal_sentence
from newsbt.reports.run_text import reason_text

__all__ = ["ROW", "Card", "CardData", "DealtFill", "card_data", "card_numbers"]

ROW = ("strategy", "ticker", "signal", "first", "pnl", "costs", "return", "fills", "refusals", "why")
MOST_ROWS = 24  # of a card; the rest are in events.parquet
MOST_MARKS = 6  # fills and refusals of a row of a card
MOST_LINKED = 12  # links without a signal that a card names


class Card(TypedDict):
    """A card; `rows` are arrays in the order of :data:`ROW`."""

    id: str
    head: str
    cut: int
    source: str
    url: str
    type: str
    issuer: str
    subject: str
    rivals: list[str]
    sentiment: float | None
    published: str
    known: list[str]
    at: dict[str, float]
    pnl: list[float]
    traded: bool
    links: list[list[str | float | None]]
    idle: list[str]
    idle_left: int
    reactions: dict[str, list[float | None]]
    rows: list[list[Any]]
    left: int


class NameAndColour(TypedDict):
    name: str
    css: str


DealtFill: TypeAlias = "tuple[int | None, int, float, int]"  # row, side, price, index of the strategy


class CardData(TypedDict):
    currency: str
    intraday: bool
    benchmark: str | None
    zones: dict[str, str]
    dates: list[str]
    tickers: dict[str, ContextTicker]
    strategies: list[NameAndColour]
    cards: list[Card]
    dealt: dict[str, list[DealtFill]]
    left_out: int


def card_data(view: PageView) -> CardData:
    """What the script needs: bars by ticker, the dates of rows, and the cards by the instant they became known."""
    context = view.context
    tickers: Mapping[str, ContextTicker] = context.get("tickers") or {}
    zones: Mapping[str, str] = context.get("zones") or {}
    known = {str(item.get("id")): item for item in context.get("events") or () if isinstance(item, Mapping)}
    names = [str(row.get("name")) for row in view.strategies]
    cards = [
        _card(event_id, found, known.get(event_id) or {}, names, zones, tickers)
        for event_id, found in happened(view).items()
    ]
    used = {row[1] for card in cards for row in card["rows"]}
    return {
        "currency": view.currency,
        "intraday": bool(context.get("intraday")),
        "benchmark": context.get("benchmark"),
        "zones": dict(zones),
        "dates": list(context.get("dates") or ()),
        "tickers": {name: tickers[name] for name in sorted(used & tickers.keys())},
        "strategies": [{"name": name, "css": view.look(name).css} for name in names],
        "cards": cards,
        "dealt": {},
        "left_out": 0,
    }


def card_numbers(data: CardData) -> dict[str, int]:
    """The number of each event's card, by event id."""
    return {card["id"]: number for number, card in enumerate(data["cards"])}


def _card(
    event_id: str,
    found: Happened,
    about: ContextEvent,
    names: Sequence[str],
    zones: Mapping[str, str],
    tickers: Mapping[str, ContextTicker],
) -> Card:
    def zone(ticker: str) -> str | None:
        about_ticker = tickers.get(ticker)
        return None if about_ticker is None else zones.get(about_ticker.get("market", ""))

    rows = largest_first(found.rows)
    lines = [_line(row, found, names, zone(str(row["ticker"]))) for row in rows[:MOST_ROWS]]
    used = list(dict.fromkeys(line[1] for line in lines))
    links = list(about.get("links") or ())
    spoken = {str(row["ticker"]) for row in rows}
    idle = [f"{link[0]} ({_relation(link)})" for link in links if link[0] not in spoken]
    known = min((row["known_at"] for row in rows if not pd.isna(row["known_at"])), default=pd.NaT)
    markets = [one for one in map(zone, used) if one is not None]
    reactions = about.get("reactions") or {}
    pnl = [sum(_number(row["pnl"]) for row in rows if row["strategy"] == name) for name in names]
    return {
        "id": event_id,
        "head": about.get("headline") or event_id,
        "cut": about.get("cut") or 0,
        "source": about.get("source") or "",
        "url": about.get("url") or "",
        "type": about.get("type") or "",
        "issuer": about.get("issuer") or "",
        "subject": about.get("subject") or "",
        "rivals": about.get("rivals") or [],
        "sentiment": about.get("sentiment"),
        "published": published_text(about),
        "known": [clock_text(known, one) for one in distinct_zones(markets, known)],
        "at": about.get("at") or {},
        "pnl": [round(value, 2) for value in pnl],
        "traded": bool(found.fills),
        "links": [list(link[:4]) for link in links if link[0] in used],
        "idle": idle[:MOST_LINKED],
        "idle_left": max(0, len(idle) - MOST_LINKED),
        "reactions": {ticker: reactions[ticker] for ticker in used if ticker in reactions},
        "rows": lines,
        "left": max(0, len(rows) - MOST_ROWS),
    }


def _line(row: EventsRow, found: Happened, names: Sequence[str], zone: str | None) -> list[Any]:
    pair = (row["strategy"], row["ticker"])
    reason = None if pd.isna(row["refused_reason"]) else str(row["refused_reason"])
    return [
        names.index(row["strategy"]),
        row["ticker"],
        short(row["signal"]),
        clock_text(row["first_tradable_at"], zone),
        round(_number(row["pnl"]), 2),
        round(_number(row["costs"]), 2),
        short(found.returns.get(pair)),
        found.fills.get(pair, [])[:MOST_MARKS],
        [item[:5] for item in found.refusals.get(pair, [])[:MOST_MARKS]],
        None if reason is None else [reason_text(reason), refusal_sentence(reason)],
    ]


def _relation(link: LinkJson) -> str:
    weight = link[3]
    sign = "" if weight is None else f" {weight:+g}"
    return f"{str(link[1]).replace('_', ' ')}{sign}"


def _number(value: float | None) -> float:
    return 0.0 if value is None or pd.isna(value) or not math.isfinite(value) else float(value)
