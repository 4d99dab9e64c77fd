"""Secrets live in the environment; settings only name them."""

import os

from conf.errors import SettingsError


def secret(reference: str) -> bytes:
    """The bytes behind `env:NAME`.

    Raises:
        SettingsError: the variable is not set, or empty.
    """
    name = reference.removeprefix("env:")
    value = os.environb.get(name.encode(), b"")  # the bytes themselves: as text they would depend on the locale
    if not value:
        raise SettingsError(f"the environment variable {name} is not set; policy.yaml takes a salt from it")
    return value
