"""What a run was made of, as hashes: its config, the files that were read, and the code of a user's own components."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from newsbt import catalog
from newsbt.assembly import Components
from newsbt.digests import digest_of
from newsbt.domain.read_files import digests_of
from newsbt.domain.run_documents import RunHashes
from newsbt.steps.run_inputs import RunInputs

__all__ = ["component_hashes", "file_hashes", "hashes_of"]


def hashes_of(components: Components, inputs: RunInputs) -> RunHashes:
    """`hashes` of run.json, but for those of strategies: `config`, `data` by file, `components` where there are
    any, and that of the `labeller` where there were texts to label."""
    files = [
        *components.files,
        *inputs.batch.files,
        *inputs.prices.files,
        *(() if inputs.fx is None else inputs.fx.files),
    ]
    known = {file.absolute() for file in files}
    files += [file for file in inputs.digests if file not in known]  # column maps, tables of aliases
    digests = {**components.digests, **inputs.digests, **inputs.prices.digests}
    own = component_hashes(components)
    found: RunHashes = {
        "config": digest_of(components.document),
        "data": {**components.handed_over, **file_hashes(files, digests)},
    }
    if own:
        found["components"] = own
    if inputs.labelled.fingerprint:
        found["labeller"] = inputs.labelled.fingerprint
    return found


def component_hashes(components: Components) -> dict[str, str]:
    """SHA-256 of the files that define readers and models of the user's own, by class."""
    own = {cls for cls in components.classes if not cls.__module__.startswith("newsbt.")}
    return {cls.__qualname__: catalog.source_hash(cls) for cls in sorted(own, key=lambda cls: cls.__qualname__)}


def file_hashes(files: Sequence[Path], digests: Mapping[Path, str] | None = None) -> dict[str, str]:
    """SHA-256 of each file's bytes, by file name and in the order of the files; equal names get a number.

    `digests` are those of the bytes that were used, by absolute path; files that nobody noted are hashed as they are.
    """
    found: dict[str, str] = {}
    for file, digest in digests_of(files, digests or {}).items():
        name, k = file.name, 2
        while name in found:
            name, k = f"{file.name} ({k})", k + 1
        found[name] = digest
    return found
