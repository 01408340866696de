"""Mutants of a Python file: what its syntax tree offers, module level and data included.

Left out are annotations, decorators, docstrings and the texts of errors.
"""

import ast
from collections.abc import Iterator
from itertools import pairwise

from mutation.mutant import Mutant

ARITHMETIC = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "/"),
    ast.Mod: ("%", "*"),
    ast.Pow: ("**", "*"),
    ast.LShift: ("<<", ">>"),
    ast.RShift: (">>", "<<"),
    ast.BitAnd: ("&", "|"),
}
COMPARISONS = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
}
SWAPPED = {
    "min": "max",
    "max": "min",
    "minimum": "maximum",
    "maximum": "minimum",
    "any": "all",
    "all": "any",
    "rint": "floor",
}
# Arguments that shape no result: who is named in errors, and what only checks.
TEXTS = {"source", "strict"}


def python_mutants(path: str, source: str, functions: tuple[str, ...] = ()) -> list[Mutant]:
    """All mutants of a file, or those within some of its functions."""
    finder = _Finder(path, source)
    finder.visit(ast.parse(source))
    return [
        mutant for mutant in finder.found if not functions or mutant.function.startswith(functions)
    ]


class _Finder(ast.NodeVisitor):
    def __init__(self, path: str, source: str) -> None:
        self.path, self.source = path, source
        self.found: list[Mutant] = []
        self.scopes: list[str] = []
        self.lines = [line.encode() for line in source.splitlines(keepends=True)]
        self.offsets = [0]
        for line in self.lines:
            self.offsets.append(self.offsets[-1] + len(line.decode()))

    def at(self, line: int, column: int) -> int:
        return self.offsets[line - 1] + len(self.lines[line - 1][:column].decode())

    def span(self, node: ast.expr | ast.stmt | ast.keyword) -> tuple[int, int]:
        end = self.at(node.end_lineno or 0, node.end_col_offset or 0)  # every node has both
        return self.at(node.lineno, node.col_offset), end

    def replace(self, start: int, end: int, new: str) -> None:
        self.found.append(Mutant(self.path, ".".join(self.scopes), start, end, new))

    def replace_between(self, left: ast.expr, right: ast.expr, old: str, new: str) -> None:
        """The operator, which stands between two operands and their brackets."""
        begin, end = self.span(left)[1], self.span(right)[0]
        start = self.source.index(old, begin, end)
        self.replace(start, start + len(old), new)

    def negate(self, condition: ast.expr) -> None:
        start, end = self.span(condition)
        self.replace(start, end, f"(not ({self.source[start:end]}))")

    def drop(self, statement: ast.stmt) -> None:
        self.replace(*self.span(statement), "pass")

    def visit_all(self, *nodes: ast.AST | None) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def visit_scope(self, node: ast.ClassDef | ast.FunctionDef) -> None:
        self.scopes.append(node.name)
        self.visit_all(*node.body)
        self.scopes.pop()

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.visit_scope(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        if any(
            isinstance(mark, ast.Name) and mark.id == "overload" for mark in node.decorator_list
        ):
            return
        self.scopes.append(node.name)
        self.visit_all(*node.args.defaults, *node.args.kw_defaults)
        self.scopes.pop()
        self.visit_scope(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.visit_all(node.value)

    def visit_Assign(self, node: ast.Assign) -> None:
        if any(isinstance(target, ast.Subscript) for target in node.targets):
            self.drop(node)
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.drop(node)
        if type(node.op) in ARITHMETIC:
            old, new = ARITHMETIC[type(node.op)]
            self.replace_between(node.target, node.value, f"{old}=", f"{new}=")
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Constant):
            return
        self.drop(node)
        self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> None:
        self.drop(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        pass

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if type(node.op) in ARITHMETIC and not self.joins_texts(node):
            self.replace_between(node.left, node.right, *ARITHMETIC[type(node.op)])
        self.generic_visit(node)

    def joins_texts(self, node: ast.BinOp) -> bool:
        texts = (ast.JoinedStr, ast.List)
        return any(
            isinstance(side, texts)
            or (isinstance(side, ast.Constant) and isinstance(side.value, str))
            for side in (node.left, node.right)
        )

    def visit_Compare(self, node: ast.Compare) -> None:
        operands = pairwise((node.left, *node.comparators))
        for operator, (left, right) in zip(node.ops, operands, strict=True):
            self.replace_between(left, right, *COMPARISONS[type(operator)])
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in pairwise(node.values):
            self.replace_between(left, right, old, new)
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        start = self.span(node)[0]
        self.replace(start, start + (len("not ") if isinstance(node.op, ast.Not) else 1), "")
        self.generic_visit(node)

    def visit_If(self, node: ast.If) -> None:
        self.negate(node.test)
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self.negate(node.test)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        for condition in node.ifs:
            self.negate(condition)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        for new in _other_values(node.value):
            self.replace(*self.span(node), new)

    def visit_Name(self, node: ast.Name) -> None:
        if node.id in SWAPPED:
            self.replace(*self.span(node), SWAPPED[node.id])

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if node.attr in SWAPPED:
            end = self.span(node)[1]
            self.replace(end - len(node.attr), end, SWAPPED[node.attr])
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        for keyword in node.keywords:
            if keyword.arg is not None and not _is_text(keyword):
                self.drop_argument(keyword)
        self.generic_visit(node)

    def drop_argument(self, keyword: ast.keyword) -> None:
        start, end = self.span(keyword)
        rest = self.source[end:]
        if rest.lstrip().startswith(","):
            end += rest.index(",") + 1
        else:
            start = max(self.source.rfind(mark, 0, start) + (mark == "(") for mark in ",(")
        self.replace(start, end, "")


def _is_text(keyword: ast.keyword) -> bool:
    if keyword.arg == "where":  # also that of NumPy, which is an array
        value = keyword.value
        return isinstance(value, ast.JoinedStr | ast.Constant) or (
            isinstance(value, ast.Name) and value.id == "where"
        )
    return keyword.arg in TEXTS


def _other_values(value: object) -> Iterator[str]:
    if isinstance(value, bool):
        yield str(not value)
    elif isinstance(value, int):
        yield str(value + 1)
        if value > 0:
            yield str(value - 1)
    elif isinstance(value, float):
        yield repr(2.0 * value if value else 1.0)
