"""The campaign team's policy: its expression language, and whom it lets be contacted."""

from collections.abc import Mapping

from conf.expressions.errors import Origin, PolicyError
from conf.expressions.lexer import MAX_LEVELS, Cursor
from conf.expressions.parser import Parser
from conf.expressions.tree import Expression, Kind, check_result, columns_of, walk

__all__ = ["Expression", "Kind", "Origin", "PolicyError", "columns_of", "parse"]


def parse(text: str, columns: Mapping[str, Kind], *, result: Kind, origin: Origin) -> Expression:
    """Read an expression.

    Args:
        text: at most 2,000 letters and 400 words and signs, at most 40 levels deep.
        columns: the columns it may read, and of which kind each is.
        result: the kind that it must come to: BOOL for a rule, NUMBER for a value.
        origin: where the text stands, for errors.

    Raises:
        PolicyError: the text is no such expression; names file, line, column, what was expected and the nearest word.
    """
    cursor = Cursor(text, origin)
    start = cursor.token
    expression = Parser(cursor, columns).whole()
    if max(level for _, level in walk(expression)) > MAX_LEVELS:
        cursor.fail_depth()
    with cursor.typed(start):
        check_result(expression, result)
    return expression
