from pathlib import Path

import pytest

from market_files import market_files


@pytest.fixture(scope="session")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small market's files."""
    folder = tmp_path_factory.mktemp("market")
    market_files(folder)
    return folder


@pytest.fixture
def here(market: Path, tmp_path: Path) -> Path:
    """A folder of one test's own with that market in it."""
    for file in market.glob("*.csv"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path
