"""How a result shows itself in a notebook."""

from __future__ import annotations

from dataclasses import replace

from newsbt.domain.record import RunRecord
from newsbt.reports.formats import results_cells
from newsbt.reports.html.figure import Figure
from newsbt.reports.html.page_blocks import Plotted
from newsbt.reports.html.templating import fragment_of
from newsbt.reports.page.equity_section import equity_chart
from newsbt.reports.page.verdict_section import answers, figures
from newsbt.reports.page.view import PageView
from newsbt.reports.run_text import notices, period_text
from newsbt.reports.table_columns import MISSING
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
"""


def result_html(record: RunRecord) -> str:
    """Name, notices, the first strategy's verdict in a sentence, the results table and the equity chart, as HTML."""
    view = PageView(record)
    lead, sentence = "", ""
    if view.strategies:
        row = view.strategies[0]
        lead, sentence = str(row.get("name")), " ".join(answer for _, answer in answers(view, row)[:2])
        shown = ", ".join(
            f"{tile.title.lower()} {tile.text}" for tile in figures(view, row)[2:4] if tile.text != MISSING
        )
        sentence += f" {shown.capitalize()}." if shown else ""
    table = fragment_of(
        "notebook.html", style=variables().replace(":root", ".newsbt-result") + RULES, name=record.name,
        period=period_text(view.document), notices=notices(record), lead=lead, sentence=sentence,
        blocks=[results_cells(record.rows, "Net of all costs")],
    )  # fmt: skip
    if not view.curves or view.cash is None:
        return table
    chart = replace(equity_chart(view), legend={name: view.look(name) for name in view.curves})
    frame: str = Figure(record.name, [Plotted(chart)])._repr_html_()
    return table + frame
