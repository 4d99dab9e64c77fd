"""The policy's rules and formulas, read once and evaluated for rows of customers and options."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conf.expressions import Expression, Kind, Origin, columns_of, parse
from conf.expressions.evaluate import evaluate
from expectations.audit.evidence import Evidence
from expectations.audit.formula_rows import Row, kinds
from expectations.audit.micros import MICROS
from expectations.audit.recount import is_in_force

MONEY = ("value", "cost")
DEFAULT_COST = "unit_cost + incentive_cost"
LARGEST = 2**53
"""Millionths up to which a double is exact; what comes to more is not known."""


@dataclass(frozen=True)
class PolicyRule:
    """A rule in force, with its condition read."""

    facts: Mapping[str, Any]
    condition: Expression

    @property
    def name(self) -> str:
        """Its name, which is a reason too."""
        return str(self.facts["name"])

    @property
    def columns(self) -> set[str]:
        """The names that its condition reads."""
        return set(columns_of(self.condition))

    def speaks_of(self, row: Row) -> bool:
        """Whether it is about the option of the row."""
        scope = self.facts.get("offers") or {}
        pairs = [(scope.get("id"), "offer_id"), (scope.get("objective"), "objective")]
        pairs += [(scope.get("category"), "category"), (self.facts.get("channels"), "channel")]
        return all(named is None or row[column] in named for named, column in pairs)

    def lets_pass(self, row: Row) -> bool:
        """Whether the answer is the one that lets pass; not known is neither."""
        return evaluate(self.condition, row) is (self.facts.get("only_when") is not None)

    def is_unanswered(self, row: Row) -> bool:
        """Whether the answer is not known."""
        return evaluate(self.condition, row) is None


def rules_in_force(evidence: Evidence) -> list[PolicyRule]:
    """The rules of the date, in the order of the policy.

    Raises:
        PolicyError: one cannot be read.
    """
    rules = [rule for rule in evidence.policy.get("rules") or () if is_in_force(rule, evidence.as_of)]
    columns = kinds(evidence) if rules else {}
    texts = [rule["never_when"] if rule.get("only_when") is None else rule["only_when"] for rule in rules]
    return [PolicyRule(rule, _parsed(text, columns, Kind.BOOL)) for rule, text in zip(rules, texts, strict=True)]


class Formulas:
    """The formulas of the policy, each read once."""

    def __init__(self, evidence: Evidence) -> None:
        self.policy, self.columns = evidence.policy, kinds(evidence)
        self.read: dict[tuple[str, str, str], Expression | None] = {}

    def amount(self, money: str, row: Row) -> int | None:
        """In millionths, half to even; None: not known, or beyond what a double holds exactly."""
        key = (money, str(row["objective"]), str(row["offer_id"]))
        if key not in self.read:
            text = self._text(*key)
            self.read[key] = None if text is None else _parsed(text, self.columns, Kind.NUMBER)
        formula = self.read[key]
        amount = None if formula is None else evaluate(formula, row)
        micros = None if amount is None else float(amount) * MICROS  # type: ignore[arg-type]  # parsed as one
        return None if micros is None or abs(micros) > LARGEST else round(micros)

    def _text(self, money: str, objective: str, offer: str) -> object:
        """The offer's own formula, else that of its objective; without one of value nothing is known, nor its cost."""
        by_offer, by_objective = (self.policy.get(key) or {} for key in (f"{money}_of_offer", money))
        valued = [self.policy.get(key) or {} for key in ("value_of_offer", "value")]
        if offer not in valued[0] and objective not in valued[1]:
            return None
        return by_offer.get(offer, by_objective.get(objective, DEFAULT_COST if money == "cost" else None))


def _parsed(text: object, columns: Mapping[str, Kind], result: Kind) -> Expression:
    return parse(str(text), columns, result=result, origin=Origin("policy.yaml", 1, "audit"))
