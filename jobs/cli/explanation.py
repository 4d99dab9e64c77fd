"""Prints an explanation: tables for people, JSON for machines."""

import json
from collections import Counter
from fractions import Fraction
from typing import Any

import typer

from conf.micros import MICROS
from jobs.candidates.spellings import ABOUT
from jobs.cli.explain import Explanation, Option
from jobs.core.console_tables import print_rows
from jobs.core.statuses import STATUSES

NOT_CONSIDERED = {
    "objector": "It objected to every contact: nothing is computed about it, so there is nothing to show.",
    "holdout": "It is held out, drawn by a keyed hash, so that others can be compared with it: nothing was judged.",
    "quarantined": "Its row of customers broke the contract of that table, so nothing was judged.",
}
FELL_TO = {"consent": "consent", "contact_policy": "the contact policy", "rules": "the rules", "value": "their value"}
FELL_TO |= {"must_send": "what must be sent first"}
"""Stage -> its name in a sentence, in the order in which an option is judged."""


def why(explanation: Explanation) -> str:
    """One sentence: why the chosen one won, or why none did."""
    if explanation.eligibility_status in NOT_CONSIDERED:
        return NOT_CONSIDERED[explanation.eligibility_status]
    if not explanation.candidates:
        return (
            f"No option is left: {judged(explanation)}." if explanation.options else "No offer is valid on this date."
        )
    reasons = explanation.decision["reasons"]
    if explanation.is_experiment:
        return f"{'; '.join(reasons)}."
    if reasons and reasons[0].startswith("must_send: "):
        return f"{'; '.join(reason for reason in reasons if reason.startswith('must_send: '))}."
    sentences = {"offered": _won, "no_consent": _opted_out, "no_value": _worthless}
    return sentences.get(explanation.decision["status"], _lost)(explanation)


def _opted_out(_explanation: Explanation) -> str:
    return "It was chosen for an offer, and opted out while the night ran; it was taken out and not replaced."


def _worthless(explanation: Explanation) -> str:
    best = max(explanation.candidates, key=lambda candidate: candidate.net_value)
    return f"No candidate is worth more than it costs: the best, {_name(best)}, is worth {_worth(best)}."


def _won(explanation: Explanation) -> str:
    chosen = next((candidate for candidate in explanation.candidates if candidate.is_chosen), None)
    if chosen is None:
        return "The tables of the night do not agree: what was offered is no candidate now. Run the night again."
    others = [candidate for candidate in explanation.candidates if candidate is not chosen]
    sentence = f"{_name(chosen)} is worth {_worth(chosen)}{_charged(chosen)}"
    if not others:
        return f"{sentence}; it was the only candidate."
    rival = others[0]
    if rival.surplus <= chosen.surplus:
        return f"{sentence}, which leaves {units(chosen.surplus)}; the next best, {_name(rival)}, {_leaves(rival)}."
    would_leave = f"{_name(rival)} would leave {units(rival.surplus)}"
    return f"{sentence}; {would_leave}, but the limits have no whole contact left for it."


def _lost(explanation: Explanation) -> str:
    best = explanation.candidates[0]
    sentence = f"Its best candidate, {_name(best)}, is worth {_worth(best)}{_charged(best)}"
    if best.surplus <= 0:
        return f"{sentence}: others were worth more under the limits."
    if explanation.chosen_beside:
        return f"{sentence}; but {', '.join(explanation.chosen_beside)} of its household was chosen."
    return f"{sentence}; that would leave {units(best.surplus)}, but the limits have no whole contact left for it."


def judged(explanation: Explanation) -> str:
    """How many options were judged and how many fell at each stage, each counted where it fell first."""
    first = Counter(option.blocks[0][0] for option in explanation.options if option.blocks)
    fell = [f"{first[stage]} fell to {words}" for stage, words in FELL_TO.items() if first[stage]]
    return ", ".join([f"{len(explanation.options)} judged", *fell, f"{len(explanation.candidates)} are candidates"])


def _charged(option: Option) -> str:
    """What the limits charge and pay, the largest first; nothing where nothing binds."""
    in_order = sorted(option.charges, key=lambda item: (-abs(item[1]), item[0]))
    costs = [f"{name} {units(amount)}" for name, amount in in_order if amount > 0]
    gives = [f"{name} {units(-amount)}" for name, amount in in_order if amount < 0]
    charge = sum((amount for _, amount in option.charges if amount > 0), Fraction(0))
    return (f" and the limits it uses charge {units(charge)} ({', '.join(costs)})" if costs else "") + (
        f" and those it helps to reach pay {units(charge - option.charged)} ({', '.join(gives)})" if gives else ""
    )


def _leaves(option: Option) -> str:
    return f"would leave {units(option.surplus)}"


def _worth(option: Option) -> str:
    return f"{units(option.net_value)} after its costs"


def _name(option: Option) -> str:
    return f"{option.offer_id} by {option.channel}"


def units(micros: Fraction | int) -> str:
    """An amount in the currency, to two decimals."""
    return f"{float(Fraction(micros) / MICROS):,.2f}"


PLACES = 6


def print_explanation(explanation: Explanation, *, currency: str, as_json: bool) -> None:
    """What was decided, why, and every option with its blocks or its money."""
    if as_json:
        typer.echo(json.dumps(as_data(explanation), indent=2))
        return
    status = explanation.decision["status"]
    typer.echo(f"{explanation.customer_id} on {explanation.as_of}: {status.replace('_', ' ')} ({STATUSES[status]})")
    typer.echo(f"Why: {why(explanation)}")
    typer.echo(f"Standing: {explanation.eligibility_status}; household {explanation.household_id}")
    if explanation.consents:
        typer.echo(f"Answers: {_answers(explanation.consents)}")
    if explanation.segments:
        typer.echo(f"Segments: {', '.join(explanation.segments)}")
    if explanation.scores:
        typer.echo(f"Scores: {', '.join(f'{name} {_score(score)}' for name, score in explanation.scores.items())}")
    if explanation.options:
        typer.echo(f"Options: {judged(explanation)}")
    typer.echo(f"Set: {_set(explanation)}")
    if explanation.candidates:
        print_rows(
            f"Candidates, money in {currency}", [_money(option) for option in explanation.candidates], as_json=False
        )
    blocked = [candidate for candidate in explanation.options if not candidate.is_candidate]
    if blocked:
        print_rows("Blocked", [_blocks(blocked_option) for blocked_option in blocked], as_json=False)


def as_data(explanation: Explanation) -> dict[str, Any]:
    """Everything as JSON knows it; money in the currency."""
    decision = explanation.decision
    return {
        "customer_id": explanation.customer_id,
        "as_of": explanation.as_of.isoformat(),
        "household_id": explanation.household_id,
        "standing": explanation.eligibility_status,
        "status": decision["status"],
        "offer_id": decision["offer_id"],
        "channel": decision["channel"],
        "reasons": decision["reasons"],
        "why": why(explanation),
        "consents": {_subject(key): answer for key, answer in explanation.consents.items()},
        "segments": list(explanation.segments),
        "scores": {name: _score(score) for name, score in explanation.scores.items()},
        "set": explanation.set_name,
        "is_as_published": explanation.is_as_published,
        "options": [_option(option) for option in explanation.options],
    }


def _answers(consents: dict[str, bool]) -> str:
    in_order = sorted(consents.items())
    return ", ".join(f"{_subject(key)} {'yes' if answer else 'no'}" for key, answer in in_order)


def _subject(key: str) -> str:
    """What an answer is about, in words."""
    return key.replace(ABOUT, " about ")


def _set(explanation: Explanation) -> str:
    if explanation.set_name is None:
        return "none was committed for this date"
    same = "" if explanation.is_as_published else "; it says otherwise, because the date was computed again after it"
    return f"{explanation.set_name}{same}"


def _money(option: Option) -> dict[str, Any]:
    charges = ", ".join(f"{name} {units(amount)}" for name, amount in option.charges)
    return {
        "offer": option.offer_id,
        "channel": option.channel,
        "value": _amount(option.value),
        "cost": _amount(option.cost),
        "net_value": _amount(option.net_value),
        "surplus": _amount(option.surplus),
        "charged_by_limits": charges,
        "": "chosen" if option.is_chosen else "",
    }


def _blocks(option: Option) -> dict[str, Any]:
    blocks = "; ".join(f"{stage.replace('_', ' ')}: {reason}" for stage, reason in option.blocks)
    return {"offer": option.offer_id, "channel": option.channel, "blocked_by": blocks}


def _option(option: Option) -> dict[str, Any]:
    row: dict[str, Any] = {"offer_id": option.offer_id, "channel": option.channel}
    if not option.is_candidate:
        return row | {"blocks": [{"stage": stage, "reason": reason} for stage, reason in option.blocks]}
    money = {name: _amount(getattr(option, name)) for name in ("value", "cost", "net_value", "surplus")}
    charges = {name: _amount(amount) for name, amount in option.charges}
    return row | money | {"charges": charges, "is_chosen": option.is_chosen}


def _score(score: float | int) -> float:
    """A probability as it is, money in the currency."""
    return round(score / MICROS if isinstance(score, int) else score, PLACES)


def _amount(micros: Fraction | int | None) -> float | None:
    return None if micros is None else round(float(Fraction(micros) / MICROS), PLACES)
