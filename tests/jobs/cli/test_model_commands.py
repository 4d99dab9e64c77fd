"""What cannot be understood about a model leaves with 2 before anything heavy starts."""

import pytest
from typer.testing import CliRunner

from jobs.cli.commands import app


@pytest.fixture
def invoke(deploy, tmp_path):
    conf = deploy().folder
    for name in ("model.txt", "features.json"):
        (tmp_path / name).write_text("")

    def run(*words):
        words = [word.replace("$", f"{tmp_path}/") for word in words]
        done = CliRunner().invoke(app, ["models", *words, "--conf", str(conf)], env={"COLUMNS": "300"})
        return done.exit_code, done.output

    return run


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["promote", "atrition"], "no model 'atrition'; did you mean 'attrition'?"),
        (["validate", "atrition"], "Models: attrition, customer_value, cross_sell"),
        (["history", "x"], "no model 'x'"),
        (["validate", "--version", "2"], "--version needs the model's name"),
        (["promote", "attrition", "--force"], "--force needs --reason"),
        (["promote", "attrition", "--force", "--reason", "  "], "--force needs --reason"),
        (["promote", "attrition", "--version", "0"], "Invalid value for '--version'"),
        (["rollback", "attrition"], "Missing option '--reason'"),
        (["rollback", "attrition", "--reason", " "], "--reason must say why"),
        (["register", "--name", "attrition", "--as-of", "2026-01-01"], "say --booster with --features, or --run"),
        (["register", "--name", "attrition", "--as-of", "2026-01-01", "--booster", "$model.txt"], "say --booster with"),
        (["register", "--name", "attrition", "--as-of", "2026-01-01", "--run", "/mlruns"], "--run is runs:/ID/PATH"),
        (
            ["register", "--name", "attrition", "--as-of", "2026-01-01", "--booster", "$none.txt",
             "--features", "$features.json"],
            "does not exist",
        ),
        (["compare", "atrition", "--as-of", "2026-01-01"], "did you mean 'attrition'?"),
    ],
)  # fmt: skip
def test_a_command_that_cannot_be_understood_says_why_and_leaves_with_two(invoke, words, text):
    code, output = invoke(*words)
    assert code == 2
    assert text in output
