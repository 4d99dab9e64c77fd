"""Row rules: what blocks options for a customer by the customer's row alone (consents, past contacts, features)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from conf.expressions import Expression, columns_of
from conf.expressions.to_spark import to_column
from conf.policy import Rule
from conf.settings import Settings
from jobs.candidates.bitset import to_bitset, width
from jobs.candidates.bitset_columns import literal, meets, union, word_columns
from jobs.candidates.consents import may_contact
from jobs.candidates.contact_policy_blocks import ContactPolicyBlock
from jobs.candidates.formulas import Formulas
from jobs.candidates.layout import Reason
from jobs.candidates.options import Option
from jobs.candidates.segments import is_in_any
from jobs.candidates.unknown_customers import NOTHING_KNOWN, is_for_want_of_history


@dataclass(frozen=True)
class CustomerBlock:
    """One reason, and the bitset of options that it blocks for the customer of a row."""

    reason: Reason
    bitset: list[Column]


def blocks_of_customers(
    customers: DataFrame,
    settings: Settings,
    formulas: Formulas,
    options: Sequence[Option],
    policy_blocks: Sequence[ContactPolicyBlock],
) -> list[CustomerBlock]:
    """Every reason that needs nothing of an option but which it is.

    Args:
        customers: consents; `blocked_by_policy`, a bitset for each of `policy_blocks`, in their order;
            features, scores.
    """
    blocks = [*_refusals(settings, options)]
    blocks += _contact_policy(policy_blocks, len(options))
    for_want_of_history = []
    for rule, expression in formulas.rules:
        if is_of_customer(expression, customers):
            scope = [position for position, option in enumerate(options) if option.is_in_scope_of(rule)]
            holds, is_unknown = is_stopped(rule, expression), is_for_want_of_history(customers, to_column(expression))
            if is_unknown is not None:
                for_want_of_history.append(_where(holds & is_unknown, scope, len(options)))
                holds = holds & ~is_unknown
            blocks.append(CustomerBlock(Reason("rules", rule.name), _where(holds, scope, len(options))))
    if for_want_of_history:
        blocks.append(CustomerBlock(Reason("rules", NOTHING_KNOWN), union(for_want_of_history)))
    return blocks


def with_customer_blocks(customers: DataFrame, customer_blocks: Sequence[CustomerBlock], options: int) -> DataFrame:
    """Adds `blocked_by_reason`, the bitsets of all blocks in their order, and `blocked_by_any`, their union."""
    any_block = union([literal(to_bitset((), options)), *(block.bitset for block in customer_blocks)])
    every = [word for block in customer_blocks for word in block.bitset]
    return customers.withColumns(
        {"blocked_by_reason": F.array(*every).cast("array<bigint>"), "blocked_by_any": F.array(*any_block)}
    )


def open_pairs(customers: DataFrame, options: DataFrame) -> DataFrame:
    """People × options, without the pairs that a customer block covers."""
    size = width(options.count())
    is_blocked_before = meets(word_columns("blocked_by_any", size), word_columns("bits", size))
    return customers.drop("blocked_by_reason").join(F.broadcast(options), ~is_blocked_before)


def is_of_customer(expression: Expression, customers: DataFrame) -> bool:
    """Whether a rule reads nothing that differs from option to option; a score by category does."""
    columns = {name for name, kind in customers.dtypes if not kind.startswith("map")}
    return columns_of(expression) <= columns


def is_stopped(rule: Rule, expression: Expression) -> Column:
    """Whether a rule does not let pass; what is not known does not pass. Whom it does not concern, it lets pass."""
    answer = to_column(expression)
    lets_pass = F.coalesce(~answer if rule.never_when is not None else answer, F.lit(False))
    return ~lets_pass if rule.segments is None else ~lets_pass & is_in_any(rule.segments)


def _refusals(settings: Settings, options: Sequence[Option]) -> Iterator[CustomerBlock]:
    """By channel, and by topic where the list of consents has topics."""
    has_topics, scopes = settings.consents_have_topics, dict[tuple[str, str], list[int]]()
    for position, option in enumerate(options):
        scopes.setdefault((option.channel.id, option.offer.about if has_topics else ""), []).append(position)
    for (channel, topic), scope in scopes.items():
        about = F.lit(topic) if has_topics else None
        is_refused = ~may_contact(settings.deployment.consent, F.lit(channel), about)
        text = f"no consent for {channel} about {topic}" if has_topics else f"no consent for {channel}"
        yield CustomerBlock(Reason("consent", text), _where(is_refused, scope, len(options)))


def _contact_policy(policy_blocks: Sequence[ContactPolicyBlock], options: int) -> Iterator[CustomerBlock]:
    """Where it is not known what is blocked, the whole scope is."""
    size = width(options)
    for position, policy_block in enumerate(policy_blocks):
        scope = literal(to_bitset(policy_block.scope, options))
        blocked = word_columns("blocked_by_policy", size, position * size)
        bits = [F.coalesce(word, whole) for word, whole in zip(blocked, scope, strict=True)]
        bits = scope if policy_block.is_for_nobody else bits
        if policy_block.segments is not None:
            bits = [F.when(is_in_any(policy_block.segments), word).otherwise(0) for word in bits]
        yield CustomerBlock(Reason("contact_policy", policy_block.rule), bits)


def _where(holds: Column, scope: Sequence[int], options: int) -> list[Column]:
    """The scope where the reason holds; where nobody knows whether it holds, it does."""
    lets_pass = F.coalesce(~holds, F.lit(False))
    return [F.when(lets_pass, F.lit(0)).otherwise(F.lit(word)).cast("bigint") for word in to_bitset(scope, options)]
