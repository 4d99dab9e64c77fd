"""`--set path.to.key=value`: one setting changed for one command."""

from pathlib import Path
from typing import Any

from conf.errors import SettingsError, nearest
from conf.yaml_file import Document, parse_yaml

COMMAND_LINE = Path("--set")


def override(documents: dict[str, Document], assignment: str) -> None:
    """Change one value in place: `policy.limits.budget.max=30000`, `offers.pet_food.margin=2`.

    The first word is a file without its ending; a list's items are named by their `name` or `id`.

    Raises:
        SettingsError: not an assignment, or a path that leads nowhere; the value is not repeated, it may be a secret.
    """
    path, equals, text = assignment.partition("=")
    steps = path.strip().split(".")
    if not equals or len(steps) < 2:  # noqa: PLR2004  a file and a key
        raise SettingsError(f"--set {path}: write it as file.key=value, e.g. policy.limits.budget.max=30000")
    if steps[0] not in documents:
        raise SettingsError(f"--set {path}: no settings file {steps[0]!r}{nearest(steps[0], documents)}")
    holder = documents[steps[0]].data
    for step in steps[1:-1]:
        holder = _enter(holder, step, path)
    try:
        value = parse_yaml(text, COMMAND_LINE).data
    except SettingsError as error:
        raise SettingsError(f"{error} ({path.strip()})") from None
    if isinstance(holder, list):
        raise SettingsError(f"--set {path}: {steps[-1]!r} names an item; name one of its keys too")
    holder[steps[-1]] = value


def _enter(holder: Any, step: str, path: str) -> Any:
    if isinstance(holder, dict):
        inner = holder.setdefault(step, {})
        if isinstance(inner, dict | list):
            return inner
        raise SettingsError(f"--set {path}: {step!r} is a single value, nothing lies below it")
    named = {str(item.get("id", item.get("name"))): item for item in holder if isinstance(item, dict)}
    if step not in named:
        raise SettingsError(f"--set {path}: no item {step!r}{nearest(step, named)}")
    return named[step]
