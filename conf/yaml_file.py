"""Reads a YAML file into plain data that remembers its lines, and refuses what settings have no use for.

A scalar is read as most people write it: `true`, `null`, 12, 0.5, 1e-4 and 2026-01-31 are what they look like, and
every other scalar is text. `yes`, `no`, `on` and `off` are texts too; where true or false is wanted they mean it.
What YAML 1.1 takes for another number than it looks like is refused.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from conf.errors import SettingsError

Location = tuple[str | int, ...]
MAX_BYTES = 1_000_000
MAX_DEPTH = 20
"""Levels of nesting; settings have seven."""
MAX_SHOWN = 60
"""Characters of a value that an error repeats."""
_TEXT = "tag:yaml.org,2002:str"
_BOOLEANS = {"true", "True", "TRUE", "false", "False", "FALSE"}
_NULLS = {"", "~", "null", "Null", "NULL"}
_SIMPLE: tuple[tuple[re.Pattern[str], Callable[[str], Any]], ...] = (
    (re.compile(r"[-+]?(0|[1-9][0-9]*)", re.ASCII), int),
    (re.compile(r"[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)(e[-+]?[0-9]+)?", re.ASCII | re.IGNORECASE), float),
    (re.compile(r"[-+]?\.inf|\.nan", re.ASCII | re.IGNORECASE), lambda word: float(word.replace(".", ""))),
    (re.compile(r"\d{4}-\d\d-\d\d", re.ASCII), date.fromisoformat),
)
"""How a plain scalar is written -> what it is."""
_DOUBTFUL = (
    (re.compile(r"[-+]?0[0-9_]+(\.[0-9_]*)?(e[-+]?[0-9]+)?", re.ASCII | re.IGNORECASE), "a leading zero"),
    (re.compile(r"[-+]?0[xob][0-9a-f_]+", re.ASCII | re.IGNORECASE), "the sign of another base than ten"),
    (re.compile(r"[-+]?[0-9][0-9_]*(\.[0-9_]*)?(e[-+]?[0-9]+)?", re.ASCII | re.IGNORECASE), "an underscore"),
    (re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?", re.ASCII), "a colon"),
)
"""Scalars that programs read as different numbers: `0100` is 64, `12:30` is 750, `1_000` is 1000 to some of them."""
ADVICE = "a number is written in the digits 0 to 9, without zeros before it, and a text in quotes"
_HINTS = {
    "mapping values are not allowed here": "a text with a colon and a blank in it is put in quotes",
    "found character '\\t' that cannot start any token": "lines are indented with blanks, not with tabs",
    "cannot start any token": "a text that begins with this sign is put in quotes",
    "expected alphabetic or numeric character": "a text that begins with * or & is put in quotes",
    "while parsing a flow": "a text with [ ] { } in it is put in quotes",
    "found unexpected end of stream": "a quote is not closed",
}
"""What the parser says -> what is meant by it most often."""


@dataclass(frozen=True)
class Document:
    """Plain data and the line of every value in it.

    Attributes:
        lines: path of keys and positions -> 1-based line of the key (in a mapping) or of the value (in a list).
        unquoted: while a text is read: where scalars without quotes begin in it.
    """

    path: Path
    data: Any
    lines: dict[Location, int] = field(default_factory=dict)
    unquoted: frozenset[int] = field(default=frozenset(), repr=False, compare=False)

    def line(self, location: Location) -> int:
        """The line of the value at `location`, or of the nearest enclosing one."""
        for end in range(len(location), 0, -1):
            if location[:end] in self.lines:
                return self.lines[location[:end]]
        return 1


def read_yaml(path: Path) -> Document:
    """Read one YAML file.

    Raises:
        SettingsError: not readable, not UTF-8, too large, too deep, not YAML, an anchor or alias, a tag, or a key given
            twice.
    """
    return parse_yaml(read_text(path), path)


def read_text(path: Path, *, encoding: str = "utf-8") -> str:
    """The text of a settings file; of a larger one than settings may be, no more is read than shows that.

    Raises:
        SettingsError: not readable, not UTF-8, too large.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise SettingsError(f"{path}: a settings file has at most {MAX_BYTES} bytes")
        return raw.decode(encoding)
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: byte {error.start} is not UTF-8; save the file as UTF-8") from error


def parse_yaml(text: str, path: Path) -> Document:
    """As `read_yaml`, of a text; `path` is named in errors."""
    try:
        unquoted = _checked(text, path)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = str(error.problem)
        hint = next((hint for part, hint in _HINTS.items() if part in f"{error.context} {problem}"), "")
        raise SettingsError(f"{path}:{mark.line + 1 if mark else 1}: {problem}{hint and '; '}{hint}") from error
    except yaml.YAMLError as error:
        raise SettingsError(f"{path}: not YAML that settings can hold: {type(error).__name__}") from error
    if node is None:
        return Document(path, {})
    return Document(path, _plain(node, (), document := Document(path, None, unquoted=unquoted)), document.lines)


def _checked(text: str, path: Path) -> frozenset[int]:
    """Where scalars without quotes and tag begin.

    Aliases let a few lines unfold into gigabytes, and brackets fill the stack, so both are seen before they act.
    """
    depth, unquoted = 0, set()
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            said = "anchors and aliases (&, *) are not used in settings; a text that begins so is put in quotes"
            raise SettingsError(f"{path}:{_line(event)}: {said}")
        tag = getattr(event, "tag", None)
        if tag not in (None, _TEXT):
            raise SettingsError(f"{path}:{_line(event)}: tags ({tag}) are not used in settings")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise SettingsError(f"{path}:{_line(event)}: nested deeper than {MAX_DEPTH} levels")
        if isinstance(event, yaml.ScalarEvent) and event.implicit[0] and event.start_mark:
            unquoted.add(event.start_mark.index)
    return frozenset(unquoted)


def _plain(node: yaml.Node, location: Location, document: Document) -> Any:
    document.lines.setdefault(location, _line(node))
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, location, document)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*location, position), document) for position, item in enumerate(node.value)]
    return _scalar(node, location, document)


def _mapping(node: yaml.MappingNode, location: Location, document: Document) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = _line(key_node)
        if not isinstance(key_node, yaml.ScalarNode):
            raise SettingsError(f"{document.path}:{line}: a key is a text, not a list or a mapping")
        key = str(key_node.value)
        if key in plain:
            raise SettingsError(f"{document.path}:{line}: the key {key!r} is given twice")
        document.lines[(*location, key)] = line
        plain[key] = _plain(value_node, (*location, key), document)
    return plain


def _scalar(node: yaml.Node, location: Location, document: Document) -> Any:
    """What a scalar is; keys and what stands in quotes are texts whatever they look like."""
    text = str(node.value)
    if node.start_mark.index not in document.unquoted:
        return text
    try:
        return _typed(text)
    except ValueError as error:
        key = "".join(f"{step}: " for step in location[-1:] if isinstance(step, str))
        raise SettingsError(f"{document.path}:{_line(node)}: {key}{error}") from None


def _typed(text: str) -> Any:
    """The value of a plain scalar.

    Raises:
        ValueError: why it is neither a number nor a text. Only dates are repeated: another value may be a secret.
    """
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return text.lower() == "true"
    for pattern, made_from in _SIMPLE:
        if pattern.fullmatch(text):
            try:
                return made_from(text)
            except ValueError:
                raise ValueError(f"{text[:MAX_SHOWN]!r} is not a date or number") from None
    for pattern, feature in _DOUBTFUL:
        if pattern.fullmatch(text):
            raise ValueError(f"it has {feature}, and programs differ in what number that is; {ADVICE}")
    return text


def _line(node: yaml.Node | yaml.Event) -> int:
    return node.start_mark.line + 1 if node.start_mark else 1
