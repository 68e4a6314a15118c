"""What audits found of strategies' sources, kept in the runs folder, so that every run of a source is told of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from newsbt._plain import JsonValue
from newsbt.domain.verdict import Audited
from newsbt.runs.line_ledger import add_entries, read_entries

__all__ = ["note_audits", "read_audits"]

FILE = ".audits.jsonl"


def read_audits(runs_dir: Path) -> dict[str, Audited]:
    """What was found of each source, by its hash; `looks ahead` where any audit found that.

    Raises
    ------
    RunFolderError
        The ledger is there and cannot be read.
    """
    found: dict[str, Audited] = {}
    for source, looks_ahead in read_entries(runs_dir / FILE, "an audit", _parsed):
        if found.get(source) != "looks ahead":
            found[source] = "looks ahead" if looks_ahead else "passed"
    return found


def note_audits(runs_dir: Path, looks_ahead: Mapping[str, bool]) -> None:
    """Add whether sources look ahead, by hash; what is known already is left. The folder is made where there is none.

    Raises
    ------
    RunFolderError
        The ledger cannot be read or written.
    """

    def unknown() -> Iterator[Mapping[str, JsonValue]]:
        known = read_audits(runs_dir)
        for source, is_found in looks_ahead.items():
            if known.get(source) not in ("looks ahead", "looks ahead" if is_found else "passed"):
                yield {"source": source, "look_ahead": is_found}

    add_entries(runs_dir / FILE, unknown, "what the audit found cannot be noted, runs are not told of it")


def _parsed(entry: JsonValue) -> tuple[str, bool]:
    found = entry["look_ahead"] if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(found, bool):
        raise TypeError
    return str(entry["source"]), found
