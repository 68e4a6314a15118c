"""What every block of a config is, and the kinds of values that several of them have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import core_schema

from newsbt.config.field_types import Flag, Number, Text
from newsbt.domain.showing import of_fields, short

__all__ = [
    "BAD_ROW",
    "COLUMNS",
    "Block",
    "Boolean",
    "Columns",
    "Component",
    "Count",
    "Currency",
    "Inside",
    "Label",
    "NotNegative",
    "OnBadRow",
    "PathText",
    "Positive",
    "RunName",
    "Share",
    "Ticker",
    "Whole",
]

PathText: TypeAlias = Annotated[str, Text("the path of a file or folder, as text")]
Label: TypeAlias = Annotated[str, Text("text of up to 200 characters on one line", longest=200)]
Ticker: TypeAlias = Annotated[str, Text("a ticker, as text", longest=64)]
RunName: TypeAlias = Annotated[
    str,
    Text(
        "a name of up to 80 letters, digits, spaces and . _ - that starts with no dot (it becomes a folder's name)",
        pattern="[A-Za-z0-9 _-][A-Za-z0-9 ._-]*",
        longest=80,
    ),
]
Currency: TypeAlias = Annotated[str, Text("a currency's three capital letters, such as HKD", pattern="[A-Z]{3}")]
Boolean: TypeAlias = Annotated[bool, Flag()]
Whole: TypeAlias = Annotated[int, Number(least=0, whole=True)]
Count: TypeAlias = Annotated[int, Number(least=1, whole=True)]
Positive: TypeAlias = Annotated[float, Number(above=0)]
NotNegative: TypeAlias = Annotated[float, Number(least=0)]
Share: TypeAlias = Annotated[float, Number(above=0, most=1)]
Inside: TypeAlias = Annotated[float, Number(above=0, below=1)]
Columns: TypeAlias = dict[str, Annotated[str, Text("the name of a column in the file, as text")]]
OnBadRow: TypeAlias = Literal["error", "skip"]

BAD_ROW = "`error` stops at a bad row; `skip` leaves it out and counts it by reason."
COLUMNS = "Renames columns: newsbt's name to the file's name."


class Block(BaseModel):
    """A mapping of the config; frozen, and unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, arbitrary_types_allowed=True)

    def __repr__(self) -> str:
        given = (name for name in type(self).model_fields if name in self.model_fields_set)
        return of_fields(type(self).__qualname__, ((name, short(getattr(self, name))) for name in given))


class Component(Block):
    """Something chosen by name: `use` names it, every other key of the mapping is one of its parameters."""

    use: Annotated[str, Text("the name of a component, pkg.module:Class, or path.py:Class")] = Field(
        description="A built-in name, `pkg.module:Class`, or `path.py:Class`."
    )
    params: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _gather_params(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        own = {key: value for key, value in data.items() if key in cls.model_fields and key != "params"}
        free = {key: value for key, value in data.items() if key not in cls.model_fields}
        given = data.get("params", {})
        if not isinstance(given, Mapping):
            return own | {"params": given}
        return own | {"params": {**given, **free}}

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        described = handler.resolve_ref_schema(handler(schema))
        described["properties"].pop("params")
        described["additionalProperties"] = True
        return described
