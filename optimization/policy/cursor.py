"""The place in the tokens that the parser has come to, and the errors that it can raise there."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from optimization.policy.errors import Origin, PolicyError
from optimization.policy.tokens import Token, Unreadable, tokens
from optimization.policy.types import WrongKind

MAX_LENGTH = 2_000
MAX_LEVELS = 40


class Cursor:
    """Reads the tokens of one text from left to right."""

    def __init__(self, text: str, origin: Origin) -> None:
        self._text = text
        self._origin = origin
        if len(text) > MAX_LENGTH:
            self.fail(f"an expression has at most {MAX_LENGTH} letters; this one has {len(text)}", 0)
        try:
            self._tokens = list(tokens(text))
        except Unreadable as unreadable:
            self.fail(str(unreadable), unreadable.offset)
        self._next = 0
        self._level = 0

    @property
    def token(self) -> Token:
        """The token to be read next."""
        return self._tokens[self._next]

    @property
    def at_end(self) -> bool:
        """Whether all tokens are read."""
        return self.token.kind == "end"

    def peek(self, ahead: int = 1) -> Token:
        """The token that many places further on; the last one where there are no more."""
        return self._tokens[min(self._next + ahead, len(self._tokens) - 1)]

    def advance(self) -> Token:
        """Read the next token, whatever it is."""
        token = self.token
        self._next = min(self._next + 1, len(self._tokens) - 1)
        return token

    def take(self, *written: str) -> Token | None:
        """Read the next token if it is one of these words or signs."""
        if self.token.kind in ("word", "symbol") and self.token.written in written:
            return self.advance()
        return None

    def expect(self, written: str, what: str) -> Token:
        """Read this word or sign; `what` says it in the error where something else stands."""
        return self.take(written) or self.fail_expected(what)

    def fail(self, message: str, offset: int | None = None) -> NoReturn:
        """Raise the error at an offset; at the next token where none is said."""
        at = self.token.offset if offset is None else offset
        raise PolicyError(message, text=self._text, offset=at, origin=self._origin) from None

    def fail_expected(self, what: str) -> NoReturn:
        """Raise that something else stands where `what` was expected."""
        found = repr(self.token.written) if self.token.written else "the end"
        self.fail(f"expected {what}, found {found}")

    @contextmanager
    def nested(self) -> Iterator[None]:
        """One level deeper; refuses more levels than MAX_LEVELS before Python's own stack would."""
        self._level += 1
        if self._level > MAX_LEVELS:
            self.fail_depth()
        yield
        self._level -= 1

    def fail_depth(self) -> NoReturn:
        """Raise that the expression is too deep."""
        self.fail(f"an expression is at most {MAX_LEVELS} levels deep; split it into several rules")

    @contextmanager
    def typed(self, token: Token) -> Iterator[None]:
        """Turn a wrong kind into an error at this token."""
        try:
            yield
        except WrongKind as wrong:
            self.fail(str(wrong), token.offset)
