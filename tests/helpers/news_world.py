"""A small world of two companies and their index, for tests of news commands."""

from __future__ import annotations

CONFIG = """
account: {cash: 100000, currency: CNY}
execution: {costs: {use: zero}, latency: 0}
strategies:
  - {name: Named, use: named_tickers}
  - {name: Chips only, use: issuer_drift, params: {event_types: [chips]}}
  - {name: Decay, use: sentiment_decay, position: {mode: target}}
baselines: []
evaluation: {placebo: 0, periods_per_year: 250}
"""
TABLES = {
    "instruments": """
        ticker, name, exchange, board, currency, themes, sector_index
        A.SH, Alpha, XSHG, main, CNY, , I.SH
        B.SH, Beta, XSHG, main, CNY, , I.SH
        I.SH, The Index, XSHG, index, CNY, ,
    """,
    "relations": """
        subject, relation, object, effect, from
        Alpha, rival_of, B.SH, -0.5, 2025-01-01
    """,
    "announcements": """
        event_id, published_at, event_type, issuer, headline
        old, 2025-03-03T08:00+08:00, news, Beta, Something
    """,
    "prices": """
        ticker, date, open, high, low, close, volume
        A.SH, 2025-03-03, 10, 10, 10, 10, 1000000
        A.SH, 2025-03-04, 11, 11, 11, 11, 1000000
        A.SH, 2025-03-05, 12, 12, 12, 12, 1000000
        B.SH, 2025-03-03, 10, 10, 10, 10, 1000000
        B.SH, 2025-03-05, 10, 10, 10, 10, 1000000
    """,
}
ITEM = {
    "event_id": "x", "published_at": "2025-03-04T08:00+08:00", "event_type": "news", "issuer": "Alpha",
    "headline": "Alpha does", "tickers": ["A.SH"], "sentiment": 0.5,
}  # fmt: skip
