"""What is public is one list: `__all__`, the table that says where each name lives, and what a type checker sees."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import newsbt

SOURCE = Path(inspect.getfile(newsbt)).read_text(encoding="utf-8")


def for_type_checkers() -> dict[str, str]:
    """Names and their modules that stand below ``if TYPE_CHECKING:``."""
    (block,) = (one for one in ast.parse(SOURCE).body if isinstance(one, ast.If))
    imports = [one for one in block.body if isinstance(one, ast.ImportFrom)]
    return {alias.name: str(one.module) for one in imports for alias in one.names}


def test_the_list_is_the_table() -> None:
    assert newsbt.__all__ == list(newsbt._HOME)
    assert newsbt.__all__ == sorted(newsbt.__all__, key=lambda name: (not name[0].isupper(), name))


def test_a_type_checker_sees_what_is_imported() -> None:
    modules = {"inference": "newsbt.analysis", "strategies": "newsbt", "testing": "newsbt"}
    assert for_type_checkers() == {name: modules.get(name, home) for name, home in newsbt._HOME.items()}


def test_every_name_can_be_had() -> None:
    for name in newsbt.__all__:
        assert getattr(newsbt, name) is not None


def test_every_contract_and_what_it_answers_is_public() -> None:
    from newsbt import ports

    assert set(ports.__all__) <= set(newsbt.__all__)
