"""`configs/rival_release_real.yaml`: one pull, one run. The services give the sample, so it is the sample's run."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from lasting_processes import LastingProcess
from newsbt.cli import main
from newsbt.cli.project import create_project
from newsbt.config.loading import load
from newsbt.pipeline import run
from newsbt.pulling import asked_provider
from provider_services.sample import know_sample

QUICK = ("evaluation.placebo=0", "evaluation.bootstrap=0", "output.report=false", "baselines=[benchmark]")


@pytest.mark.slow
def test_one_pull_one_run(services, provider, monkeypatch, tmp_path: Path, capfd) -> None:
    know_sample(services)
    monkeypatch.setattr(asked_provider, "ProviderProcess", lambda about: LastingProcess(provider(about.name)))
    create_project(tmp_path / "mine")
    config = tmp_path / "mine" / "configs" / "rival_release_real.yaml"
    assert main(["data", "pull", str(config), "--json", "--set", "pull.per_minute=60000"]) == 0
    document = json.loads(capfd.readouterr().out)
    assert document["counts"]["pulled"] == 77 + 2 and document["counts"]["failed"] == 0
    pulled = run(load(config, QUICK))
    sample = run(load(config.with_name("rival_release.yaml"), QUICK))
    for ours, theirs in zip(pulled.strategies, sample.strategies, strict=True):
        assert ours.name == theirs.name and len(ours.fills) == len(theirs.fills)
        np.testing.assert_allclose(ours.equity, theirs.equity, rtol=1e-9)
