"""Finds secrets written into settings, where only the name of an environment variable may stand."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from conf.yaml_file import Document, Location

REFERENCE = re.compile(r"env:[A-Z][A-Z0-9_]*")
_WORDS = r"passw(?:or)?d|passphrase|pwd|secret|token|salt|credential|(?:api|access|private|account)[._-]?key"
_SECRET_KEY = re.compile(_WORDS)
_ABOUT_A_SECRET = {"provider", "providers", "path", "file", "type", "class", "enabled", "length", "interval"}
"""Last words of keys that say where a secret is or how it is used: `fs.s3a.aws.credentials.provider` is a class."""
_URL_WITH_PASSWORD = re.compile(r"://[^:/@\s]*:[^@]*@")
_URL_WITH_TOKEN = re.compile(r"^https?://[^/\s]*@", re.IGNORECASE)
"""Of a web address, whatever stands in the place of the user: servers take a token there."""
_ASSIGNED = re.compile(rf"(?:[?&;]|-D)[\w.-]*(?:{_WORDS}|signature)[\w.-]*=", re.IGNORECASE)
"""A secret inside a longer value: a parameter of an address, or a Java option."""
_NAMES_OF_COLUMNS = {"columns", "constants", "attributes", "where"}
"""Mappings whose keys are columns of the customer's own tables."""
_RESOLVED = (("deployment", "mlflow", "tracking_uri"), ("deployment", "spark", "settings"))


def secret_literals(documents: Mapping[str, Document]) -> list[str]:
    """One `file:line` sentence for every secret that stands in the files itself; the secret is never repeated."""
    return [fault for name, document in documents.items() for fault in _faults(name, document)]


def looks_secret(key: str) -> bool:
    """Whether a key is that of a secret: `spark.hadoop.fs.s3a.secret.key`, `keyPassword`, `SALT`."""
    last = re.split(r"[._-]", key)[-1].lower()
    return _SECRET_KEY.search(key.lower()) is not None and last not in _ABOUT_A_SECRET


def _faults(name: str, document: Document) -> Iterator[str]:
    for location, value in _leaves(document.data, ()):
        fault = _fault((name, *location), value)
        if fault:
            key = ".".join(str(step) for step in location)
            yield f"{document.path}:{document.line(location)}: {key}: {fault}"


def _leaves(value: Any, location: Location) -> Iterator[tuple[Location, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*location, key))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _leaves(inner, (*location, position))
    else:
        yield location, value


def _fault(location: Location, value: Any) -> str:
    """What is wrong with one value, empty where nothing is."""
    text, is_reference = str(value), isinstance(value, str) and REFERENCE.fullmatch(value) is not None
    if not is_reference and _is_secret(location, value):
        return "a secret is not written into settings; write env:NAME and put it into that environment variable"
    if _URL_WITH_PASSWORD.search(text) or _URL_WITH_TOKEN.search(text) or _ASSIGNED.search(text):
        return "an address or option with a secret in it; write env:NAME for the whole of it"
    if is_reference and not _is_secret(location, value) and not _is_resolved(location):
        return f"{text} would not be looked up here; only secrets, Spark settings and mlflow.tracking_uri are"
    return ""


def _is_secret(location: Location, value: Any) -> bool:
    """Whether the key of a value is that of a secret; a further number of offers.csv is called as its owner likes."""
    keys = [step for step in location if isinstance(step, str)]
    is_column = len(keys) > 1 and keys[-2] in _NAMES_OF_COLUMNS
    if value is None or isinstance(value, bool) or is_column or not looks_secret(keys[-1]):
        return False
    return keys[0] not in ("offers", "channels") or not re.fullmatch(r"-?[0-9.]+", str(value))


def _is_resolved(location: Location) -> bool:
    return any(location[: len(place)] == place for place in _RESOLVED)
