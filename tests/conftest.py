"""Being here puts `tests` on the import path, so that every test finds the plain twin (`import twin`)."""

import os
import signal
import tempfile

from hypothesis import settings

# A background job of a shell without job control ignores Ctrl-C, and so would every program it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Panels and calendars of tests, and of the programs they start, are not kept among the user's.
_cache = tempfile.TemporaryDirectory(prefix="newsbt-tests-")
os.environ["NEWSBT_CACHE"] = _cache.name

# CI runs the same examples every time; `make nightly` looks for new ones.
settings.register_profile("ci", derandomize=True)
settings.register_profile("wide", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "default"))


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes are named by their argument: packed ones hold the second they were made in, and workers would differ."""
    return argname if isinstance(val, bytes) else None
