"""The twin is a witness: it shares no code with newsbt, whose engines it judges."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

TWIN = Path(__file__).parents[1] / "twin"

# Where worlds are handed to newsbt and its books are read; the twin knows none of these.
BORDER = ("compare", "convert", "product", "whole_run")


def imported(path: Path) -> set[str]:
    """Modules, those of the twin itself with a dot before them."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level:
            found |= {f".{node.module}"} if node.module else {f".{name.name}" for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
    return found


def test_only_the_border_knows_newsbt() -> None:
    shared = {}
    for path in sorted(TWIN.glob("*.py")):
        known = imported(path) & {"newsbt", "numpy", "pandas", "importlib", *(f".{name}" for name in BORDER)}
        if path.stem not in BORDER and known:
            shared[path.name] = known
    assert shared == {}
    assert all((TWIN / f"{name}.py").exists() for name in BORDER)


def test_the_twin_keeps_its_books_where_newsbt_cannot_be_imported() -> None:
    script = (
        "import sys; sys.modules['newsbt'] = None\n"
        "from twin.corpus import KINDS, world\nfrom twin.run import run\n"
        "print(sum(len(run(world(kind, 1)).fills) for kind in KINDS))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=TWIN.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 20
