"""The text of an expression, cut into tokens."""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, NoReturn

from conf.expressions.errors import Origin, PolicyError
from conf.expressions.tree import WrongKind

MAX_TOKENS = 400

TokenKind = Literal["number", "word", "text", "symbol", "end"]

SPACE = re.compile(r"[ \t\r\n]*")
TOKEN = re.compile(
    r"""(?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
      | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<text>'(?:[^']|'')*'|"(?:[^"]|"")*")
      | (?P<symbol><=|>=|!=|[-+*/=<>(),])""",
    re.VERBOSE,
)
FOREIGN = re.compile(r"==|<>|&&|\|\||!(?!=)|`|\.")
OURS = {"==": "=", "<>": "!=", "&&": "and", "||": "or", "!": "not", "`": "the bare name", ".": "0.5 for a half"}
"""What other languages write -> what to write here."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text: its kind, how it is written (`written` is empty at the end) and where it begins."""

    kind: TokenKind
    written: str
    offset: int


class Unreadable(Exception):
    """No token can be cut at this offset of the text."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


def tokens(text: str) -> Iterator[Token]:
    """Cut the text; the last token is of kind `end`.

    Raises:
        Unreadable: a character that the language does not have, an open quote, or more than MAX_TOKENS tokens.
    """
    offset = _after_space(text, 0)
    for _ in range(MAX_TOKENS):
        if offset == len(text):
            yield Token("end", "", offset)
            return
        token = _token_at(text, offset)
        yield token
        offset = _after_space(text, offset + len(token.written))
    raise Unreadable(f"an expression has at most {MAX_TOKENS} words and signs; split it into several rules", offset)


def _after_space(text: str, offset: int) -> int:
    match = SPACE.match(text, offset)
    return match.end() if match else offset


def _token_at(text: str, offset: int) -> Token:
    if foreign := FOREIGN.match(text, offset):
        raise Unreadable(f"{foreign.group()!r} is not of this language; write {OURS[foreign.group()]}", offset)
    match = TOKEN.match(text, offset)
    if match is None:
        raise Unreadable(_unexpected(text[offset]), offset)
    token = Token(_kind(match), match.group(), offset)
    if token.kind == "number" and re.match(r"[\w.]", text[match.end() : match.end() + 1]):
        raise Unreadable("a number looks like 12, 0.5 or 1e6 and ends before a space or a sign", offset)
    if token.kind == "text":
        _check_visible(token)
    return token


def _kind(match: re.Match[str]) -> TokenKind:
    kinds: tuple[TokenKind, ...] = ("number", "word", "text", "symbol")
    return next(kind for kind in kinds if match.group(kind) is not None)


def _unexpected(letter: str) -> str:
    if letter in "'\"":
        return f"the text that begins here has no closing {letter}"
    if letter.isascii() and letter.isprintable():
        return f"{letter!r} has no meaning here"
    like = unicodedata.normalize("NFKC", letter)
    hint = f"; did you mean {like!r}?" if like.isascii() and like != letter and like.isprintable() else ""
    return f"{_named(letter)} may stand only within quotes{hint}"


def _check_visible(token: Token) -> None:
    """Refuse letters that cannot be seen: two texts that look the same would compare as different."""
    for index, letter in enumerate(token.written):
        if not letter.isprintable():
            raise Unreadable(f"{_named(letter)} cannot be seen, and so has no place in a text", token.offset + index)


def _named(letter: str) -> str:
    return f"U+{ord(letter):04X} ({unicodedata.name(letter, 'a control character').lower()})"


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
        actual = repr(self.token.written) if self.token.written else "the end"
        self.fail(f"expected {what}, found {actual}")

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
