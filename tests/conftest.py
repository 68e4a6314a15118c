"""Being here puts `tests` on the import path, so that every test finds the plain twin (`import twin`)."""

import signal
from collections.abc import Iterator

import pytest

# A background job of a shell without job control ignores Ctrl-C, and so would every program it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Panels and calendars of tests, and of the programs they start, are not kept among the user's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEWSBT_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield
