"""docs/files.md says the limits that hold, and what raises them."""

from __future__ import annotations

import re
from pathlib import Path

from newsbt.domain.size_limits import HARMLESS_BYTES, LIMITS_MB, MB, MOST_RATIO, RAISED_BY, RATIO_BYTES

DOCS = Path(__file__).parents[3] / "docs" / "files.md"


def test_the_table_of_the_docs_is_the_one_of_the_code() -> None:
    text = DOCS.read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\w+) \| (\d+) \| (.*?) ?\|$", text, flags=re.MULTILINE)
    assert {name: float(most) for name, most, _ in rows} == dict(LIMITS_MB)
    assert {name: raised.replace("`", "") for name, _, raised in rows if raised} == dict(RAISED_BY)
    joined = " ".join(text.split())
    assert (
        f"beyond {MOST_RATIO} to 1, taken over {RATIO_BYTES // MB} MB at a time and from {HARMLESS_BYTES // MB} MB on"
        in joined
    )
