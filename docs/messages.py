"""The messages of errors and warnings in the sources, with a placeholder for each value.

Found are the calls that make an exception or a warning, and the literal parts of what is said.
Where a function is handed a part of the message, its callers are looked at for it.
"""

import ast
import builtins
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

DEPTH = 4  # functions that hand a message on, one to the next
MOST = 24  # messages of one call; more are one with a placeholder
LIKE_ERRORS = {"ArgumentTypeError", "ArgumentError"}  # of argparse
SAYING = {"warn", "error"}  # `warnings.warn`, `parser.error`, `running.error`


@dataclass(frozen=True)
class Message:
    """What is said: the file it comes from, the kind of error, and the sentence."""

    file: str
    kind: str
    text: str


@dataclass
class Sources:
    """All modules of a package as trees, and which of their names are errors."""

    trees: dict[str, ast.Module]
    errors: set[str] = field(default_factory=set)
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)
    calls: dict[str, list[ast.Call]] = field(default_factory=dict)
    functions: dict[str, list[ast.FunctionDef]] = field(default_factory=dict)
    assigned: dict[ast.FunctionDef, dict[str, list[ast.expr]]] = field(default_factory=dict)

    @classmethod
    def of(cls, package: Path) -> "Sources":
        files = sorted(package.rglob("*.py"))
        read = {
            path.relative_to(package).as_posix(): ast.parse(path.read_text("utf-8"))
            for path in files
        }
        sources = cls(read)
        sources.errors = names_of_errors(sources.trees.values())
        for tree in sources.trees.values():
            for node in ast.walk(tree):
                for child in ast.iter_child_nodes(node):
                    sources.parents[child] = node
                if isinstance(node, ast.Call):
                    sources.calls.setdefault(name_of(node.func), []).append(node)
                if isinstance(node, ast.FunctionDef):
                    sources.functions.setdefault(node.name, []).append(node)
        return sources

    def function_around(self, node: ast.AST) -> ast.FunctionDef | None:
        while node in self.parents:
            node = self.parents[node]
            if isinstance(node, ast.FunctionDef):
                return node
        return None

    def module_of(self, node: ast.AST) -> ast.AST:
        while node in self.parents:
            node = self.parents[node]
        return node

    def values_of(self, name: str, function: ast.FunctionDef) -> list[ast.expr]:
        """What a function assigns to a name."""
        if function not in self.assigned:
            found = self.assigned[function] = {}
            for node in ast.walk(function):
                if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) and node.value:
                    for target in targets(node):
                        found.setdefault(name_of(target), []).append(node.value)
                if isinstance(node, ast.For | ast.comprehension):
                    found.setdefault(name_of(node.target), []).append(node.iter)
        return self.assigned[function].get(name, [])

    def returned_by(self, call: ast.Call) -> list[ast.expr]:
        """What the function returns or yields that is called, where it is clear which that is."""
        known = self.functions.get(name_of(call.func), [])
        here = [one for one in known if self.module_of(one) is self.module_of(call)]
        known = here or known
        inner = ast.walk(known[0]) if len(known) == 1 else ()
        gives = ast.Return | ast.Yield | ast.YieldFrom
        return [node.value for node in inner if isinstance(node, gives) and node.value]


def names_of_errors(trees: Iterable[ast.Module]) -> set[str]:
    """Those of Python, and every class that is derived from one of them."""
    values = vars(builtins).items()
    found = {n for n, v in values if isinstance(v, type) and issubclass(v, Exception)}
    found |= LIKE_ERRORS
    classes = [n for tree in trees for n in ast.walk(tree) if isinstance(n, ast.ClassDef)]
    before = 0
    while len(found) != before:
        before = len(found)
        found |= {one.name for one in classes if any(name_of(b) in found for b in one.bases)}
    return found


def name_of(node: ast.AST) -> str:
    """The last part of a dotted name, or nothing."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def messages(package: Path) -> list[Message]:
    """Those of a package, each once, in the order of its files."""
    sources = Sources.of(package)
    found: dict[Message, None] = {}
    for file, tree in sources.trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                for text in said_by(node, sources):
                    found[Message(file, kind_of(node, sources), text)] = None
    return list(found)


def kind_of(call: ast.Call, sources: Sources) -> str:
    name = name_of(call.func)
    if name != "warn":
        return name if name in sources.errors else "error"
    given = [*call.args[1:], *(k.value for k in call.keywords)]
    kinds = [name_of(one) for one in given if name_of(one) in sources.errors]
    return kinds[0] if kinds else "UserWarning"


def said_by(call: ast.Call, sources: Sources) -> list[str]:
    """The sentences of a call that makes an error or warns; of other calls none."""
    name = name_of(call.func)
    parts = call.args
    if name not in sources.errors:
        if name not in SAYING or not parts:
            return []
        parts = parts[:1]
    if name == "ArgumentError":
        parts = parts[1:]
    if not parts:
        return []
    choices = [texts(part, sources, DEPTH) for part in parts if not is_number(part)]
    joined = [": ".join(each) for each in itertools.islice(itertools.product(*choices), MOST)]
    return [text for text in map(tidy, joined) if re.search(r"[A-Za-z]{2}", bare(text))]


def is_number(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and not isinstance(node.value, str)


def bare(text: str) -> str:
    """A message without its placeholders."""
    return re.sub("‹[^›]*›|…", "", text)


def tidy(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def texts(node: ast.AST, sources: Sources, depth: int) -> list[str]:
    """What an expression may read as."""
    found = list(itertools.islice(_texts(node, sources, depth), MOST + 1))
    return list(dict.fromkeys(found)) if 0 < len(found) <= MOST else [placeholder(node)]


def _texts(node: ast.AST, sources: Sources, depth: int) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(value)):
            yield value
        case ast.Constant(value=value):
            yield str(value)
        case ast.JoinedStr(values=values):
            yield from _products(values, sources, depth)
        case ast.FormattedValue(value=value):
            yield from _within(value, sources, depth)
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            yield from _products([left, right], sources, depth)
        case ast.IfExp(body=body, orelse=orelse):
            yield from texts(body, sources, depth)
            yield from texts(orelse, sources, depth)
        case ast.BoolOp(values=values):
            for value in values:
                yield from texts(value, sources, depth)
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(value)), attr="format")):
            yield re.sub(r"{[^}]*}", "…", value)
        case ast.Call() if depth and sources.returned_by(node):
            for value in sources.returned_by(node):
                yield from texts(value, sources, depth - 1)
        case ast.Name() if depth:
            yield from _named(node, sources, depth - 1) or [placeholder(node)]
        case _:
            yield placeholder(node)


def _within(node: ast.AST, sources: Sources, depth: int) -> list[str]:
    """A value inside a sentence: told out where it is made of words."""
    found = texts(node, sources, min(depth, 3))
    in_words = any(re.search(r"[a-z]+ [a-z]+", bare(text)) for text in found)
    return found if in_words else [placeholder(node)]


def _products(nodes: list[ast.expr], sources: Sources, depth: int) -> Iterator[str]:
    choices = [texts(node, sources, depth) for node in nodes]
    yield from ("".join(each) for each in itertools.product(*choices))


def _named(node: ast.Name, sources: Sources, depth: int) -> list[str]:
    """What was assigned to a name in its function, or was handed to the function under it."""
    function = sources.function_around(node)
    if function is None:
        return []
    assigned = sources.values_of(node.id, function)
    handed = [] if assigned else _handed(function, node.id, sources)
    return [text for value in assigned or handed for text in texts(value, sources, depth)]


def targets(node: ast.Assign | ast.AnnAssign | ast.NamedExpr) -> list[ast.expr]:
    return node.targets if isinstance(node, ast.Assign) else [node.target]


def _handed(function: ast.FunctionDef, name: str, sources: Sources) -> list[ast.expr]:
    """The arguments that a parameter gets from those who call the function by its name."""
    places = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
    own = [one for one in places if one not in ("self", "cls")]
    every = [*own, *(one.arg for one in function.args.kwonlyargs)]
    if name not in every:
        return []
    owner = sources.parents.get(function)
    called = function.name
    if called == "__init__" and isinstance(owner, ast.ClassDef):
        called = owner.name
    found = []
    for call in sources.calls.get(called, []):
        place = own.index(name) if name in own else len(call.args)
        given = {k.arg: k.value for k in call.keywords}
        if name in given:
            found.append(given[name])
        elif place < len(call.args):
            found.append(call.args[place])
    return found


def placeholder(node: ast.AST) -> str:
    """‹name› for what has one, … for what is computed."""
    if isinstance(node, ast.FormattedValue):
        return placeholder(node.value)
    if isinstance(node, ast.Name | ast.Attribute):
        return f"‹{ast.unparse(node).lstrip('_')}›"
    return "…"


# Where the compiled module says what a caller of Python can meet. All else that it throws is a
# check of what Python has checked before, in words of its own.
MET_FROM_CPP = (
    "bindings/cuda/dlpack.hpp",
    "cpp/src/cube.cpp",
    "cpp/src/isa.cpp",
    "cpp/src/parallel.cpp",
    "cpp/src/text_lines.cpp",
    "cpp/src/threedl.cpp",
)
THROW = re.compile(r"\bthrow\s+([\w:]+)\((.*?)\);", re.DOTALL)
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"|\'((?:[^\'\\]|\\.)*)\'')


def messages_of_cpp(root: Path) -> list[Message]:
    """What the compiled module throws and callers of Python can meet, from its sources."""
    found: dict[Message, None] = {}
    for file in MET_FROM_CPP:
        for kind, inner in THROW.findall((root / file).read_text("utf-8")):
            text = text_of_cpp(inner)
            if re.search(r"[A-Za-z]{2}", bare(text)):
                known = kind.rpartition("::")[2]
                found[Message(file, OF_CPP.get(known, known), text)] = None
    return list(found)


OF_CPP = {
    "value_error": "ValueError",
    "type_error": "TypeError",
    "invalid_argument": "ValueError",
    "LutTextError": "LutFileError",
    "runtime_error": "RuntimeError",
}


def text_of_cpp(inner: str) -> str:
    """String literals with … for what stands between them."""
    text, at = "", 0
    for literal in LITERAL.finditer(inner):
        between = re.sub(r"[\s+()]|std::string", "", inner[at : literal.start()])
        text += ("…" if between else "") + (literal[1] or literal[2] or "")
        at = literal.end()
    text += "…" if re.sub(r"[\s+()]", "", inner[at:]) else ""
    return tidy(text.replace('\\"', '"').replace("\\n", " "))
