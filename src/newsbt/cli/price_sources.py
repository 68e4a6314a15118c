"""From what a user types after `newsbt data` to readers of prices, with who their tickers are."""

from __future__ import annotations

import dataclasses
from collections.abc import Container, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import rich_click as click

from newsbt.domain.entity import Instrument, Universe
from newsbt.errors import DataError
from newsbt.markets.dated_rules import Rulebook

if TYPE_CHECKING:
    from newsbt.ports.price_reader import PriceReader
    from newsbt.price_store import PriceStore

__all__ = ["PriceSources", "is_store", "named_columns", "price_reader", "price_sources", "store_of"]

CONFIGS = (".yaml", ".yml")


class ReadingOptions(TypedDict, total=False):
    """How files are to be read that no config describes."""

    volume_unit: float | None
    stamp: str | None
    timezone: str | None
    adjusted: bool | None
    splits: str | None


class SourceOptions(ReadingOptions, total=False):
    """All that is told of such files on the command line."""

    instruments: Path | None
    exchange: str | None
    columns: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class PriceSources:
    """Readers, and what is known about their tickers: the universe's word, an exchange for all, or a guess."""

    readers: Sequence[PriceReader]
    rulebook: Rulebook
    universe: Universe | None = None
    exchange: str | None = None
    known: Container[str] | None = None

    @property
    def files(self) -> Sequence[Path]:
        """Of the readers that read files; none of a path that leads nowhere, which the reader will name."""
        from newsbt.ports import KeptPriceReader

        found: list[Path] = []
        for reader in self.readers:
            if isinstance(reader, KeptPriceReader):
                with suppress(DataError):
                    found += reader.files()
        return found

    def instrument_of(self, ticker: str) -> Instrument | None:
        from newsbt.markets.guessed_market import guessed_instrument

        if self.universe is not None and ticker in self.universe.position:
            return self.universe[ticker]
        return guessed_instrument(ticker, self.exchange, self.rulebook)


def price_sources(
    paths: Sequence[Path],
    *,
    instruments: Path | None = None,
    exchange: str | None = None,
    columns: Sequence[str] = (),
    on_bad_row: str | None = None,
    **reading: Unpack[ReadingOptions],
) -> PriceSources:
    """Readers of a config, or of files and folders; the options are for the latter.

    Raises
    ------
    ConfigError, DataError
        The config, the table of instruments or the exchange cannot be used.
    """
    from newsbt.linking.universe_tables import read_universe
    from newsbt.markets.rulebook import load_rulebook
    from newsbt.ports.price_reader import with_bad_rows

    configs = [path for path in paths if path.suffix.lower() in CONFIGS]
    if configs and len(paths) > 1:
        raise click.UsageError("name one config, or files and folders of prices")
    if configs:
        found = _of_config(configs[0])
    else:
        rulebook = load_rulebook()
        if exchange is not None:
            rulebook.exchange(exchange)
        readers = [price_reader(path, named_columns(columns), reading)[1] for path in paths]
        universe = None if instruments is None else read_universe(instruments, boards=rulebook.boards)
        found = PriceSources(readers=readers, rulebook=rulebook, universe=universe, exchange=exchange)
    if on_bad_row is None:
        return found
    readers = [with_bad_rows(reader, on_bad_row) for reader in found.readers]
    return dataclasses.replace(found, readers=readers)


def _of_config(path: Path) -> PriceSources:
    from newsbt.assembly import assemble
    from newsbt.config.loading import load

    components = assemble(load(path))
    universe = components.read_universe()
    return PriceSources(
        readers=components.prices,
        rulebook=components.rulebook,
        universe=universe,
        known=universe.known_tickers,
    )


def price_reader(path: Path, columns: Mapping[str, str], reading: ReadingOptions) -> tuple[str, PriceReader]:
    """What `use:` says of a file or folder of prices, by the endings in it, and its reader."""
    from newsbt.prices.price_readers import CsvPrices, ExcelPrices, ParquetPrices
    from newsbt.prices.stored_prices import StoredPrices

    if is_store(path):
        stated = [f"--{name.replace('_', '-')}" for name, value in reading.items() if value is not None]
        if stated or columns:
            raise click.UsageError(
                f"{path} is a price store, which says itself how it is read; leave {(*stated, '--column')[0]} out"
            )
        return "store", StoredPrices(path=path)
    kinds: dict[str, type[ParquetPrices | ExcelPrices]] = {"parquet": ParquetPrices, "excel": ExcelPrices}
    for use, kind in kinds.items():
        if any(file.name.lower().endswith(kind.suffixes) for file in ([*path.iterdir()] if path.is_dir() else [path])):
            return use, kind(path=path, columns=columns, **reading)
    return "csv", CsvPrices(path=path, columns=columns, **reading)


def is_store(path: Path) -> bool:
    """Whether a folder is a price store: it has records of pulls."""
    return (path / "pulls").is_dir()


def store_of(path: Path) -> PriceStore:
    """The price store of a config, or in a folder.

    Raises
    ------
    ConfigError, DataError
        The config cannot be used, or the folder is no store.
    """
    from newsbt.config.loading import load
    from newsbt.configured_paths import store_folder
    from newsbt.domain.input_files import file_error
    from newsbt.ports.pulled_reader import ANY_CONFIG, pull_command
    from newsbt.price_store import PriceStore

    is_config = path.suffix.lower() in CONFIGS
    folder = store_folder(load(path)) if is_config else path
    if not is_store(folder):
        made_by = pull_command(path if is_config else ANY_CONFIG)
        raise file_error(folder, f"there is no price store here; `{made_by}` makes one", code="not_pulled")
    return PriceStore(folder)


def named_columns(pairs: Sequence[str], option: str = "--column") -> dict[str, str]:
    """newsbt's names to a file's, of an option's ``NAME=SOURCE``.

    Raises
    ------
    BadParameter
        One is not of this form.
    """
    found = {}
    for pair in pairs:
        name, equals, source = pair.partition("=")
        if not equals or not name or not source:
            raise click.BadParameter(f"expected NAME=SOURCE, got {pair!r}", param_hint=option)
        found[name] = source
    return found
