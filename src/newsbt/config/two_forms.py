"""Values of a config that may be written in two ways: as a number or a block, as one item or a list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticCustomError, core_schema

from newsbt._plain import JsonValue, PlainValue
from newsbt.config.field_types import Number, misfit, restated

__all__ = ["NumberFor", "NumberOrBlock", "OneOrMany"]


@dataclass(frozen=True, slots=True)
class NumberFor:
    """A block, or a number that stands for the block with that one `key`."""

    key: str
    number: Number

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(self._block, handler(source))

    def _block(self, value: Any) -> Any:
        if isinstance(value, Mapping | BaseModel):
            return value
        try:
            return {self.key: self.number.check(value)}
        except PydanticCustomError as error:
            raise restated(error, f"{self.number.expected}, or a block with the key {self.key}") from None

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [self.number.json_schema(), handler(schema)]}


@dataclass(frozen=True, slots=True)
class NumberOrBlock:
    """A number, or a block with ``use:`` of the class `block`, which says what makes the number."""

    number: Number
    block: type[BaseModel]

    def __get_pydantic_core_schema__(self, _source: type, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_wrap_validator_function(self._either, handler.generate_schema(self.block))

    def _either(self, value: PlainValue, read: core_schema.ValidatorFunctionWrapHandler) -> float | BaseModel:
        if isinstance(value, Mapping | BaseModel):
            block: BaseModel = read(value)
            return block
        try:
            return self.number.check(value)
        except PydanticCustomError as error:
            raise restated(error, f"{self.number.expected}, or a block with the key use") from None

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"anyOf": [self.number.json_schema(), handler(schema)]}


@dataclass(frozen=True, slots=True)
class OneOrMany:
    """A list, empty only where that says something; a single mapping stands for a list of one."""

    what: str
    single: bool = True
    may_be_empty: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_before_validator_function(self._listed, handler(source))

    def _listed(self, value: PlainValue) -> PlainValue:
        if self.single and isinstance(value, Mapping):
            return (value,)
        if isinstance(value, list | tuple) and not value and not self.may_be_empty:
            raise misfit("bad_value", f"at least one {self.what}")
        return value

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, JsonValue]:
        listed = handler(schema) | ({} if self.may_be_empty else {"minItems": 1})
        return {"anyOf": [listed, listed["items"]]} if self.single else listed
