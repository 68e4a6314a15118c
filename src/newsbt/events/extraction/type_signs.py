"""What type of event is good news, and what bad: the default signs in the files of types, and of disclosures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from newsbt.disclosures.type_tables import disclosure_types
from newsbt.events.extraction.rule_texts import packaged_text, rule_mapping

__all__ = ["type_signs"]


def type_signs(path: Path | None = None, *, extend: bool = True) -> Mapping[str, float]:
    """Type of event to its default sign, 1.0 or -1.0; types without one are not in it.

    Parameters are those of `newsbt.events.extraction.event_types.read_types`, and so are the errors.

    >>> signs = type_signs()
    >>> signs["model_release"], signs["profit_warning"], "policy" in signs
    (1.0, -1.0, False)
    """
    disclosed = {name: float(one.sign) for name, one in disclosure_types().items() if one.sign}
    if path is not None:
        from newsbt.events.extraction.event_types import read_types

        read = read_types(path, extend=extend)
        return {**disclosed, **{name: float(sign) for name, sign in read.signs.items() if sign is not None}}
    # Of newsbt's own the signs alone are read: a tenth of the time that all the words take.
    types = rule_mapping("types.yaml", packaged_text("types.yaml"))
    signs = {name: given.get("sign") for name, given in types.items() if isinstance(given, dict)}
    return {**disclosed, **{name: float(sign) for name, sign in signs.items() if isinstance(sign, int)}}
