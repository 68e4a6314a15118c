"""What a component leaves behind in its block when an override of `use:` puts another in its place."""

from __future__ import annotations

from typing import Any

from newsbt import catalog
from newsbt.config.loading import KeyPath, LoadedConfig
from newsbt.config.overrides import LeftOver
from newsbt.error_codes import ErrorCode
from newsbt.errors import NewsbtError, Problem
from newsbt.ports import LabelReader

__all__ = ["settled"]

KINDS = {
    ("announcements",): "readers",
    ("prices",): "providers",
    ("fx",): "fx",
    ("labeller",): "labellers",
    ("linker",): "linkers",
    ("execution", "costs"): "costs",
    ("execution", "slippage"): "slippage",
    ("strategies",): "strategies",
    ("strategies", "analyzers"): "analyzers",
    ("strategies", "position", "weight"): "sizers",
}


def settled(loaded: LoadedConfig) -> LoadedConfig:
    """The config without what belonged to components that overrides have replaced.

    ``execution.slippage.use=zero`` leaves the `bps` of another model in the block. Such a key goes unless it is one of
    the new component's too; what was set in the same go as `use` stays, and is told where it does not fit.
    """
    gone = [one for one in loaded.left_over if not _belongs(loaded, one)]
    return loaded.without(gone) if gone else loaded


def _belongs(loaded: LoadedConfig, one: LeftOver) -> bool:
    """Whether the component of a block has a key that was left in it; true where nobody can say."""
    kind, key = KINDS.get(tuple(name for name in one.block if isinstance(name, str))), one.inside[-1]
    if kind is None:
        return True  # a choice of ours, with the same keys whichever it is
    use = _at(loaded.config, one.block).use
    try:
        if kind == "analyzers":
            return key in catalog.analyzer_parameters(use)
        cls = catalog.find_class(kind, use, loaded.folder, _unreported)
    except NewsbtError:
        return True  # there is no such component, which is what the user will hear
    if kind == "strategies" and one.inside[0] != "params":
        orders_itself = catalog.is_backtrader_strategy(cls)
        return orders_itself if one.inside[0] == "analyzers" else not orders_itself or key == "hedge"
    if one.inside == ("dedupe",):
        return not issubclass(cls, LabelReader)
    own = catalog.parameters_of(cls)
    return own is None or key in own


def _at(config: Any, block: KeyPath) -> Any:
    found = config
    for key in block:
        found = found[key] if isinstance(key, int) else getattr(found, key)
    return found[0] if isinstance(found, tuple) else found


def _unreported(code: ErrorCode, below: KeyPath, message: str) -> Problem:
    return Problem(code=code, message=message, key=".".join(map(str, below)))
