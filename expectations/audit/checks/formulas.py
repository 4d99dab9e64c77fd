"""Rules and money, computed again by an evaluator that the night does not use."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from conf.expressions import Expression, Kind, Origin, parse
from conf.expressions.evaluate import evaluate
from expectations.audit.evidence import Breach, Evidence
from expectations.audit.formula_rows import Row, contacts_with_rows, kinds
from expectations.audit.micros import MICROS, to_micros
from expectations.audit.recount import is_in_force

MONEY = ("value", "cost")
DEFAULT = {"value": "", "cost": "unit_cost + incentive_cost"}
"""What stands for a formula that the policy does not have; without one of value an offer is worth nothing known."""
Rule = Mapping[str, Any]


def every_rule_lets_pass_what_is_sent(evidence: Evidence) -> Iterator[Breach]:
    """Each contact, sent or kept back, passes every rule in force that applies to it.

    Reads: decisions, policy, the lake's features and scores.
    """
    rules = [rule for rule in evidence.policy.get("rules") or () if is_in_force(rule, evidence.as_of)]
    columns = kinds(evidence) if rules else {}
    read = [(rule, _condition(rule, columns)) for rule in rules]
    broken = Counter[str]()
    for _, row in contacts_with_rows(evidence) if rules else ():
        broken.update(
            rule["name"] for rule, condition in read if _speaks(rule, row) and not _passes(rule, condition, row)
        )
    for name, count in sorted(broken.items()):
        yield Breach("rules", f"{name}: contacts that it does not let pass", count)


def value_and_cost_follow_from_the_formulas(evidence: Evidence) -> Iterator[Breach]:
    """Value and cost are right to the millionth, for each contact, sent or kept back.

    Reads: decisions, policy, the lake's features and scores.
    """
    read, wrong = _Formulas(evidence), Counter[str]()
    for decision, row in contacts_with_rows(evidence):
        for money in MONEY:
            published = decision[money]
            wrong[money] += published is not None and read.amount(money, row) != to_micros(published)
    for money in MONEY:
        if wrong[money]:
            yield Breach("formulas", f"rows whose {money} is not what its formula says", wrong[money])


class _Formulas:
    """The formulas of the policy, each read once."""

    def __init__(self, evidence: Evidence) -> None:
        self.policy, self.columns = evidence.policy, kinds(evidence)
        self.read: dict[tuple[str, str], Expression] = {}

    def amount(self, money: str, row: Row) -> int | None:
        """In millionths, half to even; None: not known."""
        key = (money, row["objective"])
        if key not in self.read:
            text = (self.policy.get(money) or {}).get(row["objective"], DEFAULT[money])
            self.read[key] = _parsed(text, self.columns, Kind.NUMBER)
        amount = evaluate(self.read[key], row)
        return None if amount is None else round(float(amount) * MICROS)  # type: ignore[arg-type]  # parsed as one


def _condition(rule: Rule, columns: Mapping[str, Kind]) -> Expression:
    return _parsed(rule["never_when"] if rule.get("only_when") is None else rule["only_when"], columns, Kind.BOOL)


def _parsed(text: object, columns: Mapping[str, Kind], result: Kind) -> Expression:
    return parse(str(text), columns, result=result, origin=Origin("policy.yaml", 1, "audit"))


def _passes(rule: Rule, condition: Expression, row: Row) -> bool:
    """Whether the answer is the one that lets pass; not known is neither."""
    return evaluate(condition, row) is (rule.get("only_when") is not None)


def _speaks(rule: Rule, row: Row) -> bool:
    scope = rule.get("offers") or {}
    pairs = [(scope.get("id"), "offer_id"), (scope.get("objective"), "objective"), (scope.get("category"), "category")]
    pairs.append((rule.get("channels"), "channel"))
    return all(named is None or row[column] in named for named, column in pairs)
