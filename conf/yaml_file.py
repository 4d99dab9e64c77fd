"""Reads a YAML file into plain data that remembers its lines, and refuses what settings have no use for."""

from dataclasses import dataclass, field
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
PLAIN_TAGS = {
    f"tag:yaml.org,2002:{kind}" for kind in ("null", "bool", "int", "float", "str", "timestamp", "seq", "map")
}


@dataclass(frozen=True)
class Document:
    """Plain data and the line of every value in it.

    Attributes:
        lines: path of keys and positions -> 1-based line of the key (in a mapping) or of the value (in a list).
    """

    path: Path
    data: Any
    lines: dict[Location, int] = field(default_factory=dict)

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
        _refuse_bombs(text, path)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise SettingsError(f"{path}:{mark.line + 1 if mark else 1}: {error.problem}") from error
    except yaml.YAMLError as error:
        raise SettingsError(f"{path}: not YAML that settings can hold: {type(error).__name__}") from error
    document = Document(path, {} if node is None else None)
    return document if node is None else Document(path, _plain(node, (), document), document.lines)


def _refuse_bombs(text: str, path: Path) -> None:
    """Aliases let a few lines unfold into gigabytes, and brackets fill the stack, so both are seen before they act."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise SettingsError(f"{path}:{_line(event)}: anchors and aliases (&, *) are not used in settings")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise SettingsError(f"{path}:{_line(event)}: nested deeper than {MAX_DEPTH} levels")


def _plain(node: yaml.Node, location: Location, document: Document) -> Any:
    document.lines.setdefault(location, _line(node))
    if node.tag not in PLAIN_TAGS:
        raise SettingsError(f"{document.path}:{_line(node)}: tags ({node.tag}) are not used in settings")
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, location, document)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*location, position), document) for position, item in enumerate(node.value)]
    return _scalar(node, document)


def _mapping(node: yaml.MappingNode, location: Location, document: Document) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key, line = str(key_node.value), _line(key_node)
        if key in plain:
            raise SettingsError(f"{document.path}:{line}: the key {key!r} is given twice")
        document.lines[(*location, key)] = line
        plain[key] = _plain(value_node, (*location, key), document)
    return plain


def _scalar(node: yaml.Node, document: Document) -> Any:
    try:
        return yaml.SafeLoader("").construct_object(node)
    except (ValueError, yaml.YAMLError) as error:
        line = _line(node)
        raise SettingsError(f"{document.path}:{line}: {node.value[:MAX_SHOWN]!r} is not a date or number") from error


def _line(node: yaml.Node | yaml.Event) -> int:
    return node.start_mark.line + 1 if node.start_mark else 1
