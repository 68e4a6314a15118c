"""An index of a runs folder as a page: a row for each strategy of each run, sorted and filtered in the browser."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from newsbt._plain import JsonValue
from newsbt.domain.metric_table import MetricSpec
from newsbt.domain.record import RunRecord
from newsbt.reports.differences import ConfigDifference, config_differences
from newsbt.reports.html.page_blocks import Absent, Block, Filtered, Subheading, Table, Td, Under
from newsbt.reports.html.templating import page_of
from newsbt.reports.page.view import metric
from newsbt.reports.table_columns import MISSING, Row, cell, columns_of, value_of

__all__ = ["MOST_RUNS", "fault_of", "index_page"]

MOST_RUNS = 1000  # the newest; 1 KB each
MOST_COLUMNS = 10  # metrics, those that tables show first
MOST_KEYS = 4  # of what differs, in the cell; the tip has all
LONGEST = 60  # letters of a value in the cell


def index_page(
    records: Sequence[RunRecord],
    configs: Sequence[Mapping[str, JsonValue] | None],
    damaged: Sequence[tuple[str, str]] = (),
    *,
    with_report: frozenset[str] = frozenset(),
    trials: int | None = None,
) -> str:
    """An HTML document that lies in the runs folder.

    Parameters
    ----------
    records : sequence of RunRecord
        Oldest first.
    configs : sequence of mapping
        The config of each record, None where it cannot be read.
    damaged : sequence of (folder, reason)
        Run folders that cannot be read.
    with_report : frozenset of str
        Ids of the runs whose folder has a report.html to link to.
    trials : int, optional
        Configurations ever tried in the folder, by its ledger.
    """
    left = max(len(records) - MOST_RUNS, 0)
    records, configs = records[left:], configs[left:]
    blocks: list[Block] = []
    if trials:
        blocks.append(Under(f"{trials:,} configurations ever tried in this folder, by its ledger of trials."))
    if left:
        blocks.append(Under(f"The {left:,} oldest runs are left out; newsbt compare has them."))
    blocks.append(_runs(records, configs, with_report) if records else Absent("There are no runs in this folder."))
    if damaged:
        rows = [[Td(folder, value=folder), Td(reason)] for folder, reason in damaged]
        caption = f"{len(rows):,} run folder{'' if len(rows) == 1 else 's'} that cannot be read"
        blocks += [Subheading("Damaged"), Table([("Folder", "text"), ("Reason", "text")], rows, caption)]
    return page_of("Runs", blocks, scripts=("page.js", "filter.js"), css="index")


def _runs(
    records: Sequence[RunRecord], configs: Sequence[Mapping[str, JsonValue] | None], with_report: frozenset[str]
) -> Filtered:
    rows = [
        (record, number, row)
        for number, record in reversed(list(enumerate(records)))
        for row in record.rows
        if _is_strategy(row)
    ]
    columns = sorted(columns_of([row for _, _, row in rows]), key=lambda column: column.rank)[:MOST_COLUMNS]
    differences = config_differences(configs)
    differing = _differing(differences, len(records))
    body = []
    for record, number, row in rows:
        name, verdict = str(row.get("name")), record.verdicts.get(str(row.get("name")))
        started = str((record.document.get("timings") or {}).get("started_at") or "")
        tried = metric(row, "dsr_trials")
        text, tip = differing[number]
        body.append(
            [
                Td(record.name, value=record.name, tip=record.run_id,
                   href=f"./{quote(record.run_id, safe='')}/report.html" if record.run_id in with_report else ""),
                Td(started[:16].replace("T", " "), value=started), Td(name, value=name),
                Td(verdict.word if verdict else "", value=verdict.word if verdict else None),
                *(_metric(row, column) for column in columns),
                Td(MISSING if tried is None else f"{int(tried):,}", value=tried),
                *([Td(text, value=text, tip=tip)] if differences else []),
            ]
        )  # fmt: skip
    header = [
        ("Run", "text"), ("Started", "text"), ("Strategy", "text"), ("Verdict", "text"),
        *((column.title, "number") for column in columns), ("Trials", "number"),
        *([("Where configs differ", "text")] if differences else []),
    ]  # fmt: skip
    caption = (
        f"{len(records):,} run{'' if len(records) == 1 else 's'}, newest first, a row for each strategy; trials are "
        "the configurations that had been tried in the folder when it ran"
    )
    css = "runs differing" if differences else "runs"
    return Filtered(Table(header, body, caption, sortable=True, css=css), "run, strategy, verdict, config")


def fault_of(record: RunRecord) -> str:
    """Why a run cannot be listed, where its run.json has another shape than it should; empty where it can."""
    try:
        rows = [row for row in record.rows if _is_strategy(row)]
        for row in rows:
            _ = [_metric(row, column) for column in columns_of(rows)], record.verdicts.get(str(row.get("name")))
        _ = str((record.document.get("timings") or {}).get("started_at"))
    except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError) as error:
        return f"run.json has another shape than it should: {type(error).__name__}: {error}"
    return ""


def _is_strategy(row: Row) -> bool:
    return (row.get("kind") or "strategy") == "strategy"


def _metric(row: Row, column: MetricSpec) -> Td:
    shown, value = cell(row, column), value_of(row, column)
    return Td(shown.text, value=value, css={1: "up", -1: "down"}.get(shown.sign, ""), tip=shown.reason)


def _differing(differences: Sequence[ConfigDifference], runs: int) -> list[tuple[str, str]]:
    """What of each run's config is not the same in all, that which the fewest others have first: cut for a cell, and
    whole."""
    alike = [Counter(item.values) for item in differences]
    found = []
    for number in range(runs):
        own = [
            (counts[value], item.key, value)
            for item, counts in zip(differences, alike, strict=True)
            if (value := item.values[number]) is not None
        ]
        found.append(_in_words([(key, value) for _, key, value in sorted(own, key=lambda one: one[0])]))
    return found


def _in_words(own: Sequence[tuple[str, str]]) -> tuple[str, str]:
    shown = [f"{key.removeprefix('strategies.')}: {_short(value)}" for key, value in own[:MOST_KEYS]]
    more = [f"and {len(own) - MOST_KEYS:,} more"] if len(own) > MOST_KEYS else []
    return "; ".join([*shown, *more]), "\n".join(f"{key}: {_short(value, 200)}" for key, value in own[:40])


def _short(text: str, most: int = LONGEST) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
