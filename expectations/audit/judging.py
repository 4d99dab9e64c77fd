"""The second judge: what speaks against every option of a customer, and which options are left as candidates."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from expectations.audit.answers import allows, answers_when_planned
from expectations.audit.contact_rules import concerns, group_of, is_excluded, not_allowed, parts_in_force
from expectations.audit.evidence import Evidence
from expectations.audit.experiments import drawn
from expectations.audit.formula_rows import (
    Row,
    columns_of_customers,
    in_category,
    option_row,
    rows_of_customers,
    with_scores,
)
from expectations.audit.groups import NEW as NOTHING_KNOWN
from expectations.audit.groups import SINCE, declares_groups
from expectations.audit.history import Event, answers_before, contacts_around
from expectations.audit.judgement import GOES_FIRST, WAITS, Candidate, Judgement
from expectations.audit.ledger import days_lost
from expectations.audit.limited import Limited
from expectations.audit.must_sends import must_sends_on
from expectations.audit.policy_expressions import Formulas, PolicyRule, rules_in_force
from expectations.audit.segments import SEGMENT, segments_of, segments_of_rows

NOT_JUDGED = {"objector", "holdout", "quarantined"}
UNKNOWN, BELOW_ZERO = "value: its value or cost is not known", "value: its cost is below zero"
NOBODY = ""
CUSTOMER, HOUSEHOLD = "customer", "household"
Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Option:
    """An offer valid on the date, through one of its channels.

    Attributes:
        row: what expressions read of it.
    """

    offer: Facts
    channel: str
    row: Row

    @property
    def key(self) -> tuple[str, str]:
        """Offer and channel."""
        return str(self.offer["id"]), self.channel


def options_on(evidence: Evidence) -> list[Option]:
    """Every option of the date."""
    channels = {str(channel["id"]): channel for channel in evidence.channels}
    valid = [offer for offer in evidence.offers if _is_valid(offer, evidence.as_of)]
    pairs = [(offer, name) for offer in valid for name in str(offer["channels"]).split() if name in channels]
    return [
        Option(offer, name, option_row(offer, channels[name], evidence.both_of.get((str(offer["id"]), name), {})))
        for offer, name in pairs
    ]


@lru_cache(maxsize=1)  # several checks ask for the same
def judged_again(evidence: Evidence) -> dict[str, Judgement]:
    """The judgement of the customers who were drawn among those who were considered."""
    chosen = _chosen(evidence)
    judge = judge_of(evidence)
    return {customer: judge.judgement(customer) for customer in chosen}


@lru_cache(maxsize=1)
def judge_of(evidence: Evidence) -> "Judge":
    """The judge of the customers who were drawn."""
    return Judge(evidence, _chosen(evidence))


def _chosen(evidence: Evidence) -> list[str]:
    considered = [row["customer_id"] for row in evidence.decisions if row["status"] not in NOT_JUDGED]
    return sorted(drawn(evidence, considered, "judged again"))


class Judge:
    """Everything that a judgement needs, read once; what a rule says of an option is the same for all customers."""

    def __init__(self, evidence: Evidence, customers: Collection[str]) -> None:
        """Args: customers: those who will be judged."""
        self.evidence, self.options = evidence, options_on(evidence)
        self.answers = answers_when_planned(evidence)
        self.rows = rows_of_customers(evidence, customers)
        self.formulas, self.must_sends = Formulas(evidence), must_sends_on(evidence)
        of_customers = columns_of_customers(evidence)
        rules = [(rule, self._scope(rule)) for rule in rules_in_force(evidence)]
        self.rules_of_customers = [(rule, scope) for rule, scope in rules if rule.columns <= of_customers]
        of_options = [(rule, scope) for rule, scope in rules if not rule.columns <= of_customers]
        self.rules_of_options = [
            [rule for rule, scope in of_options if place in scope] for place in range(len(self.options))
        ]
        self.policy, self.has_groups = ContactPolicy(evidence, self.options), declares_groups(evidence)
        self.limited = Limited(evidence)
        self.segments = segments_of(evidence, customers)
        self._nothing: Row = dict.fromkeys(self.formulas.columns)

    def judgement(self, customer: str) -> Judgement:
        """What speaks against each option, stage by stage; of options that are open then, what they are worth."""
        blocks = (*self._refusals(customer), *self._policy_blocks(customer))
        return self._judged(customer, blocks, self.rows.get(customer, {}))

    def newcomer(self, facts: Row) -> Judgement:
        """The judgement of who was never sent anything, whose consent is asked for where they are met."""
        self.segments |= segments_of_rows(self.evidence, {NOBODY: facts})
        return self._judged(NOBODY, self._policy_blocks(NOBODY), facts)

    def _judged(self, customer: str, blocks: Iterable[tuple[int, str]], known: Row) -> Judgement:
        found = Judgement(len(self.options))
        for place, reason in blocks:
            found.blocked[reason].add(place)
        facts = self._nothing | known
        if self.options and self.rules_of_customers:
            row = self._row(facts, self.options[0])
            for rule, scope in self.rules_of_customers:
                if self._concerns(rule.facts, customer) and not rule.lets_pass(row):
                    found.blocked[self._reason(rule, row)].update(scope)
        closed = set().union(*found.blocked.values())
        for place, option in enumerate(self.options):
            if place not in closed:
                row = self._row(facts, option) | {"customer_id": customer, SEGMENT: self._segments(customer)}
                self._price(found, place, option, row)
        self._put_must_sends_first(found)
        return found

    def _segments(self, customer: str) -> frozenset[str]:
        return self.segments.get(customer, frozenset())

    def _concerns(self, part: Facts, customer: str) -> bool:
        """Whether a part of the policy applies to the customer."""
        return part.get("segments") is None or not self._segments(customer).isdisjoint(part["segments"])

    def _refusals(self, customer: str) -> Iterator[tuple[int, str]]:
        answers, silence = self.answers.get(customer, {}), self.evidence.unknown_consent_is_allowed
        for place, option in enumerate(self.options):
            topic = self.evidence.topic_of(option.key[0])
            if not allows(answers, option.channel, topic, unknown_is_allowed=silence):
                about = f" about {topic}" if self.evidence.consents_have_topics else ""
                yield place, f"consent: no consent for {option.channel}{about}"

    def _policy_blocks(self, customer: str) -> Iterator[tuple[int, str]]:
        household = self.evidence.household_of.get(customer, customer)
        for place in range(len(self.options)):
            closing = self.policy.closing(customer, household, place)
            yield from (
                (place, f"contact_policy: {rule['name']}") for rule in closing if self._concerns(rule, customer)
            )

    def _price(self, found: Judgement, place: int, option: Option, row: Row) -> None:
        rules = [rule for rule in self.rules_of_options[place] if self._concerns(rule.facts, row["customer_id"])]
        reasons = [self._reason(rule, row) for rule in rules if not rule.lets_pass(row)]
        value, cost = (self.formulas.amount(money, row) for money in ("value", "cost"))
        if value is None or cost is None:
            reasons.append(f"value: {NOTHING_KNOWN}" if self._is_new(row) else UNKNOWN)
        if cost is not None and cost < 0:
            reasons.append(BELOW_ZERO)
        reasons += self.limited.unknown_amounts(row)
        for reason in reasons:
            found.blocked[reason].add(place)
        if not reasons and value is not None and cost is not None:
            found.candidates[option.key] = Candidate(value, cost, row["propensity"], self.limited.facts(row))

    def _put_must_sends_first(self, found: Judgement) -> None:
        """Of what is left, only the must-send of the first row of offers.csv stays, where there is one."""
        due = [offer for offer in self.must_sends if any(key[0] == offer for key in found.candidates)]
        found.must_get = due[0] if due else None
        for place, option in enumerate(self.options if due else ()):
            offer = option.key[0]
            if offer != due[0] and option.key in found.candidates:
                del found.candidates[option.key]
                found.blocked[f"must_send: {WAITS.format(offer) if offer in due else GOES_FIRST.format(due[0])}"].add(
                    place
                )

    def _row(self, facts: Row, option: Option) -> Row:
        return with_scores(in_category(self.evidence, facts | option.row), self.evidence.models)

    def _reason(self, rule: PolicyRule, row: Row) -> str:
        """Why a rule does not let pass: that it cannot be answered of a new customer is not the rule's fault."""
        is_for_want = self._is_new(row) and rule.is_unanswered(row)
        return f"rules: {NOTHING_KNOWN if is_for_want else rule.name}"

    def _is_new(self, row: Row) -> bool:
        return self.has_groups and row.get(SINCE) is None

    def _scope(self, rule: PolicyRule) -> set[int]:
        return {place for place, option in enumerate(self.options) if rule.speaks_of(option.row)}


class ContactPolicy:
    """Caps, pauses and combinations, asked for one further contact of the date."""

    def __init__(self, evidence: Evidence, options: Sequence[Option]) -> None:
        self.evidence = evidence
        self.caps, self.combinations = (parts_in_force(evidence, part) for part in ("contact_policy", "combinations"))
        self.lost = sorted(days_lost(evidence))
        nobody = [self._event("", "", option) for option in options]
        self.about = [(self._caps_on(event), self._combinations_on(event)) for event in nobody]
        self.options = options
        self._closes: dict[tuple[str, str, str], bool] = {}

    def closing(self, customer: str, household: str, place: int) -> Iterator[Facts]:
        """The rules that leave no room for the option of this place."""
        option, (caps, combinations) = self.options[place], self.about[place]
        for rule, per, same in caps:
            key = (str(rule["name"]), household if per == HOUSEHOLD else customer, same)
            if key not in self._closes:
                self._closes[key] = self._is_full(rule, per, self._event(customer, household, option))
            if self._closes[key]:
                yield rule
        if combinations:
            event, others = self._event(customer, household, option), self.contacts[CUSTOMER][customer]
            yield from (rule for rule in combinations if is_excluded(rule, event, others, self.lost, event.day))

    @cached_property
    def contacts(self) -> dict[str, dict[str, list[Event]]]:
        """By customer and by household, the contacts that count."""
        return _by_unit(contacts_around(self.evidence)) if self.caps or self.combinations else _by_unit(())

    @cached_property
    def answers(self) -> dict[str, dict[str, list[Event]]]:
        """By customer and by household, the answers."""
        return _by_unit(answers_before(self.evidence) if any(rule.get("after") for rule in self.caps) else ())

    def _event(self, customer: str, household: str, option: Option) -> Event:
        offer, channel = option.key
        return Event(customer, household, offer, str(option.offer["objective"]), self.evidence.as_of, channel)

    def _caps_on(self, event: Event) -> list[tuple[Facts, str, str]]:
        """The caps and pauses that count such a contact, for whom, and what they count it with."""
        groups = [(rule, group_of(rule, event)) for rule in self.caps]
        return [(rule, str(rule.get("per") or CUSTOMER), group[1]) for rule, group in groups if group is not None]

    def _combinations_on(self, event: Event) -> list[Facts]:
        return [rule for rule in self.combinations if concerns(rule, event.offer_id)]

    def _is_full(self, rule: Facts, per: str, event: Event) -> bool:
        around, answers = (of_units[per][event.unit(per)] for of_units in (self.contacts, self.answers))
        return not_allowed(rule, [event], around, answers, lost=self.lost, as_of=event.day) > 0


def _by_unit(events: Collection[Event]) -> dict[str, dict[str, list[Event]]]:
    units: dict[str, dict[str, list[Event]]] = {CUSTOMER: defaultdict(list), HOUSEHOLD: defaultdict(list)}
    for event in events:
        units[CUSTOMER][event.customer_id].append(event)
        units[HOUSEHOLD][event.household_id].append(event)
    return units


def _is_valid(offer: Facts, as_of: date) -> bool:
    return date.fromisoformat(str(offer["valid_from"])) <= as_of <= date.fromisoformat(str(offer["valid_to"]))
