"""Checks the files that `oneoffer solve` wrote against the candidates and limits they were made from."""

import json
from datetime import date
from pathlib import Path

from conf.micros import Unit
from expectations.audit import Breach
from expectations.audit.solution import solution_breaches
from jobs.core.errors import AuditFailed
from jobs.planning.candidate_files import limits_on, read_candidates


def verify_solution(folder: Path, candidates: Path, policy: Path, unit: Unit | None = None) -> None:
    """Recount plan, limits and bound from the files alone.

    Raises:
        SettingsError, BadInput: policy or candidates are not what they should be.
        AuditFailed: with every breach, or because the folder holds no solution.
    """
    breaches = list(_breaches(folder, candidates, policy, unit))
    if breaches:
        lines = [f"  {breach.check}: {breach.what} ({breach.count})" for breach in breaches]
        raise AuditFailed("\n".join([f"{folder} does not hold what it claims:", *lines]))


def _breaches(folder: Path, candidates: Path, policy: Path, unit: Unit | None) -> list[Breach]:
    try:
        as_of = json.loads((folder / "solution.json").read_text(encoding="utf-8"))["as_of"]
    except (OSError, ValueError, KeyError) as error:
        raise AuditFailed(f"{folder} holds no solution: solution.json cannot be read") from error
    limits = limits_on(as_of and date.fromisoformat(as_of), policy)
    table = read_candidates(candidates, limits, unit)
    plain = [limit.model_dump(mode="json", exclude_none=True) for limit in limits]
    try:
        return list(solution_breaches(folder, table, plain))
    except (OSError, ValueError, KeyError, TypeError) as error:
        return [Breach("files", f"cannot be checked: {type(error).__name__}", 1)]
