"""The process that a provider's library runs in: asked one question after the other, ended where it hangs."""

from __future__ import annotations

import contextlib
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import IO

from newsbt.errors import missing_extra
from newsbt.pulling.provider_contract import (
    AnsweredPrices,
    AnsweredRates,
    AskedPrices,
    AskedRates,
    LibraryVersion,
    ProviderError,
    ProviderFailure,
)
from newsbt.pulling.provider_list import PullProvider
from newsbt.pulling.provider_worker import Answered, Asked

__all__ = ["ProviderProcess", "worker_command"]

ENDING_SECONDS = 5.0


def worker_command(name: str) -> Sequence[str]:
    """What starts a provider's process."""
    return (sys.executable, "-m", "newsbt.pulling.provider_worker", name)


class ProviderProcess:
    """A provider, as its adapter is, in a process that begins with the first question. To be closed."""

    def __init__(self, provider: PullProvider, command: Sequence[str] | None = None) -> None:
        self.provider = provider
        self._command = worker_command(provider.name) if command is None else command
        self._running: subprocess.Popen[bytes] | None = None
        self._answers: queue.Queue[Answered | None] = queue.Queue()
        self._reader: threading.Thread | None = None

    def version(self) -> str:
        """The library's.

        Raises
        ------
        ProviderError
            Its library is not installed.
        """
        answer = self._ask(None)
        assert isinstance(answer, LibraryVersion)
        return answer.text

    def prices(self, asked: AskedPrices) -> AnsweredPrices:
        """See :meth:`PriceProvider.prices`."""
        answer = self._ask(asked)
        assert isinstance(answer, AnsweredPrices)
        return answer

    def rates(self, asked: AskedRates) -> AnsweredRates:
        """See :meth:`PriceProvider.rates`."""
        answer = self._ask(asked)
        assert isinstance(answer, AnsweredRates)
        return answer

    def close(self) -> None:
        """End the process."""
        if self._running is not None and self._running.stdin is not None:
            with contextlib.suppress(OSError):
                self._running.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._running.wait(ENDING_SECONDS)
        self._end()

    def _ask(self, asked: Asked) -> Answered:
        running = self._running if self._running is not None else self._started()
        try:
            assert running.stdin is not None
            pickle.dump(asked, running.stdin)
            running.stdin.flush()
            answer = self._answers.get(timeout=self.provider.answer_seconds)
        except queue.Empty:
            self._end()
            message = f"no answer within {self.provider.answer_seconds:g} seconds"
            raise ProviderError("unreachable", message) from None
        except OSError:
            answer = None
        if answer is None:
            code = self._end()
            raise ProviderError("unusable", f"its library has ended the process that it runs in (code {code})")
        if isinstance(answer, ProviderFailure):
            raise _missing(self.provider.name, answer) if answer.kind == "missing" else answer.error
        return answer

    def _started(self) -> subprocess.Popen[bytes]:
        self._answers = queue.Queue()
        self._running = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert self._running.stdout is not None
        self._reader = threading.Thread(target=_pass_on, args=(self._running.stdout, self._answers), daemon=True)
        self._reader.start()
        return self._running

    def _end(self) -> int | None:
        """Kill a process that cannot go on, and give its exit code; the next question has one anew."""
        running, self._running = self._running, None
        if running is None:
            return None
        running.kill()
        code = running.wait()
        if self._reader is not None:
            self._reader.join()
        for pipe in (running.stdin, running.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # of what is still to be written
                    pipe.close()
        return code


def _pass_on(answers: IO[bytes], to: queue.Queue[Answered | None]) -> None:
    """Hand on what comes until no more does, or what is no answer."""
    with contextlib.suppress(Exception):
        while True:
            to.put(pickle.load(answers))
    to.put(None)


def _missing(library: str, failure: ProviderFailure) -> ProviderError:
    module, _, text = failure.message.partition("\n")
    error = ModuleNotFoundError(text, name=module) if module else ImportError(text)
    return ProviderError("missing", str(missing_extra(error, "to pull from it one needs", library, library)))
