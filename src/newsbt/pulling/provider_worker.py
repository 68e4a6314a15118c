"""A provider in a process of its own: ``python -m newsbt.pulling.provider_worker NAME``.

It reads questions and writes answers, pickled values one after the other. What a library prints goes nowhere; what it
hangs in, or ends in, ends with this process.
"""

from __future__ import annotations

import importlib
import os
import pickle
import sys
import warnings
from typing import BinaryIO, TypeAlias

from newsbt.pulling.provider_contract import (
    AnsweredPrices,
    AnsweredRates,
    AskedPrices,
    AskedRates,
    LibraryVersion,
    PriceProvider,
    ProviderError,
    ProviderFailure,
)
from newsbt.pulling.provider_list import PROVIDERS

__all__ = ["Answered", "Asked", "main"]

Asked: TypeAlias = AskedPrices | AskedRates | None
"""None asks for the library's version."""
Answered: TypeAlias = AnsweredPrices | AnsweredRates | LibraryVersion | ProviderFailure


def main(name: str, questions: BinaryIO, answers: BinaryIO) -> None:
    """Answer every question until there are no more."""
    warnings.simplefilter("ignore")
    provider: PriceProvider | ProviderFailure
    try:
        module, _, cls = PROVIDERS[name].adapter.partition(":")
        provider = getattr(importlib.import_module(module), cls)()
    except ImportError as error:
        provider = ProviderFailure("missing", f"{error.name or ''}\n{error}")
    while True:
        try:
            asked: Asked = pickle.load(questions)
        except EOFError:
            return
        pickle.dump(_answer(provider, asked), answers)
        answers.flush()


def _answer(provider: PriceProvider | ProviderFailure, asked: Asked) -> Answered:
    if isinstance(provider, ProviderFailure):
        return provider
    try:
        if asked is None:
            return LibraryVersion(provider.version())
        return provider.prices(asked) if isinstance(asked, AskedPrices) else provider.rates(asked)
    except ProviderError as error:
        return ProviderFailure(error.kind, str(error), error.wait_seconds)
    except Exception as error:  # of the library, at what nobody expected
        return ProviderFailure("unusable", f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    pipe = os.fdopen(os.dup(1), "wb")
    for stream in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
    main(sys.argv[1], sys.stdin.buffer, pipe)
