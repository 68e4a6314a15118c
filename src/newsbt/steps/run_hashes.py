"""What a run was made of, as hashes: its config, the files that were read, and the code of a user's own components."""

from __future__ import annotations

from newsbt.assembly import Components, component_hashes, file_hashes
from newsbt.digests import digest_of
from newsbt.domain.run_documents import RunHashes
from newsbt.steps.run_inputs import RunInputs

__all__ = ["hashes_of"]


def hashes_of(components: Components, inputs: RunInputs) -> RunHashes:
    """`hashes` of run.json, but for those of strategies: `config`, `data` by file, and `components` where there are
    any."""
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
    return found
