"""The faults that can be planted in a file: each changes one place of a function's body."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

COMPARED = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
RECKONED = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
# Which of two arguments comes first, no number can tell; the union is sorted, whichever it begins with.
SYMMETRIC = (
    "max", "min", "np.maximum", "np.minimum", "np.array_equal", "np.union1d", "np.intersect1d", "np.shares_memory",
    "math.hypot",
)  # fmt: skip
# They have memory send what is read soon, in functions that do nothing else: no number depends on whether, or when.
READING_AHEAD = ("bring_near", "touch", "_touch_due", "_touch_entries", "_touch_entry", "_touch_next")
JOINED = {ast.And: ast.Or, ast.Or: ast.And}
SIDES = ("sign", "side")  # 1 or -1: below 0 or up to it, above -1 or 0, is the same


@dataclass(frozen=True, slots=True)
class Mutant:
    """The n-th fault of a file: where it is and what it does there."""

    file: str
    number: int
    function: str
    line: int
    kind: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.what}"


Change = tuple[int, str, str, Callable[[], None]]
"""Line, kind, words, and what plants it in the tree."""

KINDS = ("comparison", "arithmetic", "boolean", "constant", "statement", "arguments")  # of the fixed sample
ALL_KINDS = (*KINDS, "raise", "sign", "condition")


def changes(tree: ast.Module) -> Iterator[tuple[str, Change]]:
    """All faults of a tree, each with the function that it is in; a planted one is not taken back."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and function.name not in READING_AHEAD:
            for statement in function.body:
                for change in _in_statement(statement, function.body):
                    yield function.name, change


def mutants(file: str, text: str) -> list[Mutant]:
    """Those of a function that do the same in different places are told apart by their order."""
    seen, found = Counter[tuple[str, str]](), []
    for number, (function, (line, kind, what, _)) in enumerate(changes(ast.parse(text))):
        seen[function, what] += 1
        nth = seen[function, what]
        found.append(Mutant(file, number, function, line, kind, what if nth == 1 else f"{what}, place {nth}"))
    return found


def planted(mutant: Mutant, text: str) -> ast.Module:
    """The file's tree with the fault in it."""
    tree = ast.parse(text)
    for number, (_, (*_, plant)) in enumerate(changes(tree)):
        if number == mutant.number:
            plant()
            return ast.fix_missing_locations(tree)
    raise ValueError(f"there is no such fault: {mutant}")


def _in_statement(statement: ast.stmt, block: list[ast.stmt]) -> Iterator[Change]:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.Assert | ast.Import | ast.ImportFrom):
        return
    if isinstance(statement, ast.Raise):  # its words are not looked at, only whether it raises
        yield statement.lineno, "raise", f"drop `{_brief(statement)}`", _put(block, statement, ast.Pass())
        return
    if isinstance(statement, ast.Expr) and (isinstance(statement.value, ast.Constant) or _reads_ahead(statement.value)):
        return  # a docstring, or nothing to Python
    if isinstance(statement, ast.AugAssign | ast.Expr | ast.Break | ast.Continue) or _writes_into(statement):
        yield statement.lineno, "statement", f"drop `{_brief(statement)}`", _put(block, statement, ast.Pass())
    # Nothing is as little true as False, for which True is planted too.
    if isinstance(statement, ast.Return) and ast.unparse(statement) not in ("return", "return None", "return False"):
        nothing = ast.Return(value=ast.Constant(value=None))
        yield (
            statement.lineno,
            "statement",
            f"return nothing for `{ast.unparse(statement)}`",
            _put(block, statement, nothing),
        )
    if isinstance(statement, ast.AugAssign) and type(statement.op) in RECKONED:
        yield _swap(statement, "arithmetic", "op", RECKONED[type(statement.op)](), statement.lineno)
    if isinstance(statement, ast.If | ast.While):
        yield from _negated(statement)
    for name, value in ast.iter_fields(statement):
        if name == "annotation":
            continue
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, ast.stmt):
                yield from _in_statement(item, value)
            elif isinstance(item, ast.expr):
                yield from _in_expression(item)


def _writes_into(statement: ast.stmt) -> bool:
    """An assignment to a field or an element: without it there is another value and no unknown name."""
    return isinstance(statement, ast.Assign) and not isinstance(statement.targets[0], ast.Name | ast.Tuple)


def _only_asserts(node: ast.AST) -> bool:
    """`strict=True`: like an assertion, it says of lengths that they are equal, which they are whatever a user does."""
    return isinstance(node, ast.keyword) and node.arg == "strict"


def _is_side(node: ast.AST) -> bool:
    """The comparison of a side or a sign with 0."""
    if not isinstance(node, ast.Compare) or not isinstance(node.ops[0], ast.Gt | ast.Lt) or len(node.ops) > 1:
        return False
    name = ast.unparse(node.left).strip("']").rpartition(".")[2].rpartition("'")[2]
    return name in SIDES and ast.unparse(node.comparators[0]) == "0"


def _reads_ahead(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) in READING_AHEAD


def _in_expression(root: ast.expr) -> Iterator[Change]:
    same = {id(keyword.value) for keyword in ast.walk(root) if _only_asserts(keyword)}
    same |= {id(part) for node in ast.walk(root) if _is_side(node) for part in (node, *ast.walk(node.comparators[0]))}
    for node in [] if _reads_ahead(root) else ast.walk(root):
        if id(node) in same:
            continue
        line = getattr(node, "lineno", root.lineno)
        if isinstance(node, ast.Compare):
            for k, op in enumerate(node.ops):
                new = COMPARED[type(op)]()
                what = f"{type(op).__name__} to {type(new).__name__} in `{ast.unparse(node)}`"
                yield line, "comparison", what, lambda node=node, k=k, new=new: node.ops.__setitem__(k, new)
        elif isinstance(node, ast.BinOp) and type(node.op) in RECKONED:
            yield _swap(node, "arithmetic", "op", RECKONED[type(node.op)](), line)
        elif isinstance(node, ast.BoolOp):
            yield _swap(node, "boolean", "op", JOINED[type(node.op)](), line)
        elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
            yield _swap(node, "boolean", "value", not node.value, line)
        elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            yield _swap(node, "constant", "value", node.value + 1, line)
            yield _swap(node, "constant", "value", node.value - 1, line)
        elif isinstance(node, ast.IfExp):
            yield from _negated(node)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            yield line, "sign", f"drop the sign of `{ast.unparse(node)}`", _signless(node)
        elif isinstance(node, ast.comprehension):
            for k, test in enumerate(node.ifs):
                what = f"negate `{ast.unparse(test)}`"
                yield test.lineno, "condition", what, lambda node=node, k=k: _negate_at(node.ifs, k)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            yield _swap(node, "boolean", "operand", ast.UnaryOp(op=ast.Not(), operand=node.operand), line)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) not in SYMMETRIC:
            for k in range(len(node.args) - 1):
                if not isinstance(node.args[k], ast.Starred) and not isinstance(node.args[k + 1], ast.Starred):
                    what = f"swap arguments {k + 1} and {k + 2} of `{ast.unparse(node)}`"
                    yield line, "arguments", what, lambda node=node, k=k: _exchange(node.args, k)


def _brief(statement: ast.stmt) -> str:
    return " ".join(ast.unparse(statement).split())[:80]


def _signless(node: ast.UnaryOp) -> Callable[[], None]:
    return lambda: setattr(node, "op", ast.UAdd())


def _negate_at(tests: list[ast.expr], k: int) -> None:
    tests[k] = ast.UnaryOp(op=ast.Not(), operand=tests[k])


def _negated(statement: ast.If | ast.While | ast.IfExp) -> Iterator[Change]:
    kind = "condition" if isinstance(statement, ast.IfExp) else "boolean"
    new = ast.UnaryOp(op=ast.Not(), operand=statement.test)
    what = f"negate `{ast.unparse(statement.test)}`"
    yield statement.test.lineno, kind, what, lambda: setattr(statement, "test", new)


def _swap(node: ast.AST, kind: str, field: str, new: object, line: int) -> Change:
    old = getattr(node, field)
    names = [type(one).__name__ if isinstance(one, ast.AST) else repr(one) for one in (old, new)]
    return line, kind, f"{names[0]} to {names[1]} in `{ast.unparse(node)}`", lambda: setattr(node, field, new)


def _put(block: list[ast.stmt], old: ast.stmt, new: ast.stmt) -> Callable[[], None]:
    return lambda: block.__setitem__(block.index(old), ast.copy_location(new, old))


def _exchange(items: list[ast.expr], k: int) -> None:
    items[k], items[k + 1] = items[k + 1], items[k]
