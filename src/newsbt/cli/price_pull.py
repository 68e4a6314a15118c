"""`newsbt data pull`: from a config to what its store has afterwards."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from newsbt.cli.progress_bar import TerminalProgress
from newsbt.cli.terminal import print_document, print_view
from newsbt.errors import ConfigError

if TYPE_CHECKING:
    from newsbt.config.loading import LoadedConfig
    from newsbt.pulling.provider_choice import ProviderChoice

__all__ = ["probe_providers", "pull_prices"]

DONE, FAILED = 0, 1
# Whatever the config says of these is no matter of its prices.
NOT_NEEDED = ("announcements", "prices", "fx", "strategies")


def pull_prices(path: Path, overrides: Sequence[str], folder: Path | None, *, as_json: bool) -> int:
    """Pull what a config needs into its store; the exit code."""
    from newsbt.assembly import assemble
    from newsbt.config.loading import load
    from newsbt.price_store import PriceStore
    from newsbt.pulling.asked_provider import asked_providers
    from newsbt.pulling.needs import needs_of
    from newsbt.pulling.pull import Pull
    from newsbt.pulling.pull_outcome import pull_document
    from newsbt.reports.price_pull_text import pull_view

    loaded = load(path, overrides)
    components = assemble(loaded, skip=NOT_NEEDED)
    store = PriceStore(_store(loaded) if folder is None else folder)
    choice, per_minute = _choice(loaded)
    needs = needs_of(loaded.config, components.read_universe(), store.now().date())
    wanted = [name for item in needs.instruments for name in choice.order(item)]
    wanted += choice.rate_order if needs.pairs else ()
    with (
        TerminalProgress("pull") as progress,
        _ended_by_term(),
        asked_providers(wanted, per_minute=per_minute) as asked,
    ):
        pull = Pull(store=store, providers=asked, choice=choice, rulebook=components.rulebook, progress=progress)
        outcome = pull.run(needs)
    document = pull_document(outcome, str(store.folder))
    if as_json:
        print_document(document)
    else:
        print_view(pull_view(document))
    return FAILED if outcome.failed else DONE


def probe_providers(*, as_json: bool) -> int:
    """Ask each provider for one instrument; the exit code."""
    from newsbt.pulling.asked_provider import asked_providers
    from newsbt.pulling.probing import probe
    from newsbt.pulling.provider_list import PROVIDERS
    from newsbt.reports.price_pull_text import probe_view

    with TerminalProgress("probe") as progress, asked_providers(PROVIDERS) as asked:
        probes = list(probe(asked, datetime.now(UTC).date(), progress))
    if as_json:
        print_document({"ok": all(one["ok"] for one in probes), "probes": probes})
    else:
        print_view(probe_view(probes))
    return DONE if all(one["ok"] for one in probes) else FAILED


def _store(loaded: LoadedConfig) -> Path:
    """The folder of the store that a config's prices are read from."""
    from newsbt.configured_paths import store_folder

    if any(reader.use == "store" for reader in loaded.config.prices):
        return store_folder(loaded)
    message = (
        "this config reads no prices from a store; say `prices: {use: store}`, or name the folder of a store that "
        "another config reads with --store"
    )
    raise ConfigError.of([loaded.problem("missing_value", ("prices",), message)])


def _choice(loaded: LoadedConfig) -> tuple[ProviderChoice, float | None]:
    from newsbt.pulling.provider_choice import ProviderChoice

    own = loaded.config.pull
    if own is None:
        return ProviderChoice(), None
    symbols: dict[str, Mapping[str, str]] = dict(own.symbols.items())
    choice = ProviderChoice(by_exchange=own.providers, of_indices=own.indices, of_rates=own.rates, symbols=symbols)
    return choice, own.per_minute


@contextmanager
def _ended_by_term() -> Iterator[None]:
    """A signal to end is an interruption: what came goes into the store before."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
