"""The JSON Schema of a config, for editors that complete and check YAML."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from newsbt._plain import JsonValue
from newsbt.config.models import RunConfig
from newsbt.config.resolved_document import as_document

__all__ = ["json_schema"]


class _Generator(GenerateJsonSchema):
    """Shows defaults as a config file would have them, and no titles that repeat the key."""

    def encode_default(self, dft: Any) -> Any:
        return as_document(dft)

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False


def json_schema() -> dict[str, JsonValue]:
    """The config's JSON Schema, draft 2020-12, with a description of every key."""
    described = RunConfig.model_json_schema(mode="validation", schema_generator=_Generator)
    head = {
        "$schema": GenerateJsonSchema.schema_dialect,
        "title": "newsbt config",
        "description": "One run of newsbt: data, execution and the strategies to compare.",
    }
    return head | {key: value for key, value in described.items() if key not in head}
