"""Who was left out, judged again as strictly as who was chosen.

Whoever refused everything is called objector, and nobody else is; nobody is called quarantined, because the gate stops
at customers whose data are bad. Whom consent leaves no option is found for everybody, and so is what follows from the
candidates: who has one, how many, and whether it is worth its cost. 2,301 customers (all, where there are fewer), drawn
by a hash keyed by the set's name, are judged again from the raw rows: consent, contact policy, combinations, rules and
formulas of every option, by `expectations/audit/judging.py`. So many find a fault of one customer in 500 with a
probability of 99 %. Candidates, statuses and reasons must be the same, nothing missing and nothing more. What their
features and scores are is another check's. Which of the candidates is chosen is left to the plan, which the bound
proves; the probability of a choice is only held to its bounds.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from math import isfinite
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from expectations.audit.answers import allows, answers_of, answers_when_planned, is_objector
from expectations.audit.evidence import Breach, Evidence
from expectations.audit.experiments import KEY
from expectations.audit.groups import notes
from expectations.audit.judgement import WAITS, Judgement
from expectations.audit.judging import NOT_JUDGED, judged_again, options_on
from expectations.audit.limited import Limited, as_fact
from expectations.audit.must_sends import must_sends_on

OPTED_OUT = "consent: opted out while the night ran"
CHOSEN = {"offered", "control"}
SENTENCES = {
    "plan": "best of {} candidates under the limits",
    "exploration": "exploration: drawn at random, one of {} candidates",
    "control": "control: this offer was the best of {} candidates and is kept back to learn its effect",
    "not_selected": "limits: other customers were worth more under the limits",
    "no_value": "value: no candidate is worth more than it costs",
}
MUST_SEND = "must_send: it goes before all other offers"
NO_PLACE = "must_send: {} could not go within the limits"
NONE_VALID = "rules: no offer is valid on this date"
COLUMNS = (*KEY, "household_id", "objective", "category", "value", "cost", "propensity")
WITHOUT_CANDIDATES = {"no_consent", "capped", "ineligible", "no_value"}
Row = Mapping[str, Any]


def the_candidates_follow_from_the_raw_rows(evidence: Evidence) -> Iterator[Breach]:
    """The drawn customers have the candidates of the policy, with their values and costs, and nobody else has any.

    Reads: the lake's candidates, features and scores, policy, offers.csv, channels.csv, raw customers, consents,
    contacts and responses, other sets.
    """
    considered = {row["customer_id"] for row in evidence.decisions if row["status"] not in NOT_JUDGED}
    everybody = set(evidence.candidates["customer_id"].unique().to_pylist())
    if everybody - considered:
        yield Breach("candidates", "candidates of customers who were not considered", len(everybody - considered))
    judged = judged_again(evidence)
    is_drawn = pc.is_in(evidence.candidates["customer_id"], pa.array(sorted(judged), pa.string()))
    further = Limited(evidence).columns
    sampled = evidence.candidates.filter(is_drawn).to_pylist()
    rows = [(*(row[name] for name in COLUMNS), *(as_fact(row[name]) for name in further)) for row in sampled]
    stated = {row[:3]: row[3:] for row in rows}
    due = {row[:3]: row[3:] for row in _due(evidence, judged)}
    facts = {
        "candidates that are missing": len(due.keys() - stated.keys()),
        "candidates that do not follow": len(stated.keys() - due.keys()),
        "candidates that are there more than once": len(rows) - len(stated),
        "candidates with other facts than follow": sum(stated[key] != due[key] for key in stated.keys() & due.keys()),
    }
    for what, count in facts.items():
        if count:
            yield Breach("candidates", what, count)


def who_was_left_out_had_to_be(evidence: Evidence) -> Iterator[Breach]:
    """Every status is the one that follows: of objectors, of consent and of candidates for all, else for the drawn.

    Reads: decisions, the lake's candidates, policy, offers.csv, raw customers, consents, contacts and responses,
    other sets.
    """
    wrong = Counter[tuple[str, str]]()
    for row, due in _statuses_due(evidence):
        if row["status"] != due:
            wrong[str(row["status"]), due] += 1
    for (stated, due), count in sorted(wrong.items()):
        yield Breach("left out", f"customers called {stated} who are {due}", count)
    invented = _invented_opt_outs(evidence)
    if invented:
        yield Breach("left out", "customers said to have opted out late who refused none of their offers", invented)


def the_reasons_follow(evidence: Evidence) -> Iterator[Breach]:
    """The first reason of everybody, and every reason of the drawn customers, are those that follow.

    Reads: decisions, the lake's candidates and scores of groups, policy, offers.csv, raw customers, consents, contacts
    and responses, other sets.
    """
    judged, is_any_valid, said_last = judged_again(evidence), bool(options_on(evidence)), notes(evidence)
    wrong = 0
    for row in evidence.decisions:
        is_noted = row["customer_id"] in said_last and row["status"] not in NOT_JUDGED
        note = [said_last[row["customer_id"]]] if is_noted else []
        judgement, sentence = judged.get(row["customer_id"]), _sentence(evidence, row, is_any_valid=is_any_valid)
        stated = list(row["reasons"] or ())
        if judgement is not None and row["status"] not in NOT_JUDGED:
            blocks = judgement.waiting if row["status"] in CHOSEN else judgement.reasons
            wrong += stated != [*sentence, *blocks, *note]
        else:
            end = len(stated) - len(note)
            is_open = row["status"] not in CHOSEN | NOT_JUDGED or not any(map(_is_no_wait, stated[1:end]))
            wrong += stated[: len(sentence)] != sentence or stated[end:] != note or not is_open
    if wrong:
        yield Breach("reasons", "customers whose reasons do not follow", wrong)


def choices_are_called_what_they_are(evidence: Evidence) -> Iterator[Breach]:
    """What was drawn, planned and kept back is called so; nothing of it is lost; a probability is one.

    Reads: decisions, proof, policy.
    """
    explored, control = ({tuple(key) for key in evidence.proof[name]} for name in ("explored", "control"))
    chosen = {tuple(row[name] for name in KEY): row for row in evidence.decisions if row["status"] in CHOSEN}
    due = {
        key: "control" if row["status"] == "control" else "exploration" if key in explored else "plan"
        for key, row in chosen.items()
    }
    misnamed = sum(row["chosen_by"] != due[key] for key, row in chosen.items())
    if misnamed:
        yield Breach("choices", "offers that were chosen otherwise than they say", misnamed)
    withdrawn = {row["customer_id"] for row in evidence.decisions if OPTED_OUT in (row["reasons"] or ())}
    lost = sum(key not in chosen and key[0] not in withdrawn for key in explored | control)
    lost += sum(chosen[key]["status"] != "control" for key in control & chosen.keys())
    if lost:
        yield Breach("choices", "offers that were drawn or kept back, and are not decided so", lost)
    has_experiments = bool(evidence.policy.get("control") or evidence.policy.get("exploration"))
    stated = [(due[key], row["probability"]) for key, row in chosen.items() if row["probability"] is not None]
    impossible = sum(not _is_possible(probability, by, has_experiments=has_experiments) for by, probability in stated)
    if impossible:
        yield Breach("choices", "probabilities that an offer cannot have", impossible)


class _Candidates:
    """What all candidates of the lake say of each customer."""

    def __init__(self, table: pa.Table, must_sends: Sequence[str]) -> None:
        net = pc.subtract(table["value"], table["cost"])
        columns = {"customer_id": table["customer_id"], "net": net}
        groups = pa.table(columns).group_by("customer_id").aggregate([("net", "max"), ("net", "count")]).to_pylist()
        self.best: dict[str, int] = {row["customer_id"]: row["net_max"] for row in groups}
        self.count: dict[str, int] = {row["customer_id"]: row["net_count"] for row in groups}
        due = table.select(["customer_id", "offer_id"]).filter(
            pc.is_in(table["offer_id"], pa.array(must_sends, pa.string()))
        )
        self.must_get: dict[str, str] = dict(zip(*(due[name].to_pylist() for name in KEY[:2]), strict=True))


@lru_cache(maxsize=1)
def _candidates(evidence: Evidence) -> _Candidates:
    return _Candidates(evidence.candidates, must_sends_on(evidence))


def _due(evidence: Evidence, judged: Mapping[str, Judgement]) -> Iterator[tuple[Any, ...]]:
    """The rows that the table of candidates must have for the drawn customers."""
    for customer, judgement in judged.items():
        household = evidence.household_of.get(customer, customer)
        for (offer, channel), candidate in judgement.candidates.items():
            facts = evidence.offer_of[offer]
            about = (household, facts["objective"], facts.get("category") or None)
            amounts = (candidate.value, candidate.cost, candidate.propensity)
            yield (customer, offer, channel, *about, *amounts, *candidate.further)


def _statuses_due(evidence: Evidence) -> Iterator[tuple[Row, str]]:
    """Each decision, and the status that follows; of whom nothing follows, because nobody judged it, its own."""
    judged, candidates = judged_again(evidence), _candidates(evidence)
    answers, silence = answers_when_planned(evidence), evidence.unknown_consent_is_allowed
    subjects = {(option.channel, evidence.topic_of(option.key[0])) for option in options_on(evidence)}
    for row in evidence.decisions:
        customer, status = row["customer_id"], row["status"]
        may_be_reached = [allows(answers.get(customer, {}), *pair, unknown_is_allowed=silence) for pair in subjects]
        if is_objector(answers.get(customer, {})):
            yield row, "objector"
        elif status in ("objector", "quarantined"):
            yield row, "open to offers"
        elif status == "holdout" or status in CHOSEN or OPTED_OUT in (row["reasons"] or ()):
            yield row, status  # of the draw, the plan and late opt-outs other checks speak
        elif subjects and not any(may_be_reached):
            yield row, "no_consent"
        elif customer in judged:
            yield row, judged[customer].status
        elif customer in candidates.best:
            is_worth_it = candidates.best[customer] > 0 or customer in candidates.must_get
            yield row, "not_selected" if is_worth_it else "no_value"
        elif status not in WITHOUT_CANDIDATES or (status == "no_consent" and any(may_be_reached)):
            yield row, "without a candidate"
        else:
            yield row, status


def _invented_opt_outs(evidence: Evidence) -> int:
    """Late opt-outs of customers who had no candidate through a channel that the newest list refuses."""
    rows = {row["customer_id"]: row for row in evidence.decisions if OPTED_OUT in (row["reasons"] or ())}
    if not rows:
        return 0
    table = evidence.candidates.select(["customer_id", "offer_id", "channel"])
    pairs = table.filter(pc.is_in(table["customer_id"], pa.array(sorted(rows), pa.string()))).to_pylist()
    answers, silence = answers_of(evidence, evidence.consents), evidence.unknown_consent_is_allowed
    refused = {
        pair["customer_id"]
        for pair in pairs
        if is_objector(answers.get(pair["customer_id"], {}))
        or not allows(
            answers.get(pair["customer_id"], {}),
            pair["channel"],
            evidence.topic_of(pair["offer_id"]),
            unknown_is_allowed=silence,
        )
    }
    return sum(customer not in refused or row["status"] != "no_consent" for customer, row in rows.items())


def _sentence(evidence: Evidence, row: Row, *, is_any_valid: bool) -> Sequence[str]:
    """The reason that stands first; none where only what blocked the options is listed."""
    status = row["status"]
    if status in NOT_JUDGED:
        return [str(status)]
    if status not in CHOSEN and OPTED_OUT in (row["reasons"] or ()):
        return [OPTED_OUT]
    candidates = _candidates(evidence)
    count, due = candidates.count.get(row["customer_id"], 0), candidates.must_get.get(row["customer_id"])
    if due is not None and status != "control":
        return [MUST_SEND if status == "offered" else NO_PLACE.format(due)]
    if status in CHOSEN:
        return [SENTENCES.get("control" if status == "control" else str(row["chosen_by"]), "").format(count)]
    if count:
        return [SENTENCES["not_selected" if candidates.best[row["customer_id"]] > 0 else "no_value"]]
    return [] if is_any_valid else [NONE_VALID]


def _is_no_wait(reason: str) -> bool:
    """Whether a reason is none that a second must-send waits."""
    return not (reason.startswith("must_send: ") and reason.endswith(WAITS.format("")))


def _is_possible(probability: float, chosen_by: str, *, has_experiments: bool) -> bool:
    if not has_experiments:
        return probability == 1
    least = 0.0 if chosen_by == "plan" else 5e-324  # whatever was drawn could be drawn
    return isfinite(probability) and least <= probability <= 1
