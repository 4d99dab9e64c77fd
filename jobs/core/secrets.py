"""Reads secrets from environment variables, which settings name; they are looked up when they are used."""

import os

from conf.errors import SettingsError
from conf.secret_literals import REFERENCE

SPACE = 0x20


def secret(reference: str, key: str = "a salt of policy.yaml") -> bytes:
    """The bytes behind `env:NAME`; `key` is the setting, for the error.

    Raises:
        SettingsError: the variable is not set, or empty.
    """
    name = reference.removeprefix("env:")
    value = os.environb.get(name.encode(), b"")  # the bytes themselves: as text they would depend on the locale
    if not value:
        raise SettingsError(f"the environment variable {name} is not set; {key} is taken from it")
    return value


def salt(reference: str) -> bytes:
    """The secret of a draw, without the blanks and line ends that shells and files leave around it.

    Raises:
        SettingsError: the variable is not set or blank, holds a control character, or quotes as a part of the value.
    """
    value = secret(reference).strip()
    name = reference.removeprefix("env:")
    if not value:
        raise SettingsError(f"the environment variable {name} is blank; a salt of policy.yaml is taken from it")
    if any(byte < SPACE for byte in value):
        raise SettingsError(f"the environment variable {name} holds a line end or another control character")
    if len(value) > 1 and value[0] == value[-1] and value[:1] in {b"'", b'"'}:
        raise SettingsError(f"the environment variable {name} has quotes as a part of its value; take them away")
    return value


def looked_up(value: str, key: str) -> str:
    """A setting's text, or what the environment holds where the setting is `env:NAME`.

    Raises:
        SettingsError: the variable is not set, empty, or no UTF-8.
    """
    if not REFERENCE.fullmatch(value):
        return value
    try:
        return secret(value, key).decode()
    except UnicodeDecodeError:
        name = value.removeprefix("env:")
        raise SettingsError(f"the environment variable {name} is not UTF-8; {key} is taken from it") from None
