"""A provider's process: what is printed there, what hangs there and what ends there."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from newsbt.pulling.provider_contract import ProviderError
from newsbt.pulling.provider_list import PROVIDERS
from newsbt.pulling.provider_process import ProviderProcess
from pulling_questions import asked

# A provider whose tickers say what happens.
SCRIPT = """
import os, sys, time
from newsbt.pulling import provider_list, provider_worker
from newsbt.pulling.provider_contract import AnsweredPrices

class Made:
    def version(self): return "2.0"
    def prices(self, asked):
        print("words of a library", flush=True)
        if asked.ticker == "hangs": time.sleep(60)
        if asked.ticker == "ends": os._exit(3)
        if asked.ticker == "fails": raise RuntimeError("what is this")
        return AnsweredPrices(currency="HKD", adjusted="none", days=[str(os.getpid())], values={})

provider_worker.Made = Made
about = provider_list.PROVIDERS["baostock"]
object.__setattr__(about, "adapter", sys.argv[1])
pipe = os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)
provider_worker.main("baostock", sys.stdin.buffer, pipe)
"""


@pytest.fixture
def process(tmp_path: Path):
    script = tmp_path / "worker.py"
    script.write_text(SCRIPT)
    about = replace(PROVIDERS["baostock"], answer_seconds=20.0)
    made = []

    def of(adapter: str = "newsbt.pulling.provider_worker:Made", seconds: float = 20.0) -> ProviderProcess:
        command = (sys.executable, str(script), adapter)
        made.append(ProviderProcess(replace(about, answer_seconds=seconds), command))
        return made[-1]

    yield of
    for one in made:
        one.close()


def test_one_process_answers_all_questions_and_another_one_after_its_end(process) -> None:
    provider = process()
    assert provider.version() == "2.0"
    first = provider.prices(asked("a")).days
    assert provider.prices(asked("b")).days == first
    with pytest.raises(ProviderError, match=r"ended the process that it runs in \(code 3\)") as raised:
        provider.prices(asked("ends"))
    assert raised.value.kind == "unusable"
    assert provider.prices(asked("a")).days != first


def test_an_error_that_nobody_expected_is_an_answer_that_cannot_be_used(process) -> None:
    provider = process()
    with pytest.raises(ProviderError, match="RuntimeError: what is this") as raised:
        provider.prices(asked("fails"))
    assert raised.value.kind == "unusable"


def test_one_that_hangs_is_ended(process) -> None:
    provider = process(seconds=2.0)
    with pytest.raises(ProviderError, match="no answer within 2 seconds") as raised:
        provider.prices(asked("hangs"))
    assert raised.value.kind == "unreachable"


def test_a_library_that_is_not_installed_says_how(process) -> None:
    provider = process("no_such_library:Provider")
    with pytest.raises(ProviderError, match=r"pip install 'newsbt\[baostock\]'") as raised:
        provider.version()
    assert raised.value.kind == "missing"
