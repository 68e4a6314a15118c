"""docs/errors.md, written from the table of errors and from what really is printed: ``python -m errors_page``."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from newsbt.error_codes import ERRORS, FAMILIES, ErrorCode
from provoked import PROVOKED, Provoked, printed

__all__ = ["PAGE_FILE", "example", "examples_of", "page"]

PAGE_FILE = Path(__file__).parents[2] / "docs" / "errors.md"
MOST_LINES = 8  # of one example
HEAD = """# Errors

<!-- Written by `make errors-page` from src/newsbt/error_codes.py and from what is printed; do not edit it. -->

Every error says what was expected, what arrived, where, and what to do, and ends in its code and the way to this page:

```
error: my.yaml:24: strategies[0].position.hodl: unknown key 'hodl'; did you mean 'hold'?
[unknown_key] https://newsbt.readthedocs.io/en/stable/errors.html#unknown_key
```

The codes are words, so that one can search for them, and they stay: none is renamed, nor used for another cause. With
`--json` a command that fails prints `{{"errors": [...]}}`, each with `code`, `message`, `file`, `line` and `key`
(null where there is none); `run`, `check`, `audit` and `sweep` have `errors` beside what they found. From Python an
error derives from `newsbt.errors.NewsbtError` and has a `code`, and `problems`, where there are several. The exit
code says how it ended: 1 a run failed, 2 bad usage, configuration or data, 130 interrupted. An error that a class of
your own raises may have a code of your own, which is not on this page. Under `on_bad_row: skip` the codes of bad rows
are the reasons by which drops are counted.

{index}
"""


def page(examples: Mapping[ErrorCode, str]) -> str:
    """The whole page; an example is what stands in its block."""
    families: dict[str, list[ErrorCode]] = {family: [] for family in FAMILIES}
    for code, kind in ERRORS.items():
        families[kind.family].append(code)
    index = "\n".join(
        f"- {FAMILIES[family]}: {', '.join(f'[{code}](#{code})' for code in codes)}"
        for family, codes in families.items()
    )
    parts = [HEAD.format(index=index)]
    for family, codes in families.items():
        parts.append(f"\n## {FAMILIES[family]}\n")
        for code in codes:
            kind = ERRORS[code]
            parts.append(
                f'\n<a id="{code}"></a>\n### {code}\n\n{kind.cause}\n\n{kind.cure} Since {kind.since}.\n\n'
                f"```\n{examples.get(code, '')}\n```\n"
            )
    return "".join(parts)


def examples_of(text: str) -> dict[str, str]:
    """The blocks of a page by their codes."""
    return dict(re.findall(r'<a id="(\w+)"></a>\n.*?```\n(.*?)\n```', text, re.S))


def example(one: Provoked, err: str) -> str:
    """What is typed and what is printed."""
    lines = err.strip().splitlines()
    if len(lines) > MOST_LINES:
        lines = [*lines[:2], "...", *lines[-2:]]
    return "\n".join([f"$ {one.command.replace('$SERVER', 'http://127.0.0.1:8000')}", *lines])


def main() -> None:
    found: dict[ErrorCode, str] = {}
    for code in ERRORS:
        with tempfile.TemporaryDirectory() as folder:
            found[code] = example(PROVOKED[code], printed(PROVOKED[code], Path(folder).resolve())[1])
    PAGE_FILE.write_text(page(found), encoding="utf-8")


if __name__ == "__main__":
    main()
