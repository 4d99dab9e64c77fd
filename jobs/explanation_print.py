"""An explanation printed: tables for people, JSON for machines."""

import json
from fractions import Fraction
from typing import Any

import typer

from jobs.explain import Explanation, Option
from jobs.explanation_text import judged, units, why
from jobs.millionths import MILLION
from jobs.statuses import STATUSES
from jobs.tables_for_people import print_rows

PLACES = 6


def print_explanation(found: Explanation, *, currency: str, as_json: bool) -> None:
    """What was decided, why, and every option with its blocks or its money."""
    if as_json:
        typer.echo(json.dumps(as_data(found), indent=2))
        return
    status = found.decision["status"]
    typer.echo(f"{found.customer_id} on {found.as_of}: {status.replace('_', ' ')} ({STATUSES[status]})")
    typer.echo(f"Why: {why(found)}")
    typer.echo(f"Standing: {found.standing}; household {found.household_id}")
    if found.consents:
        typer.echo(f"Answers: {_answers(found.consents)}")
    if found.scores:
        typer.echo(f"Scores: {', '.join(f'{name} {_score(score)}' for name, score in found.scores.items())}")
    if found.options:
        typer.echo(f"Options: {judged(found)}")
    typer.echo(f"Set: {_set(found)}")
    if found.candidates:
        print_rows(f"Candidates, money in {currency}", [_money(one) for one in found.candidates], as_json=False)
    blocked = [one for one in found.options if not one.is_candidate]
    if blocked:
        print_rows("Blocked", [_blocks(one) for one in blocked], as_json=False)


def as_data(found: Explanation) -> dict[str, Any]:
    """Everything as JSON knows it; money in the currency."""
    decision = found.decision
    return {
        "customer_id": found.customer_id,
        "as_of": found.as_of.isoformat(),
        "household_id": found.household_id,
        "standing": found.standing,
        "status": decision["status"],
        "offer_id": decision["offer_id"],
        "channel": decision["channel"],
        "reasons": decision["reasons"],
        "why": why(found),
        "consents": found.consents,
        "scores": {name: _score(score) for name, score in found.scores.items()},
        "set": found.set_name,
        "is_as_published": found.is_as_published,
        "options": [_option(one) for one in found.options],
    }


def _answers(consents: dict[str, bool]) -> str:
    return ", ".join(f"{channel} {'yes' if answer else 'no'}" for channel, answer in sorted(consents.items()))


def _set(found: Explanation) -> str:
    if found.set_name is None:
        return "none was committed for this date"
    same = "" if found.is_as_published else "; it says otherwise, because the date was computed again after it"
    return f"{found.set_name}{same}"


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
    return round(score / MILLION if isinstance(score, int) else score, PLACES)


def _amount(millionths: Fraction | int | None) -> float | None:
    return None if millionths is None else round(float(Fraction(millionths) / MILLION), PLACES)
