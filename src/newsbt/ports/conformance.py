"""What a plug-in lacks of the contract of its kind, told before it is used."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Iterator, Mapping
from types import FunctionType, UnionType
from typing import TypeVar

from newsbt.errors import NewsbtError, nearest
from newsbt.ports.announcement_reader import AnnouncementReader, TextReader, UniverseReader
from newsbt.ports.cost_model import CostModel
from newsbt.ports.fx_reader import FxReader
from newsbt.ports.label_reader import LabelReader
from newsbt.ports.labeller import Labeller
from newsbt.ports.linker import Linker
from newsbt.ports.price_reader import KeptPriceReader, PriceReader
from newsbt.ports.sizer import Sizer
from newsbt.ports.slippage_model import SlippageModel
from newsbt.ports.strategy_contract import StepStrategy, Strategy

__all__ = ["CONTRACTS", "CONTRACTS_PAGE", "fitting", "lacking", "misfit", "strategy_misfit"]

CONTRACTS_PAGE = "docs/strategies.md#components"

T = TypeVar("T")

# What a class of each kind fits, the first where none is meant; and what more it may be.
CONTRACTS: Mapping[str, tuple[type, ...]] = {
    "readers": (AnnouncementReader, LabelReader),
    "providers": (PriceReader,),
    "labellers": (Labeller,),
    "linkers": (Linker,),
    "fx": (FxReader,),
    "costs": (CostModel,),
    "sizers": (Sizer,),
    "slippage": (SlippageModel,),
}
FURTHER: Mapping[str, tuple[type, ...]] = {"readers": (UniverseReader, TextReader), "providers": (KeptPriceReader,)}


def misfit(kind: str, made: object) -> str:
    """What a component lacks of the contract of its kind; empty where it fits."""
    meant = [contract for contract in CONTRACTS[kind] if isinstance(made, contract)]
    further = [contract for contract in FURTHER.get(kind, ()) if isinstance(made, contract)]
    faults = (lacking(made, contract) for contract in (*(meant or CONTRACTS[kind][:1]), *further))
    return next(filter(None, faults), "")


def fitting(answer: T, kind: type[T], maker: str) -> T:
    """What a method of a plug-in answered; an error that names both, where it is no `kind`."""
    if not isinstance(answer, kind):
        name = type(answer).__name__
        message = f"{maker} answered a {name}; expected a newsbt.{kind.__name__} ({CONTRACTS_PAGE})"
        raise NewsbtError(message, code="component_failed")
    return answer


def strategy_misfit(made: object) -> str:
    """What a strategy already made lacks of its contract; empty where it fits."""
    return lacking(made, StepStrategy if isinstance(made, StepStrategy) else Strategy)


def lacking(plug_in: object, contract: type) -> str:
    """What an object has not, or has otherwise than a contract says, in one sentence; empty where it fits.

    Methods are called with the contract's parameters by place; attributes have the type that it says. A method that is
    inherited from the contract itself does nothing, and is missing.

    >>> class Reader(typing.Protocol):
    ...     def read(self, path: str) -> str: ...
    >>> class Mine:
    ...     def read(self): ...
    >>> lacking(Mine(), Reader)  # doctest: +ELLIPSIS
    'Mine ... has read(), which cannot be called as read(path); newsbt.Reader says ...'
    """
    faults = list(_faults(plug_in, contract))
    if not faults:
        return ""
    cls = type(plug_in)
    return f"{_named(cls)} {' and '.join(faults)}; newsbt.{contract.__name__} says what it needs ({CONTRACTS_PAGE})"


def _named(cls: type) -> str:
    """A class, and the file that it stands in."""
    try:
        file = inspect.getsourcefile(cls)
    except (TypeError, OSError):  # of a notebook, or of an interpreter
        file = None
    return f"{cls.__name__} ({file})" if file else cls.__name__


def _faults(plug_in: object, contract: type) -> Iterator[str]:
    for name, member in vars(contract).items():
        if name.startswith("_"):
            continue
        if isinstance(member, property):
            yield from _of_attribute(plug_in, name, member)
        elif inspect.isfunction(member):
            yield from _of_method(plug_in, name, member)


def _of_attribute(plug_in: object, name: str, member: property) -> Iterator[str]:
    wanted = typing.get_type_hints(member.fget)["return"]
    try:
        value = getattr(plug_in, name)
    except AttributeError:
        yield f"has no attribute '{name}' ({_a(wanted)}){nearest(name, dir(plug_in))}"
        return
    if not isinstance(value, wanted):
        yield f"has {value!r} as its '{name}'; expected {_a(wanted)}"


def _of_method(plug_in: object, name: str, member: FunctionType) -> Iterator[str]:
    cls = type(plug_in)
    parameters = list(inspect.signature(member).parameters.values())[1:]
    call = f"{name}({', '.join(one.name for one in parameters)})"
    own = getattr(plug_in, name, None)
    if own is None or getattr(cls, name, None) is member:
        others = [one for one in vars(cls) if not one.startswith("_")]
        yield f"has no method {call}{nearest(name, others)}"
    elif not callable(own):
        yield f"has {own!r} as its '{name}'; expected a method {call}"
    elif inspect.iscoroutinefunction(own):
        yield f"has {name} as a coroutine; expected a method that is called as {call}, without await"
    else:
        found = _takes_others(own, [one.name for one in parameters])
        if found:
            yield f"has {name}{found}, which cannot be called as {call}"


def _takes_others(own: typing.Callable[..., object], wanted: list[str]) -> str:
    """A method's parameters where it cannot be called with so many by place; empty where it can."""
    try:
        signature = inspect.signature(own)
    except TypeError:  # of a compiled function nobody can tell
        return ""
    except ValueError:  # a method without `self`, or a compiled function
        return "()" if inspect.ismethod(own) else ""
    try:
        signature.bind(*wanted)
    except TypeError:
        bare = [one.replace(annotation=inspect.Parameter.empty) for one in signature.parameters.values()]
        return str(inspect.Signature(bare))
    return ""


def _a(wanted: type | UnionType) -> str:
    if isinstance(wanted, UnionType):
        return " or ".join(_a(one) for one in wanted.__args__)
    words = {str: "a text", int: "a whole number", float: "a number", type(None): "None"}
    return words.get(wanted, f"a {wanted.__name__}")
