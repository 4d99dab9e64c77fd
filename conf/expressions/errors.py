"""The error of an expression of the policy that cannot be read."""

from dataclasses import dataclass

from conf.exit_codes import ExitCode

LINE_SHOWN = 100
"""Characters of the expression that an error repeats, so that hostile text cannot fill a log."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the text of an expression stands.

    Attributes:
        file: the settings file, as a reader would open it.
        line, column: of the text's first character, from 1.
        name: what the expression is for, such as `rules 'adults only' never_when`.
    """

    file: str
    line: int
    name: str
    column: int = 1


class PolicyError(Exception):
    """An expression that means nothing: correct it in the file, at the line and column named.

    Attributes:
        file, line, column: of the character that is wrong; the column counts from 1.
    """

    exit_code = ExitCode.POLICY

    def __init__(self, message: str, *, text: str, offset: int, origin: Origin) -> None:
        before = text[:offset]
        line_start = before.rfind("\n") + 1
        self.file = origin.file
        self.line = origin.line + before.count("\n")
        self.column = offset - line_start + (origin.column if line_start == 0 else 1)
        line = text[line_start:].partition("\n")[0]
        super().__init__(
            f"{self.file}:{self.line}:{self.column}: {origin.name}: {message}\n" + _pointed(line, offset - line_start)
        )


def _pointed(line: str, offset: int) -> str:
    """The line with a caret under the character at the offset; what cannot be printed shows as `?`."""
    start = max(0, offset - LINE_SHOWN // 2)
    shown = "".join(letter if letter.isprintable() else "?" for letter in line[start : start + LINE_SHOWN])
    return f"    {shown}\n    {' ' * (offset - start)}^"
