"""What a kept outcome goes by: all that decides it, so that nothing stale is taken for new."""

from __future__ import annotations

import glob
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from newsbt._plain import PlainValue
from newsbt.assembly import Components
from newsbt.catalog import source_hash
from newsbt.config.loading import LoadedConfig
from newsbt.digests import digest_of, source_digest
from newsbt.domain.read_files import check_same, digests_of
from newsbt.errors import ConfigError
from newsbt.steps.run_hashes import file_hashes
from newsbt.sweeps.folds import Folds
from newsbt.sweeps.variants import Variant

__all__ = ["OutcomeKeys", "context_key"]

NOT_DECIDING = ("sweep", "output", "pull", "name", "baselines", "strategies")
_CODE = source_digest()  # of what was imported: an upgrade may change any outcome


def context_key(
    loaded: LoadedConfig, index: int, base: Components, data: Mapping[str, str], folds: Folds | None
) -> str:
    """A hash of everything that decides the outcomes of a strategy's variants but their own values.

    Parameters
    ----------
    index : int
        The strategy's among those of the config.
    base : Components
        Those of the config as it stands, with that strategy alone.
    data : mapping
        Hashes of what it reads, by file.
    """
    document = {key: value for key, value in loaded.document.items() if key not in NOT_DECIDING}
    mine = {key: value for key, value in loaded.document["strategies"][index].items() if key != "name"}
    sources = [base.strategies[0].source_hash, *(source_hash(cls) for cls in base.classes)]
    walk = None if folds is None else [folds.first.tolist(), folds.embargo]
    return digest_of([_CODE, base.rulebook.fingerprint, document, mine, data, sources, walk])


@dataclass
class OutcomeKeys:
    """Keys of variants' outcomes: `context`, the variant's values, and the content of files that these name, whose
    hashes are noted in `read`."""

    loaded: LoadedConfig
    context: str
    read: dict[Path, str] = field(default_factory=dict)
    _with_files: dict[tuple[str, ...], str] = field(default_factory=dict)

    def of(self, variant: Variant) -> str:
        texts = tuple(text for value in variant.params.values() for text in _texts(value))
        if texts not in self._with_files:
            files = [file for text in texts for file in _files_of(self.loaded, text)]
            check_same(self.read, {file.absolute(): digest for file, digest in digests_of(files, {}).items()})
            named = file_hashes(files, self.read).items()
            self._with_files[texts] = digest_of([self.context, *named]) if files else self.context
        return variant.key(self._with_files[texts])


def _texts(value: PlainValue) -> Iterator[str]:
    """Every text in a value of a config."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for item in value.values() for text in _texts(item))
    elif isinstance(value, list | tuple):
        yield from (text for item in value for text in _texts(item))


def _files_of(loaded: LoadedConfig, text: str) -> list[Path]:
    """What a text of a config may stand for, where it names files: one (of which it may name a class), those of a
    folder, or a pattern's."""
    try:
        path = loaded.resolve(text.partition(".py:")[0] + ".py" if ".py:" in text else text)
        if any(mark in text for mark in "*?["):
            found = [Path(name) for name in glob.glob(str(path), recursive=True)]
        else:
            found = [*path.iterdir()] if text and path.is_dir() else [path]
        return sorted(file for file in found if file.is_file())
    except (OSError, ValueError, ConfigError):  # no name that a file could have
        return []
