"""The list of stages and the modules of the night name the same stages."""

import importlib
import inspect

import pytest
from typer.testing import CliRunner

from jobs.cli.commands import app
from jobs.core.stages import STAGES
from jobs.run_context import RunContext


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_is_a_module_with_a_run_of_a_context(stage):
    module = importlib.import_module(f"jobs.stages.{stage}")
    assert list(inspect.signature(module.run).parameters) == ["context"]
    assert inspect.get_annotations(module.run, eval_str=True) == {"context": RunContext, "return": None}
    assert module.__doc__


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_is_a_command_of_its_own(stage):
    answer = CliRunner().invoke(app, [stage, "--help"])
    assert answer.exit_code == 0
    assert "--as-of" in answer.output


def test_no_stage_comes_twice_and_publication_is_last():
    assert len(set(STAGES)) == len(STAGES)
    assert (STAGES[0], STAGES[-1]) == ("gate_sources", "publish")
