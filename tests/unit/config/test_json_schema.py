"""The JSON Schema that editors use."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from newsbt.config.json_schema import json_schema
from newsbt.config.models import RunConfig


def blocks(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "RunConfig", schema
    yield from schema["$defs"].items()


def test_it_is_plain_json_of_the_2020_12_draft():
    schema = json_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert json.loads(json.dumps(schema)) == schema
    assert set(schema["required"]) == {"name", "universe", "announcements", "prices", "strategies"}
    assert set(schema["properties"]) == set(RunConfig.model_fields)


def test_every_key_is_described():
    schema = json_schema()
    for name, block in blocks(schema):
        for key, described in block.get("properties", {}).items():
            block_behind = schema["$defs"][described["$ref"].rpartition("/")[2]] if "$ref" in described else {}
            assert described.get("description") or block_behind.get("description"), f"{name}.{key}"


def test_components_are_open_and_the_other_blocks_closed():
    definitions = json_schema()["$defs"]
    for name in ("AnnouncementReaderConfig", "PriceReaderConfig", "FxReaderConfig", "CostConfig", "SlippageConfig"):
        assert definitions[name]["additionalProperties"] is True, name
        assert "params" not in definitions[name]["properties"]
    for name in ("PositionConfig", "ExecutionConfig", "StrategyConfig", "UniverseConfig", "SweepConfig"):
        assert definitions[name]["additionalProperties"] is False, name


def test_defaults_read_as_in_a_config_file():
    execution = json_schema()["$defs"]["ExecutionConfig"]["properties"]
    assert execution["latency"]["default"] == "5min"
    assert execution["slippage"]["default"] == {"use": "bps", "bps": 5}
    weight = json_schema()["$defs"]["PositionConfig"]["properties"]["weight"]
    number, block = weight["anyOf"]
    assert (number["exclusiveMinimum"], number["maximum"], weight["default"]) == (0, 1, 0.05)
    sizer = json_schema()["$defs"][block["$ref"].rpartition("/")[2]]
    assert (sizer["required"], sizer["additionalProperties"]) == (["use"], True)


def test_one_reader_or_a_list_of_them():
    kinds = json_schema()["properties"]["prices"]["anyOf"]
    assert kinds[0]["type"] == "array" and kinds[0]["minItems"] == 1
    assert kinds[1] == kinds[0]["items"]
