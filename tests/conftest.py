"""Being here puts `tests` on the import path, so that every test finds the plain twin (`import twin`)."""

import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

import pytest
from hypothesis import Phase, settings

if TYPE_CHECKING:
    from newsbt.pulling.provider_process import ProviderProcess
    from provider_services.services import ProviderServices

# A background job of a shell without job control ignores Ctrl-C, and so would every program it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Panels and calendars of tests, and of the programs they start, are not kept among the user's.
_cache = tempfile.TemporaryDirectory(prefix="newsbt-tests-")
os.environ["NEWSBT_CACHE"] = _cache.name

# CI runs the same examples every time; `make nightly` looks for new ones. None is timed: machines are busy.
settings.register_profile("plain", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.register_profile("wide", deadline=None, print_blob=True)
# `make breaks` asks whether a test fails, not for the smallest example of it.
settings.register_profile("breaks", deadline=None, derandomize=True, phases=(Phase.explicit, Phase.generate))
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "plain"))


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes are named by their argument: packed ones hold the second they were made in, and workers would differ."""
    return argname if isinstance(val, bytes) else None


# They copy their process by the hundred, and a process that thousands of tests have filled is dear to copy.
COPYING = ("tests/unit/audit/", "tests/unit/testing/", "tests/unit/ports/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(COPYING))


@pytest.fixture(scope="session")
def _provider_services(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[ProviderServices]":
    from provider_services.services import ProviderServices

    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificate of the services")
    services = ProviderServices(tmp_path_factory.mktemp("services"))
    yield services
    services.close()


@pytest.fixture
def services(_provider_services: "ProviderServices") -> "ProviderServices":
    """The services of price providers, on the loopback address; they know nothing yet."""
    _provider_services.reset()
    return _provider_services


@pytest.fixture(scope="session")
def _provider_processes(_provider_services: "ProviderServices") -> "Iterator[Mapping[str, ProviderProcess]]":
    from newsbt.pulling.provider_list import PROVIDERS
    from newsbt.pulling.provider_process import ProviderProcess

    made = {name: ProviderProcess(about, _provider_services.command(name)) for name, about in PROVIDERS.items()}
    yield made
    for process in made.values():
        process.close()


@pytest.fixture
def provider(
    services: "ProviderServices", _provider_processes: "Mapping[str, ProviderProcess]"
) -> "Callable[[str], ProviderProcess]":
    """A provider by name: its client library, which asks the services; one process for all tests, for it is slow to
    begin."""
    return _provider_processes.__getitem__
