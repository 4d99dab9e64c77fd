"""Rules and money, computed again by an evaluator that the night does not use."""

from collections import Counter
from collections.abc import Iterator

from expectations.audit.evidence import Breach, Evidence
from expectations.audit.formula_rows import contacts_with_rows
from expectations.audit.micros import to_micros
from expectations.audit.policy_expressions import MONEY, Formulas, rules_in_force
from expectations.audit.segments import concerned


def every_rule_lets_pass_what_is_sent(evidence: Evidence) -> Iterator[Breach]:
    """Each contact, sent or kept back, passes every rule in force that applies to it.

    Reads: decisions, policy, the lake's features and scores.
    """
    rules, broken = rules_in_force(evidence), Counter[str]()
    contacts = contacts_with_rows(evidence) if rules else []
    customers = {decision["customer_id"] for decision, _ in contacts}
    concerned_by = {rule.name: concerned(evidence, rule.facts, customers) for rule in rules}
    for decision, row in contacts:
        speaking = [
            rule for rule in rules if decision["customer_id"] in concerned_by[rule.name] and rule.speaks_of(row)
        ]
        broken.update(rule.name for rule in speaking if not rule.lets_pass(row))
    for name, count in sorted(broken.items()):
        yield Breach("rules", f"{name}: contacts that it does not let pass", count)


def value_and_cost_follow_from_the_formulas(evidence: Evidence) -> Iterator[Breach]:
    """Value and cost are right to the millionth, for each contact, sent or kept back.

    Reads: decisions, policy, the lake's features and scores.
    """
    read, wrong = Formulas(evidence), Counter[str]()
    for decision, row in contacts_with_rows(evidence):
        for money in MONEY:
            published = decision[money]
            wrong[money] += published is not None and read.amount(money, row) != to_micros(published)
    for money in MONEY:
        if wrong[money]:
            yield Breach("formulas", f"rows whose {money} is not what its formula says", wrong[money])
