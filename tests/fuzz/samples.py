"""Valid texts of every kind that readers are handed."""

__all__ = [
    "ALPACA", "ARTICLE", "ARTICLES", "ARTICLE_TIMES", "CONFIG", "FEEDS", "GDELT", "MAP", "MAPPED", "PLAIN",
    "PLAIN_TIMES", "RULES",
    "TYPES", "WIRES",
]  # fmt: skip

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>News</title>
<item><title>Alibaba releases Qwen3, an open model that rivals DeepSeek-R1</title><link>https://example.com/a</link>
<guid>a-1</guid><pubDate>Thu, 06 Mar 2025 03:00:00 +0800</pubDate><dc:creator>A. Writer</dc:creator>
<description><![CDATA[<p>The company said on Thursday that <b>Qwen3</b> is open.</p>]]></description></item>
<item><title>腾讯发布混元大模型</title><guid isPermaLink="false">a-2</guid><pubDate>2025-03-07T09:00:00Z</pubDate>
<description>腾讯控股周五表示，混元对标 GPT-4。</description></item>
</channel></rss>
"""
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>
<updated>2025-03-07T00:00:00Z</updated>
<entry><id>urn:1</id><title type="html">Alibaba releases &lt;b&gt;Qwen3&lt;/b&gt; &amp; more</title>
<link rel="alternate" href="https://example.com/1"/><published>2025-03-06T03:00:00+08:00</published>
<updated>2025-03-06T04:00:00+08:00</updated>
<summary type="html">&lt;table&gt;&lt;tr&gt;&lt;td&gt;1&lt;/td&gt;&lt;/tr&gt;
&lt;/table&gt;&lt;script&gt;alert('x')&lt;/script&gt;&lt;p class="a"&gt;It is open.&lt;/p&gt;</summary></entry>
<entry><id>urn:2</id><title>Tencent profit up 15%</title><updated>2025-03-19T09:00:00Z</updated></entry></feed>
"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://example.com"><title>News</title></channel>
<!-- <item> of no account --><item rdf:about="https://example.com/1"><title>Baidu launches Ernie X1</title>
<link>https://example.com/1</link><dc:date>2025-03-16T02:15:00Z</dc:date></item></rdf:RDF>
"""
FEEDS = (RSS, ATOM, RDF)
ALPACA = {
    "news": [
        {"id": 1, "headline": "Alibaba unveils QwQ-32B", "author": "x", "created_at": "2025-03-05T19:00:00Z",
         "updated_at": "2025-03-05T19:01:00Z", "summary": "An open model.", "content": "<p>It rivals R1.</p>",
         "url": "https://example.com/1", "symbols": ["BABA", "9988.HK"], "source": "wire", "images": []},
        {"id": 2, "headline": "Tencent profit up 15%", "created_at": "2025-03-19T09:00:00Z", "symbols": ["TCEHY"]},
    ],
    "next_page_token": None,
}  # fmt: skip
GDELT = {
    "articles": [
        {"url": "https://example.com/g", "title": "Baidu launches Ernie X1", "seendate": "20250316T021500Z",
         "socialimage": "", "domain": "example.com", "language": "English", "sourcecountry": "China"},
    ]
}  # fmt: skip
MAPPED = {
    "rows": [
        {
            "when": "2025-03-06 03:00",
            "what": "Alibaba releases Qwen3",
            "who": "Alibaba",
            "of": ["9988.HK"],
            "mood": 0.4,
        },
        {"when": "2025-03-07 03:00", "what": "Tencent releases Hunyuan", "who": "Tencent", "of": [], "mood": -0.1},
    ]
}
RULES = """sources: {mine: "a page, 2026-01-01"}
exchanges:
  XTKS:
    name: Tokyo
    time_zone: Asia/Tokyo
    currency: JPY
    calendar: XTKS
    suffixes: [T]
    corrections:
      - {date: 2020-10-01, closed: true, source: mine, conf: A}
      - {date: 2022-11-02, close: "13:55", source: mine, conf: C}
    rules:
      hours:
        - {from: null, to: 2024-11-04, open: "09:00", lunch: ["11:30", "12:30"], close: "15:00", source: mine, conf: A}
        - {from: 2024-11-05, open: "09:00", lunch: ["11:30", "12:30"], close: "15:30", source: mine, conf: A}
      auction_cutoff:
        - {from: null, at: "08:59", source: mine, conf: A}
      tick:
        any: [{from: null, bands: [[1000, 1], [3000, 5], [9999999, 10]], source: mine, conf: B}]
      lot:
        any: [{from: null, step: 100, source: mine, conf: B}]
"""
TYPES = """fda_approval:
  verbs: {en: [win, get, roll out], zh: [获得]}
  weak: {en: [open]}
  nouns: {en: [fda approval], zh: [fda批准]}
  needs: [actor, noun]
  negations: {en: [rumour], zh: [传闻]}
  future: true
  priority: 60
  sign: +1
fda_other:
  as: fda_approval
  alone: {patterns: ['\\b(?:is|are) (?:now )*approved\\b'], en: [approved]}
  kinds: [model]
  needs: [actor, product]
"""
MAP = """columns: {published_at: when, headline: what, issuer: who, tickers: of, sentiment: mood}
records: rows
zone: Asia/Hong_Kong
"""
ARTICLES = """<!doctype html><html lang="en"><head><title>Alibaba releases Qwen3 - The Wire</title>
<meta name="author" content="A. Writer"><link rel="canonical" href="https://example.com/a">TIMES</head>
<body><nav><ul><li>Home</li></ul></nav><article><h1>Alibaba releases Qwen3</h1>
<p>HONG KONG, March 6 - Alibaba on Thursday released Qwen3, an open model which it said rivals DeepSeek-R1.</p>
<p>It did not say when it would be sold. Tencent declined to comment.</p><table><tr><td>1</td></tr></table>
<script>var a = "<p>";</script><blockquote>We are open.</blockquote>
</article><aside><p>Baidu cut prices last week.</p></aside></body></html>
"""
_TIME = "2025-03-06T03:00:00+08:00"
_LD = '<script type="application/ld+json">'
ARTICLE_TIMES = (
    f'<meta property="article:published_time" content="{_TIME}"><meta property="og:site_name" content="The Wire">'
    f'{_LD}{{"@type": "NewsArticle", "datePublished": "{_TIME}", "headline": "Alibaba releases Qwen3"}}</script>',
    f'{_LD}[{{"@graph": [{{"@type": "WebPage"}}, {{"mainEntity": {{"datePublished": "{_TIME}"}}}}]}}]</script>',
    '<meta name="pubdate" content="Thu, 06 Mar 2025 03:00:00 +0800"><meta property="og:title" content="Qwen3">',
    '<meta itemprop="datePublished" content="March 5, 2025, 2:00 p.m. ET">',
    '<meta name="weibo:article:create_at" content="北京时间2025年3月6日 03:00">',
    f'</head><main><time datetime="{_TIME}">6 March</time></main>',
    f'<time itemprop="datePublished" datetime="{_TIME}"></time>',
)
ARTICLE = ARTICLES.replace("TIMES", ARTICLE_TIMES[0])
PLAIN_TIMES = (
    _TIME,
    "2025-03-05T19:00Z",
    "Thu, 06 Mar 2025 03:00:00 +0800",
    "March 5, 2025, 2:00 p.m. ET",
    "Wednesday, March 5, 2025 2:00 PM EST",
    "6 March 2025 03:00 HKT",
    "北京时间2025年3月6日 03:00",
    "2025年3月6日凌晨3点（北京时间）",
    "5 Mar 2025 19:00 GMT",
    "2025-03-05 14:00:00 America/New_York",
    "March 5, 2025 at 7 pm UTC",
)
WIRES = (
    {"title": "Alibaba releases Qwen3", "published": _TIME, "content": "<p>An <b>open</b> model &amp; more.</p>"},
    {"headline": "腾讯发布混元大模型", "published_at": _TIME, "received_at": "2025-03-06T03:05:00+08:00",
     "body": "x<br/>", "url": "https://a.b/c", "source": "Wire", "id": "a-1", "dateline": "HONG KONG"},
)  # fmt: skip
PLAIN = """Title: Alibaba releases Qwen3
Published: 2025-03-06T03:00:00+08:00
Source: The Wire

HONG KONG (The Wire) - Alibaba on Thursday released Qwen3, an open model which it said rivals DeepSeek-R1, and denied
that it would raise prices.
"""
CONFIG = """name: &name fuzzed
universe: {instruments: instruments.csv, relations: relations.csv}
announcements:
  - {use: csv, path: announcements.csv, columns: {event_id: id}}
prices: {use: csv, path: prices.csv, on_bad_row: skip}
fx: {use: fixed, rates: {USDHKD: 7.8}}
period: {start: 2024-07-01, end: 2025-07-31}
account: {cash: 10000000, currency: HKD}
benchmark: ^HSTECH
execution:
  {entry: next_open, latency: 5min, market_rules: true, costs: {use: market_schedule}, slippage: {use: bps, bps: 5}}
strategies:
  - name: Buy
    use: rival_release
    params: {themes: [chinese_ai]}
    position: {weight: 0.05, hold: 3, event_weight: 1.0, stop_loss: 0.1}
  - {name: Named, use: named_tickers, position: {weight: {use: inverse_volatility, target: 0.02, window: 60}}}
baselines: [buy_and_hold]
evaluation: {placebo: {use: weeks}, bootstrap: 100, seed: 7}
output: {runs: runs}
"""
