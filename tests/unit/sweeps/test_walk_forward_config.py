"""`sweep.walk_forward`, and a config on its way to another process."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from market_files import config
from newsbt.config.json_schema import json_schema
from newsbt.config.loading import from_mapping
from newsbt.errors import ConfigError
from newsbt.sweeps.config_transport import CarriedConfig

GRID = {"position.hold": [1, 2]}


def test_defaults_and_bad_values(here: Path) -> None:
    assert config(here, {"grid": GRID}).config.sweep.walk_forward is None
    found = config(here, {"grid": GRID, "walk_forward": {}}).config.sweep.walk_forward
    assert (found.folds, found.embargo) == (5, 5)
    for wrong in ({"folds": 0}, {"embargo": -1}, {"folds": 2.5}, {"fold": 3}, 5):
        with pytest.raises(ConfigError, match=r"sweep\.walk_forward"):
            config(here, {"grid": GRID, "walk_forward": wrong})


def test_the_schema_describes_it() -> None:
    block = json_schema()["$defs"]["WalkForwardConfig"]
    assert block["properties"].keys() == {"folds", "embargo"}
    assert all(item["description"] for item in block["properties"].values())
    assert block["additionalProperties"] is False


def test_a_config_travels_without_its_secrets(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THE_KEY", "very-secret")
    readers = [{"use": "csv", "path": "announcements.csv", "columns": {"headline": "${THE_KEY}"}}]
    loaded = config(here, {"grid": GRID}, announcements=readers).override(["account.cash=5"])
    sent = pickle.dumps(CarriedConfig.of(loaded))
    assert b"very-secret" not in sent
    there = pickle.loads(sent).loaded()
    assert there.config == loaded.config and there.document == loaded.document
    assert from_mapping(loaded.written, loaded.folder).config.account.cash == 5
    monkeypatch.delenv("THE_KEY")
    assert pickle.loads(sent).loaded().config.announcements[0].columns == {"headline": "not-set-THE_KEY"}
