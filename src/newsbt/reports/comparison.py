"""The rows of several runs in one results table, as terminal, Markdown, HTML and plain rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.console import ConsoleRenderable, Group, RenderableType
from rich.text import Text

from newsbt._plain import JsonValue
from newsbt.domain.metrics import first_to_last
from newsbt.domain.record import RunRecord
from newsbt.domain.verdict import Verdict
from newsbt.errors import DataError, nearest
from newsbt.reports.differences import ConfigDifference, config_differences
from newsbt.reports.formats import cells_block, markdown_text, results_cells, results_markdown
from newsbt.reports.html.page_blocks import Block, Lines
from newsbt.reports.html.templating import page_of
from newsbt.reports.pairwise_tests import DUEL_HEADER, Duel, duel_rows
from newsbt.reports.results_table import fitting_columns, results_table
from newsbt.reports.run_text import footnotes, notices, period_text
from newsbt.reports.table_columns import Cell, Row, raw_row
from newsbt.reports.tabular import TerminalTable, figure, ids, prose, token
from newsbt.reports.text import clean
from newsbt.reports.wrapping import Prose

__all__ = ["Comparison", "comparison", "markdown", "page", "raw_rows", "terminal"]

OWN_RUN = (
    "Verdict: of each run by itself, whose p is adjusted over its own strategies alone; newsbt show RUN says which "
    "figures decided it"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Runs numbered from 1 in the order given, their rows with the number of the run of each, and what differs
    between their configs."""

    records: tuple[RunRecord, ...]
    rows: tuple[Row, ...]
    numbers: tuple[int, ...]
    differences: tuple[ConfigDifference, ...] = ()
    duels: tuple[Duel, ...] = ()


def comparison(
    records: Sequence[RunRecord],
    metric: str | None = None,
    configs: Sequence[Mapping[str, JsonValue] | None] = (),
    duels: Sequence[Duel] = (),
) -> Comparison:
    """The rows of all runs, best first by `metric`; rows without a value last, equals in the order of the runs.

    `configs` has each run's config, None where it is not known; `duels` are tests between strategies.

    Raises
    ------
    DataError
        No row has such a metric or count; the message names the nearest.
    """
    pairs = [(number, row) for number, record in enumerate(records, start=1) for row in record.rows]
    if metric is not None:
        known = {key for _, row in pairs for part in (row.get("metrics"), row.get("counts")) for key in part or {}}
        if metric not in known:
            hint = nearest(metric, known) or f"; there are {', '.join(sorted(known))}"
            raise DataError(f"cannot sort by {metric!r}: no such metric or count{hint}", code="unknown_name")
        pairs.sort(key=lambda pair: _rank(pair[1], metric))
    return Comparison(
        records=tuple(records),
        rows=tuple(row for _, row in pairs),
        numbers=tuple(number for number, _ in pairs),
        differences=config_differences(configs),
        duels=tuple(duels),
    )


def _rank(row: Row, metric: str) -> tuple[int, float, str]:
    value = raw_row(row).get(metric)
    if isinstance(value, float | int):
        return (1, first_to_last(metric) * value, "")
    if value is not None:
        return (1, 0.0, str(value))
    reason = str((row.get("reasons") or {}).get(metric, ""))
    return (0 if reason.startswith("infinite") else 2, 0.0, "")


def raw_rows(compared: Comparison, *, with_config: bool = False) -> list[dict[str, JsonValue]]:
    """A row for programs each: `run` (the run's id), `verdict` (the word on a strategy), then as in run.json; `config`
    are the keys in which runs differ, with this run's values."""
    rows = []
    for number, row, verdict in zip(compared.numbers, compared.rows, _verdicts(compared), strict=True):
        found = {
            "run": compared.records[number - 1].run_id,
            "verdict": None if verdict is None else verdict.word,
            **raw_row(row),
        }
        if with_config:
            found["config"] = {item.key: item.values[number - 1] for item in compared.differences}
        rows.append(found)
    return rows


def terminal(compared: Comparison, width: int) -> ConsoleRenderable:
    """The runs by number, then the table, its first column telling the run."""
    table = results_table(compared.rows, _labels(compared), verdicts=_verdicts(compared))
    runs = TerminalTable(
        (token("", 0), token("", 1), prose("", 2, style="dim")),
        ((str(number), record.run_id or "", _about(record)) for number, record in enumerate(compared.records, start=1)),
        has_head=False,
    )
    lines = [*footnotes(compared.rows, fitting_columns(compared.rows, width, table)), OWN_RUN]
    notes = [Prose(line, "dim") for line in lines]
    return Group(runs, Text(""), table, *notes, *_duels(compared), *_configs(compared))


def _duels(compared: Comparison) -> list[RenderableType]:
    """Each pair of strategies with the difference of their Sharpe ratios and its p."""
    if not compared.duels:
        return []
    one, other, difference, p, adjusted = DUEL_HEADER
    heads = (prose(one, 0), prose(other, 1), figure(difference, 2), prose(p, 3), figure(adjusted, 4))
    return [Text(""), TerminalTable(heads, duel_rows(compared.duels), more="--format markdown")]


def _configs(compared: Comparison) -> list[RenderableType]:
    """What differs between the configs: each key, and below it each value with its runs."""
    if not compared.differences:
        return []
    heads = (prose("", 0), prose("", 1), ids("", 2))
    table = TerminalTable(heads, _difference_rows(compared), has_head=False)
    return [Text(""), Text("Configs differ in"), table]


def _difference_rows(compared: Comparison) -> list[tuple[str, str, str]]:
    rows = []
    for item in compared.differences:
        for index, (value, numbers) in enumerate(item.groups()):
            word = "run" if len(numbers) == 1 else "runs"
            rows.append(("" if index else item.key, value, f"{word} {', '.join(map(str, numbers))}"))
    return rows


def markdown(compared: Comparison) -> str:
    """A list of the runs and the table."""
    runs = [f"{number}. {_plain(record)}" for number, record in enumerate(compared.records, start=1)]
    text = "\n".join(runs) + "\n\n" + results_markdown(compared.rows, [*_labels(compared), _words(compared)])
    if compared.duels:
        rows = [" | ".join(markdown_text(cell) for cell in row) for row in duel_rows(compared.duels)]
        head = f"| {' | '.join(DUEL_HEADER)} |\n| --- | --- | ---: | ---: | ---: |\n"
        text += "\n" + head + "".join(f"| {row} |\n" for row in rows)
    if compared.differences:
        cells = [
            (markdown_text(key), markdown_text(value), numbers) for key, value, numbers in _difference_rows(compared)
        ]
        lines = [f"| {key} | {value} | {numbers} |" for key, value, numbers in cells]
        text += "\nConfigs differ in:\n\n| Key | Value | Runs |\n| --- | --- | --- |\n" + "\n".join(lines) + "\n"
    return text


def page(compared: Comparison) -> str:
    """A whole HTML document."""
    labels = [*_labels(compared), _words(compared)]
    blocks: list[Block] = [
        Lines([_plain(record) for record in compared.records], "numbered"),
        results_cells(compared.rows, "Strategies, baselines and benchmarks of all runs", labels),
    ]
    if compared.duels:
        pairs = [[Cell(text) for text in row] for row in duel_rows(compared.duels)]
        caption = "Whether Sharpe ratios differ by more than luck"
        blocks.append(cells_block(list(DUEL_HEADER), pairs, caption, text_columns=2))
    if compared.differences:
        body = [[Cell(text) for text in row] for row in _difference_rows(compared)]
        blocks.append(cells_block(["Key", "Value", "Runs"], body, "What differs between the configs", text_columns=3))
    return page_of("Comparison", blocks)


def _labels(compared: Comparison) -> list[tuple[str, Sequence[str]]]:
    return [("Run", [str(number) for number in compared.numbers])]


def _words(compared: Comparison) -> tuple[str, Sequence[str]]:
    return "Verdict", ["" if verdict is None else verdict.word for verdict in _verdicts(compared)]


def _verdicts(compared: Comparison) -> list[Verdict | None]:
    """The verdict on each row in its own run; None of what is no strategy."""
    return [
        compared.records[number - 1].verdicts.get(str(row.get("name"))) if row.get("kind") == "strategy" else None
        for number, row in zip(compared.numbers, compared.rows, strict=True)
    ]


def _about(record: RunRecord) -> str:
    document = record.document
    return "; ".join([period_text(document), *notices(record)])


def _plain(record: RunRecord) -> str:
    return f"{clean(record.run_id)}: {clean(_about(record))}"
