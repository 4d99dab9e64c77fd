"""The expression language of the policy: text in, typed tree out. docs/expressions.md says what expressions mean."""

from collections.abc import Mapping

from optimization.policy.cursor import MAX_LEVELS, Cursor
from optimization.policy.errors import Origin, PolicyError
from optimization.policy.parser import Parser
from optimization.policy.tree import Expression, Kind, columns_of, walk
from optimization.policy.types import check_result

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
