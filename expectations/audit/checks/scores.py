"""Scores, computed again: they are those of the models that the manifest names.

As many customers, drawn in the same way as for the features, are scored by the models that the manifest names.
This happens in a process of its own (`python -m expectations.audit.rescore`), which needs the standard library, numpy
and LightGBM only. It encodes the features by the model's contract and calibrates in plain Python. It must answer
within `mlflow.load_seconds`; anything but an answer is a breach. A score in the lake must equal the new one, rounded
to the millionth. A model's text must have the SHA-256 of the manifest. It is taken from the copies that the lake
keeps, else from MLflow; a model that cannot be found is a breach.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from expectations.audit import fresh_process
from expectations.audit.evidence import Breach, Evidence
from expectations.audit.experiments import drawn
from expectations.audit.micros import MICROS
from expectations.audit.people import Row, columns_of, customers_in, rows_of

ROUNDING = 0.500001
"""Half a millionth, and what two processes may differ in the last bits of a double."""


def scores_follow_from_the_models(evidence: Evidence) -> Iterator[Breach]:
    """Drawn customers, scored again in a fresh process, have the scores of the lake, to the millionth.

    Reads: the lake's features and scores, the models' files, manifest.
    """
    faults, usable = Counter[str](), []
    for name in evidence.models:
        fault = _fault(evidence, name)
        if fault:
            faults[fault] += 1
        else:
            usable.append(name)
    for what, count in sorted(faults.items()):
        yield Breach("scores", what, count)
    if usable:
        yield from _different(evidence, usable)


def _fault(evidence: Evidence, name: str) -> str:
    """Why a model cannot be asked again; empty where it can."""
    stated = next((model for model in evidence.manifest["models"] if model["model"] == name), None)
    files = evidence.model_files.get(name)
    if stated is None:
        return "models that the manifest does not name"
    if files is None:
        return "models whose files cannot be had: what they said cannot be checked"
    if sha256(files.text.encode()).hexdigest() != stated["sha256"]:
        return "models whose text is not the one that the manifest names"
    return ""


def _different(evidence: Evidence, names: Sequence[str]) -> Iterator[Breach]:
    scored = customers_in(evidence.features_folder)
    chosen = sorted(drawn(evidence, set(scored), "scored again"))
    rows = rows_of(evidence.features_folder, chosen)
    models = [{"text": (files := evidence.model_files[name]).text, "contract": files.contract} for name in names]
    try:
        again = fresh_process.scored_again(models, [rows[customer] for customer in chosen], evidence.rescore_seconds)
    except fresh_process.NoAnswer as end:
        yield Breach("scores", f"the process that scores again {end}", 1)
        return
    lake = _in_the_lake(evidence, chosen)
    for name, again_by_model in zip(names, again, strict=True):
        score = evidence.models[name]["score"]
        wrong = sum(
            not _is_same(lake[customer].get(score), new) for customer, new in zip(chosen, again_by_model, strict=True)
        )
        if wrong:
            yield Breach("scores", f"{score}: customers whose score is not what its model says", wrong)


def _in_the_lake(evidence: Evidence, customers: Sequence[str]) -> dict[str, Row]:
    """The stored scores of each of the customers, side by side."""
    stored: dict[str, Row] = {customer: {} for customer in customers}
    for folder in evidence.scores_folders:
        for customer, row in rows_of(folder, customers, columns_of(folder)).items():
            stored[customer] |= row
    return stored


def _is_same(stored: Any, computed: Any) -> bool:  # noqa: ANN401  a score, as each kind of model has it
    """Whether the stored score is the found one, rounded."""
    if isinstance(stored, Mapping) or isinstance(computed, Mapping):
        both = stored or {}, computed or {}
        return both[0].keys() == both[1].keys() and all(_is_same(both[0][key], both[1][key]) for key in both[0])
    if stored is None or computed is None:
        return stored is computed
    millionths = stored if isinstance(stored, int) else stored * MICROS
    bits = abs(computed) * MICROS * 1e-12  # of large amounts a double has no millionths of a millionth
    return bool(abs(millionths - computed * MICROS) <= ROUNDING + bits)
