"""Comparison of two versions: a shadow night with each version's scores."""

from dataclasses import asdict
from math import isnan

from conf.micros import MICROS
from jobs.core.console_tables import print_rows
from jobs.model_life.differences import Comparison, Shadow, best_candidates, differences, long_scores, pairs
from jobs.model_life.shadow import shadow_night
from jobs.run_context import RunContext
from jobs.scoring.registry import registry_of
from models.champion import Champion
from models.scoring import score
from models.tracking import challenger_version, champion, version_files

KEPT_BACK = "control"
WORDS = {
    "scored": "scored by both",
    "only_champion": "scored by the champion alone",
    "only_challenger": "scored by the challenger alone",
    "mean_champion": "mean score of the champion",
    "mean_challenger": "mean score of the challenger",
    "spearman": "rank correlation of the scores",
    "score_psi": "stability index of the challenger's scores against the champion's",
    "candidates_champion": "candidates with the champion",
    "candidates_challenger": "candidates with the challenger",
    "best_changed": "customers whose best candidate would change",
    "plan_kept": "customers whose offer would stay",
    "plan_changed": "customers who would get another offer or channel",
    "plan_gained": "customers who would get an offer and get none now",
    "plan_lost": "customers who would get none and get one now",
    "champion_value": "value of the plan by the champion's scores",
    "challenger_value": "value of the plan by the challenger's scores",
}


def compare_models(context: RunContext, model: str, version: int | None) -> Comparison:
    """Score the date's feature table with both versions and make the candidates and the plan of each, in the shadow.

    Nothing of the night is changed: both are made in a lake of their own, with the night's other scores as they are.

    Args:
        context: of a date whose night was run at least to `score`.
        model: the one whose versions are compared.
        version: to compare with the champion; None: the challenger.

    Raises:
        ModelUnusable: there is no champion or no challenger, or their files cannot be used.
        NotInLake: the date was not scored.
        Infeasible, NoPlanInTime: the limits cannot be kept with the scores of one of them.
    """
    registry = registry_of(context.settings)
    now = champion(registry, model)
    tried = version_files(registry, model, challenger_version(registry, model) if version is None else version)
    score_name = context.settings.models.models[model].score
    context.say(f"  {model} version {now.version}, the champion")
    first = _shadow(context, score_name, now)
    context.say(f"  {model} version {tried.version}")
    second = _shadow(context, score_name, tried)
    return Comparison(
        model=model,
        as_of=context.as_of.isoformat(),
        champion=now.version,
        challenger=tried.version,
        **differences(first, second),
    )


def print_comparison(comparison: Comparison, *, as_json: bool) -> None:
    """One line per fact; for machines one object in a list."""
    # JSON knows no NaN.
    facts = {
        name: None if isinstance(fact, float) and isnan(fact) else fact for name, fact in asdict(comparison).items()
    }
    if as_json:
        print_rows("", [facts], as_json=True)
        return
    versions = f"version {comparison.challenger} in the shadow of champion {comparison.champion}"
    title = f"{comparison.model} as of {comparison.as_of}: {versions}"
    print_rows(title, [{"what": words, "found": _cell(facts[name])} for name, words in WORDS.items()], as_json=False)


def _cell(fact: float | None) -> str:
    if fact is None:
        return "not measured"
    return f"{fact:,}" if isinstance(fact, int) else f"{fact:,.4f}"


def _shadow(context: RunContext, score_name: str, version: Champion) -> Shadow:
    features = context.lake.read(context.spark, "features", context.as_of)
    scores = score(features, [version]).withColumnRenamed(version.contract.score, score_name).cache()
    with shadow_night(context, score_name, scores) as night:
        candidates = night.lake.read_arrow("candidates", night.as_of).to_pandas()
        plan = night.lake.read_arrow("plan", night.as_of).to_pandas()
        value = night.lake.read_arrow("certificates", night.as_of)["value"][0].as_py()
    outcome = Shadow(
        scores=long_scores(scores.toArrow(), score_name),
        candidates=len(candidates),
        best=best_candidates(candidates),
        plan=pairs(plan[plan.chosen_by != KEPT_BACK]),
        value=value / MICROS,
    )
    scores.unpersist()
    return outcome
