"""What is wrong with a settings file, and where."""

from collections.abc import Iterable
from difflib import get_close_matches

from conf.exit_codes import ExitCode


class SettingsError(ValueError):
    """A settings file cannot be used; the text holds one `file:line: what, what was found, what to do` per fault."""

    exit_code = ExitCode.USAGE


def nearest(word: str, names: Iterable[str]) -> str:
    """`; did you mean 'email'?` where a known name is near, else an empty text."""
    match = get_close_matches(word, sorted(names), n=1, cutoff=0.6)
    return f"; did you mean {match[0]!r}?" if match else ""
