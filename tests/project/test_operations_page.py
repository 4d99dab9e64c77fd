"""The operator's page tells every exit code, and nothing that a command line would refuse."""

import re
import shlex
from pathlib import Path

from typer.main import get_command

from conf.exit_codes import ExitCode
from jobs.cli.commands import app

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text()
COMMANDS = [line for block in re.findall(r"(?ms)^```sh\n(.*?)^```", PAGE) for line in block.splitlines()]


def test_every_exit_code_wants_something_of_the_operator():
    output = [int(code) for code in re.findall(r"(?m)^\| (\d+) \| .+ \| .+ \|$", PAGE)]
    assert output == sorted(ExitCode)


def test_every_command_of_the_page_has_its_name_and_its_options():
    expected = get_command(app)
    result = [shlex.split(line) for line in COMMANDS if line.startswith("oneoffer ")]
    assert len(result) > 10
    for words in result:
        command, rest = expected, words[1:]
        while hasattr(command, "commands"):
            command, rest = command.commands[rest[0]], rest[1:]
        options = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in rest if word.startswith("--")} <= options, words


def test_every_target_of_make_is_one():
    targets = set(re.findall(r"(?m)^([\w./-]+):(?!=)", (ROOT / "Makefile").read_text()))
    asked = {
        line.split("make ")[1].removeprefix("-C /srv/oneoffer ").split()[0] for line in COMMANDS if "make " in line
    }
    assert asked
    assert asked <= targets
