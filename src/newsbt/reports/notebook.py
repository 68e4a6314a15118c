"""How a result shows itself in a notebook."""

from __future__ import annotations

from newsbt.domain.record import RunRecord
from newsbt.reports.charts.curves import line_chart
from newsbt.reports.charts.plot import WIDE
from newsbt.reports.formats import results_html
from newsbt.reports.page.equity_section import lines_of
from newsbt.reports.page.html_markup import key
from newsbt.reports.page.verdict_section import answers, figures
from newsbt.reports.page.view import PageView
from newsbt.reports.run_text import notices, period_text
from newsbt.reports.table_columns import MISSING
from newsbt.reports.text import html_text
from newsbt.reports.theme import variables

__all__ = ["result_html"]

# Everything is inside one class, so that the notebook's own look stays as it is.
RULES = """
.newsbt-result{color:var(--fg);background:var(--bg);font-family:var(--font);padding:4px 2px;max-width:980px}
.newsbt-result .told{color:var(--soft);font-size:.9em;margin:2px 0}
.newsbt-result .note{background:var(--note);border-left:4px solid var(--note-line);padding:4px 10px;margin:6px 0}
.newsbt-result .wide{overflow-x:auto}
.newsbt-result table{font-variant-numeric:tabular-nums;border-collapse:collapse}
.newsbt-result :is(td,th){padding:3px 9px;text-align:right;white-space:nowrap}
.newsbt-result :is(td,th):first-child{text-align:left}
.newsbt-result caption{text-align:left;color:var(--soft)}
.newsbt-result .n{text-align:right}
.newsbt-result .up{color:var(--up)}
.newsbt-result .down{color:var(--down)}
.newsbt-result .ln{fill:none;stroke:var(--s);stroke-width:1.6}
.newsbt-result svg text{fill:var(--soft);font-size:12px}
.newsbt-result svg .grid,.newsbt-result svg .tick{stroke:var(--line)}
.newsbt-result svg .zero{stroke:var(--soft)}
.newsbt-result .key{display:inline-block;width:24px;height:8px;margin:0 6px 0 12px;vertical-align:middle}
"""


def result_html(record: RunRecord) -> str:
    """Name, notices, the first strategy's verdict in a sentence, the equity chart and the results table, as HTML."""
    view = PageView(record)
    parts = [f"<b>{html_text(record.name)}</b> <span class='told'>{html_text(period_text(view.document))}</span>"]
    parts += [f'<div class="note">{html_text(notice)}</div>' for notice in notices(record)]
    if view.strategies:
        lead = view.strategies[0]
        text = " ".join(answer for _, answer in answers(view, lead)[:2])
        shown = ", ".join(
            f"{figure.title.lower()} {figure.text}" for figure in figures(view, lead)[2:4] if figure.text != MISSING
        )
        text += f" {shown.capitalize()}." if shown else ""
        parts.append(f"<p><b>{html_text(lead.get('name'))}</b>: {html_text(text)}</p>")
    if view.curves and view.cash is not None:
        legend = "".join(f"{key(view.look(name).css, view.look(name).dash)}{html_text(name)}" for name in view.curves)
        chart = line_chart(
            lines_of(view, "return"), size=WIDE, title="Return since the start", chart_id="nb-equity", y_title="return",
            description="Return since the start, after costs, of each strategy, baseline and the benchmark.",
        )  # fmt: skip
        parts.append(f'<div class="told">{legend}</div>{chart}')
    parts.append(results_html(record.rows, "Net of all costs"))
    style = variables().replace(":root", ".newsbt-result") + RULES
    return f'<style>{style}</style><div class="newsbt-result">{"".join(parts)}</div>'
