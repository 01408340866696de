"""Mutants of a C++ file: what regular expressions find in lines that clang-format has laid out.

Left out are comments, the preprocessor's lines, declarations of templates and static_assert.
"""

import re
from collections.abc import Iterator

from mutation.mutant import Mutant

NO_CODE = re.compile(r"\s*(//|#|template\b|static_assert|using\b|namespace\b|class\b|struct\b|\})")
OPERATORS = {
    " + ": " - ",
    " - ": " + ",
    " * ": " / ",
    " / ": " * ",
    " % ": " * ",
    " += ": " -= ",
    " -= ": " += ",
    " *= ": " /= ",
    " < ": " <= ",
    " <= ": " < ",
    " > ": " >= ",
    " >= ": " > ",
    " == ": " != ",
    " != ": " == ",
    " && ": " || ",
    " || ": " && ",
    " & ": " | ",
    " | ": " & ",
    " ^ ": " | ",
    " |= ": " = ",
    " << ": " >> ",
    " >> ": " << ",
}
# Of a choice the boundary mostly makes no difference: a < b ? a : b is a minimum either way.
IN_A_CHOICE = {" < ": " >= ", " <= ": " > ", " > ": " <= ", " >= ": " < "}
OPERATOR = re.compile(
    "|".join(re.escape(text) for text in sorted(OPERATORS, key=len, reverse=True))
)
NUMBER = re.compile(r"(?<![\w.\"'])(\d+\.\d+(?:e[+-]?\d+)?f?|0x[0-9a-f]+u?|\d+u?)(?![\w.])")
CONDITION = re.compile(r"\bif (?:constexpr )?\(")
STATEMENT = re.compile(
    r"\s+(?!return\b|case\b|else\b|for\b|if\b|while\b)[\w.:\[\]>*+-]+(<\w+>)?"
    r"( [-+*/|&^]?= |\().*;$"
)
WORD = {"true": "false", "false": "true", "min": "max", "max": "min", "none": "all"}
WORDS = re.compile(r"\b(true|false|min|max)\b|(?<=Cover::)none\b")
MEMBER = re.compile(r"(?<=\w)\.([xyz])\b")
NEXT_MEMBER = {"x": "y", "y": "z", "z": "x"}
BEGINS_FUNCTION = re.compile(r"(?! )(?!namespace|#|//|template|using|struct|class)[\w:].*?(\w+)\(")
BEGINS_METHOD = re.compile(r"  (?!for|if|while|switch|else|return)[\w:<>]+[ &*].*?\b(\w+)\(.*[{}]$")
BEGINS_CONSTRUCTOR = re.compile(r"  ([A-Z]\w+)\([^;]*$")
BEGINNINGS = (BEGINS_FUNCTION, BEGINS_METHOD, BEGINS_CONSTRUCTOR)


def cpp_mutants(path: str, source: str, functions: tuple[str, ...] = ()) -> list[Mutant]:
    """All mutants of a file, or those within some of its functions."""
    found = []
    offset, function, ended = 0, "", True
    for line in source.splitlines(keepends=True):
        begins = next(filter(None, (begin.match(line) for begin in BEGINNINGS)), None)
        function = begins[1] if begins else function
        code = line.split("//")[0].rstrip()
        if code and not NO_CODE.match(code) and (not functions or function in functions):
            declares = bool(begins) and "{" not in code
            for start, end, new in () if declares else _changes(code, ended):
                found.append(Mutant(path, function, offset + start, offset + end, new))
        if code:
            ended = code.endswith((";", "{", "}", ":"))
        offset += len(line)
    return found


def _changes(code: str, begins_statement: bool) -> Iterator[tuple[int, int, str]]:
    for match in OPERATOR.finditer(code):
        chooses = " ? " in code[match.end() :] and match[0] in IN_A_CHOICE
        yield *match.span(), (IN_A_CHOICE if chooses else OPERATORS)[match[0]]
    for match in NUMBER.finditer(code):
        if "alignas(" not in code[: match.start()]:
            yield from ((*match.span(), new) for new in _other_numbers(match[0]))
    for match in WORDS.finditer(code):
        yield *match.span(), WORD[match[0]]
    for match in MEMBER.finditer(code):
        yield *match.span(1), NEXT_MEMBER[match[1]]
    for match in CONDITION.finditer(code):
        end = _closing(code, match.end() - 1)
        if end and "constexpr" not in match[0]:
            yield match.end(), end, f"!({code[match.end() : end]})"
    if begins_statement and STATEMENT.match(code) and code.count("(") == code.count(")"):
        yield len(code) - len(code.lstrip()), len(code), ";"


def _closing(code: str, opening: int) -> int:
    """Where the bracket at `opening` closes on the same line, or 0."""
    depth = 0
    for index in range(opening, len(code)):
        depth += (code[index] == "(") - (code[index] == ")")
        if depth == 0:
            return index
    return 0


def _other_numbers(text: str) -> Iterator[str]:
    if "." in text:
        value = float(text.rstrip("f"))
        yield (repr(2.0 * value) if value else "1.0") + "f" * text.endswith("f")
        return
    suffix = "u" * text.endswith("u")
    value = int(text.rstrip("u"), 0)
    yield f"{value + 1}{suffix}"
    if value > 1:
        yield f"{value - 1}{suffix}"
