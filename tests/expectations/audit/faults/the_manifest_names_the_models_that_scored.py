"""Manifests that say something else about the models."""


def a_model_is_named_that_did_not_score(night):
    """models that models.yaml does not name, or names otherwise
    models of which it says something else than the night kept"""
    night.change_manifest = lambda manifest: manifest["models"].append(dict(manifest["models"][0], model="other"))


def a_version_is_another(night):
    """models of which it says something else than the night kept"""
    night.change_manifest = lambda manifest: manifest["models"][0].update(version=2)


def a_figure_is_better(night):
    """models of which it says something else than the night kept"""
    night.change_kept = lambda kept: kept["scored_with"][1].update(figures=[])


def a_cached_model_is_said_to_be_confirmed(night):
    """models of which it says something else than the night kept"""
    night.change_kept = lambda kept: kept["scored_with"][0].update(from_cache=True)
