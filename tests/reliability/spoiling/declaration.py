"""How a way to spoil a set is declared, and the list of all that are."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.expectations.audit.drawn.night import Night

Spoil = Callable[[Night, Random], object]


@dataclass(frozen=True)
class Mutation:
    """One way to spoil a set.

    Attributes:
        check: the check of the auditor that must catch it; others may as well.
        figure: under which the ways are counted in docs/reliability.json.
    """

    name: str
    check: str
    spoil: Spoil
    figure: str


FIRST, SETS, LEFT_OUT = "spoiled sets", "set faults", "left-out faults"
_declared: list[Mutation] = []


def caught_by(check: str, figure: str = FIRST) -> Callable[[Spoil], Spoil]:
    """Declare what the function does to a night as something that the check must catch."""

    def declare(spoil: Spoil) -> Spoil:
        _declared.append(Mutation(spoil.__name__, check, spoil, figure))
        return spoil

    return declare


def all_mutations() -> list[Mutation]:
    """Every declared one, by name."""
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        importlib.import_module(f"tests.reliability.spoiling.{module.name}")
    return sorted(_declared, key=lambda mutation: mutation.name)


def sent(night: Night, draw: Random) -> dict:
    """One of the decisions that contact somebody."""
    return draw.choice([row for row in night.decisions if row["status"] == "offered"])


def not_sent(night: Night, draw: Random) -> dict:
    """One of the decisions about somebody who was considered and is not contacted."""
    apart = ("offered", "holdout", "objector")
    return draw.choice([row for row in night.decisions if row["status"] not in apart])
