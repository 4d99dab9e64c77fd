"""Writes the files of a solution: plan.parquet, proof.json and solution.json."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from conf.micros import MAX_UNITS, MICROS
from jobs.core.files import make_folder, sync_folder, write_file
from optimization import LimitUse, Plan

COLUMNS = ("customer_id", "offer_id", "channel", "value", "cost")
MONEY = pa.decimal128(19, 6)
PLACES = 6
NUMBER = "\0"
"""Marks text that is written as a number; no text of a solution holds it."""


def write_solution(out: Path, candidates: pa.Table, plan: Plan, as_of: date | None) -> None:
    """Write plan.parquet, proof.json, then solution.json, each whole or not at all.

    solution.json speaks of the files beside it: the old one goes first and the new one comes last.
    """
    make_folder(out)
    for name in ("solution.json", "proof.json", "plan.parquet"):
        (out / name).unlink(missing_ok=True)
    if plan.has_plan:
        buffer = pa.BufferOutputStream()
        pq.write_table(plan_table(candidates, plan), buffer)
        _put(out / "plan.parquet", buffer.getvalue().to_pybytes())
    _put(out / "proof.json", proof_bytes(plan.proof))
    _put(out / "solution.json", _json_bytes(solution(plan, as_of)))
    sync_folder(out)


def plan_table(candidates: pa.Table, plan: Plan) -> pa.Table:
    """The chosen candidates, in the order of their ids, with money in units of the currency."""
    chosen = candidates.select(COLUMNS).take(pa.array(plan.chosen))
    net = pc.subtract(chosen["value"], chosen["cost"])
    money = {"value": chosen["value"], "cost": chosen["cost"], "net_value": net}
    return pa.table(
        {name: chosen[name] for name in COLUMNS[:3]} | {name: _units(column) for name, column in money.items()}
    )


def solution(plan: Plan, as_of: date | None) -> dict[str, object]:
    """What solution.json says; amounts in units of the currency, an unknown number is null.

    Args:
        as_of: the date whose limits were held; None: all limits were.
    """
    return {
        "as_of": as_of and as_of.isoformat(),
        "status": str(plan.status),
        "engine": plan.engine,
        "reason": plan.reason,
        "value": _amount(plan.value),
        "bound": _amount(plan.bound),
        "gap": plan.gap if plan.has_plan else None,
        "passes": plan.passes,
        "seconds": round(plan.seconds, 3),
        "limits": [_limit(limit) for limit in plan.limits],
        "conflict": list(plan.conflict),
        "relaxation": plan.relaxation,
    }


def proof_bytes(proof: Mapping[str, Any]) -> bytes:
    """What proves the bound, or that no plan exists, in exact fractions."""
    return (json.dumps(proof, indent=1, sort_keys=True) + "\n").encode()


def _limit(limit: LimitUse) -> dict[str, object]:
    return {
        "name": limit.name,
        "use": _number(limit.use),
        "min": _number(limit.min),
        "max": _number(limit.max),
        "shadow_price": limit.shadow_price,
        "side": limit.side,
        "binding": limit.binding,
        "shortfall": _number(limit.shortfall),
        "cause": limit.cause,
    }


def _number(number: Decimal | None) -> float | None:
    return None if number is None else float(number)


def _amount(micros: int | None) -> float | Decimal | None:
    """The amount in units, as a float where a float is exact to the micro."""
    if micros is None:
        return None
    units = Decimal(micros).scaleb(-PLACES)
    return float(units) if abs(micros) <= MAX_UNITS * MICROS else units


def _json_bytes(document: Mapping[str, object]) -> bytes:
    """The document as JSON; a Decimal becomes a number with all its digits."""
    text = json.dumps(document, indent=2, default=lambda number: f"{NUMBER}{number:f}")
    return (re.sub(r'"\\u0000([^"]*)"', r"\1", text) + "\n").encode()


def _units(micros: pa.ChunkedArray) -> pa.ChunkedArray:
    scaled = pc.multiply(micros.cast(pa.decimal128(19, 0)), pa.scalar(Decimal("0.000001"), pa.decimal128(6, 6)))
    return scaled.cast(MONEY)


def _put(path: Path, content: bytes) -> None:
    """Write beside, then rename: a reader sees the whole file or none."""
    beside = path.with_name(f".{path.name}.part")
    beside.unlink(missing_ok=True)
    write_file(beside, content)
    beside.replace(path)
