"""Which of LightGBM's settings a model may have, and the one name of each."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

import lightgbm

from conf.errors import nearest

MOST_TREES = "num_trees"
"""What models.yaml calls LightGBM's `num_iterations`."""
SETTINGS_OF_COLUMNS = frozenset(
    (
        *("monotone_constraints", "interaction_constraints", "feature_contri", "max_bin_by_feature"),
        *("cegb_penalty_feature_lazy", "cegb_penalty_feature_coupled"),
    )
)
"""What they may be depends on the columns of the matrix, which are known when the training table is."""

_NOT_HERE: Mapping[str, tuple[str, ...]] = {
    "the estimator chooses it": ("objective", "num_class", "categorical_feature"),
    "oneoffer sets it, so that the same data make the same model": (
        *("seed", "num_threads", "deterministic", "force_row_wise", "force_col_wise", "verbosity"),
        *("feature_pre_filter", "device_type", "tree_learner"),
    ),
    "it makes models that oneoffer does not read": ("linear_tree", "linear_lambda", "saved_feature_importance_type"),
    "it names a file, and a model is made from the deployment's settings and sources alone": (
        *("forcedsplits_filename", "forcedbins_filename", "config", "data", "valid", "input_model", "output_model"),
        *("output_result", "convert_model", "convert_model_language", "parser_config_file", "machine_list_filename"),
        *("save_binary", "snapshot_freq"),
    ),
    "it does nothing for the models of this product": (
        *("task", "header", "label_column", "weight_column", "group_column", "ignore_column", "two_round"),
        *(
            "pre_partition",
            "precise_float_parser",
            "machines",
            "num_machines",
            "local_listen_port",
            "time_out",
            "top_k",
        ),
        *("gpu_device_id", "gpu_device_id_list", "gpu_platform_id", "gpu_use_dp", "num_gpu", "refit_decay_rate"),
        *("start_iteration_predict", "num_iteration_predict", "predict_contrib", "predict_disable_shape_check"),
        *("predict_leaf_index", "predict_raw_score", "pred_early_stop", "pred_early_stop_freq"),
        *("pred_early_stop_margin", "is_provide_training_metric", "metric_freq", "alpha", "fair_c", "objective_seed"),
        *("auc_mu_weights", "label_gain", "eval_at", "multi_error_top_k", "bagging_by_query", "lambdarank_norm"),
        *("lambdarank_position_bias_regularization", "lambdarank_truncation_level"),
    ),
}
"""Why a setting has no place in models.yaml -> the settings; their other names are LightGBM's own list."""


@cache
def _names() -> Mapping[str, str]:
    """Every name of every setting, as the installed LightGBM lists them -> its main name."""
    aliases = lightgbm.basic._ConfigAliases._get_all_param_aliases()
    return MappingProxyType({alias: name for name, others in aliases.items() for alias in (name, *others)})


def main_name(setting: str) -> str:
    """What LightGBM calls the setting first; a name that it does not know stays."""
    return _names().get(setting, setting)


def canonical(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings by their main names: LightGBM lets a main name win over its other names without a word."""
    return {main_name(name): value for name, value in settings.items()}


def faults_of_names(settings: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each setting that a model may not have, and why."""
    reasons = {name: reason for reason, names in _NOT_HERE.items() for name in names}
    by_main: dict[str, str] = {}
    for setting in settings:
        main = main_name(setting)
        if setting not in _names():
            possible = {alias: name for alias, name in _names().items() if name not in reasons}
            hint = nearest(setting, {*possible.values(), MOST_TREES}) or nearest(setting, possible)
            yield setting, f"LightGBM has no setting {setting!r}{hint}"
        elif main in reasons:
            yield setting, f"{setting!r} has no place here: {reasons[main]}"
        elif main in by_main:
            yield setting, f"{by_main[main]!r} and {setting!r} are one setting of LightGBM; keep one"
        by_main.setdefault(main, setting)
