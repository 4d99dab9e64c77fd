"""The manifest: every field of it, held against what it is about.

| field | looked at by |
|---|---|
| every name and type | `the_manifest_has_its_fields_and_no_other` |
| `as_of`, `files.*.sha256` | `the_manifest_lists_what_was_sealed` |
| `files.*.rows` and `sums`, `statuses`, `plan.opted_out` | `the_manifest_counts_what_is_there` |
| `files.*.bytes`, `oneoffer`, `deployment`, `currency`, `time_zone`, `code_sha256`, `settings_sha256`, `history`, \
`last_night` | `the_manifest_says_how_the_night_was_made` |
| `sources`, `consents` | `the_inputs_are_those_of_the_manifest` |
| `models` | `the_manifest_names_the_models_that_scored`, `scores_follow_from_the_models` |
| `plan` | `the_manifest_says_what_the_plan_was`, `the_plan_is_as_near_the_best_as_promised` |
| `plan.must_send` | `as_many_must_sends_go_as_the_limits_allow` |
| `limits` | `the_limits_are_counted_as_stated`, `limits_csv_says_what_the_manifest_says` |

Sets and nights that came after the set are no evidence against it: of the sets those count that the ledger names before
it, of the nights in the lake those that are older than SHA256SUMS.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from expectations.audit.evidence import Breach, Evidence
from expectations.audit.groups import declares_groups
from expectations.audit.ledger import sets_known
from expectations.audit.manifest_shape import wrong_fields
from expectations.audit.micros import MICROS
from expectations.audit.must_sends import must_sends_on

MADE_BY = ("oneoffer", "code_sha256", "settings_sha256")
LAST_NIGHT_DAYS = 7
"""A night of longer ago is not compared with."""


def the_manifest_has_its_fields_and_no_other(evidence: Evidence) -> Iterator[Breach]:
    """Every field is there, of its type, and no other; of each file it says what is said of files of its kind.

    Reads: manifest.
    """
    channels = [str(channel["id"]) for channel in evidence.channels]
    further = ["newcomers.csv"] if declares_groups(evidence) else []
    wrong = wrong_fields(evidence.manifest, channels, further, has_must_sends=bool(must_sends_on(evidence)))
    if wrong:
        yield Breach("manifest", "fields that are missing, of another type, or not of a manifest", wrong)


def the_manifest_says_how_the_night_was_made(evidence: Evidence) -> Iterator[Breach]:
    """Deployment, currency, zone, release, code and settings are those of the night; so are the sets it knew.

    Reads: manifest, deployment.yaml, what the night pinned, every file's size, COMMITs, the lake's counts of bins.
    """
    manifest = evidence.manifest
    expected = {"deployment": {evidence.deployment}, "currency": {evidence.currency}, "time_zone": {evidence.time_zone}}
    expected |= {name: set(evidence.made_by[name]) for name in MADE_BY}
    for name, values in expected.items():
        if manifest[name] not in values:
            yield Breach("manifest", f"{name} is not that of the night", 1)
    sizes = {name: (evidence.folder / name).stat().st_size for name in manifest["files"]}
    different = sum(facts["bytes"] != sizes[name] for name, facts in manifest["files"].items())
    if different:
        yield Breach("manifest", "files of another size than it says", different)
    if manifest["history"] != _history(evidence):
        yield Breach("manifest", "the earlier sets are not those that it says", 1)
    if not _is_last_night(evidence, manifest["last_night"]):
        yield Breach("manifest", "the night that it was compared with is not the one before", 1)


def the_manifest_names_the_models_that_scored(evidence: Evidence) -> Iterator[Breach]:
    """The models are those of models.yaml, and what is said of each is what the night kept beside its scores.

    Reads: manifest, models.yaml, the lake's table of models that scored.
    """
    stated = evidence.manifest["models"]
    named = {row["model"]: row["score"] for row in stated}
    due = {name: model["score"] for name, model in evidence.models.items()}
    if named != due or len(stated) != len(named):
        yield Breach(
            "manifest",
            "models that models.yaml does not name, or names otherwise",
            len(named.items() ^ due.items()) or 1,
        )
    kept = {row["model"]: row for row in _rows(evidence, "scored_with")}
    different = sum(row != kept.get(row["model"]) for row in stated)
    if different:
        yield Breach("manifest", "models of which it says something else than the night kept", different)


def the_manifest_says_what_the_plan_was(evidence: Evidence) -> Iterator[Breach]:
    """Plan and limits are what the night kept of them; the gap follows; without experiments nothing is lost by them.

    Reads: manifest, policy, the lake's certificate and limits.
    """
    plan = evidence.manifest["plan"]
    different = [name for kept in _kept(evidence, "certificates") for name in _unlike(plan, kept)]
    if different:
        yield Breach("manifest", f"the plan's {', '.join(different)} is not what the night kept", len(different))
    value, bound = Fraction(plan["value"]), Fraction(plan["bound"])
    if float((bound - value) / max(abs(bound), Fraction(1))) != plan["gap"]:
        yield Breach("manifest", "the gap is not that of value and bound", 1)
    has_experiments = evidence.policy.get("control") or evidence.policy.get("exploration")
    if not has_experiments and plan["without_experiments"] != plan["value"]:
        yield Breach("manifest", "a policy without experiments, and a plan that they cost something", 1)
    if _is_of_the_set(evidence, "limit_prices") and evidence.manifest["limits"] != _rows(evidence, "limit_prices"):
        yield Breach("manifest", "the limits are not what the night kept of them", 1)


def _unlike(plan: Mapping[str, Any], kept: Mapping[str, Any]) -> list[str]:
    """The names of what a manifest says of a plan and the night kept otherwise."""
    names = [name for name in ("status", "engine", "gap") if plan[name] != kept[name]]
    return names + [name for name in ("value", "bound", "without_experiments") if _micros(plan[name]) != kept[name]]


def _kept(evidence: Evidence, table: str) -> list[dict[str, Any]]:
    """What the night kept; nothing where a later attempt of the date, which published nothing, has written over it."""
    return _rows(evidence, table) if _is_of_the_set(evidence, table) else []


def _is_of_the_set(evidence: Evidence, table: str) -> bool:
    return all(_is_older(file, evidence) for file in evidence.lake[table].iterdir())


def _rows(evidence: Evidence, table: str) -> list[dict[str, Any]]:
    return list(pq.read_table(evidence.lake[table], partitioning=None).to_pylist())


def _micros(amount: str) -> int | None:
    exact = Decimal(amount) * MICROS
    return int(exact) if exact == int(exact) else None


def _history(evidence: Evidence) -> dict[str, object]:
    """How many sets of other dates the set knew, and the hash over their dates and names."""
    names = "".join(f"{day}/{folder.name}\n" for day, folder in sets_known(evidence))
    return {"sets": names.count("\n"), "sha256": hashlib.sha256(names.encode()).hexdigest()}


def _is_last_night(evidence: Evidence, stated: Mapping[str, str] | None) -> bool:
    """Whether it is the newest counted night before this one, as far as that is older than the set."""
    folders = evidence.lake["bin_counts"].parent.glob("as_of=????-??-??")
    days = {date.fromisoformat(folder.name.removeprefix("as_of=")): folder for folder in folders}
    first = evidence.as_of - timedelta(days=LAST_NIGHT_DAYS)
    counted = {day: folder for day, folder in days.items() if first <= day < evidence.as_of}
    if any(not _is_older(file, evidence) for folder in counted.values() for file in folder.iterdir()):
        return stated is None or date.fromisoformat(stated["as_of"]) in counted
    if not counted:
        return stated is None
    rows = json.dumps(pq.read_table(counted[max(counted)], partitioning=None).to_pylist(), sort_keys=True)
    digest = hashlib.sha256(rows.encode()).hexdigest()
    return stated == {"as_of": max(counted).isoformat(), "sha256": digest}


def _is_older(path: Path, evidence: Evidence) -> bool:
    return path.stat().st_mtime_ns <= (evidence.folder / "SHA256SUMS").stat().st_mtime_ns
