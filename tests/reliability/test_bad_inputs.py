"""Every listed bad input: the right exit code, a message that says where and how many, no value, nothing published.

The list is bad_inputs/catalogue.yaml; by default the cases marked `first`, by `make test-full` all of them.
"""

import os
import re
import shutil
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from tests.workplace import CommandLine

HERE = Path(__file__).parent
CATALOGUE = yaml.safe_load((HERE / "bad_inputs/catalogue.yaml").read_text())
CLEAN, *CASES = CATALOGUE
CHOSEN = [pytest.param(case, id=case["name"], marks=[] if case.get("first") else pytest.mark.full) for case in CASES]
LEAST = 80
NO_VALUES = {"true", "false", "treatment", "control"}  # words of the contracts
NIGHT = ("--conf", "HERE/conf", "--as-of", "2024-07-01")


@pytest.fixture(scope="module")
def command_line(tmp_path_factory):
    shared = CommandLine(tmp_path_factory.mktemp("command_line"))
    yield shared
    shared.close()


@pytest.fixture(scope="module")
def results(figures):
    """Name of a case -> what was wrong with its outcome; the counts become a figure."""
    faults_of_cases = {}
    yield faults_of_cases
    right = sum(not faults for faults in faults_of_cases.values())
    figures.record("bad inputs", listed=len(CASES), run=len(faults_of_cases), right=right)


def spoiled(case, folder):
    """The shop in a folder, spoiled as the case says."""
    shutil.copytree(HERE / "bad_inputs/shop", folder, dirs_exist_ok=True)
    for file in (folder / "conf").iterdir():
        file.write_text(file.read_text().replace("HERE", str(folder)))
    for edit in case.get("spoil", ()):
        ((kind, name),) = [item for item in edit.items() if item[0] in EDITS]
        EDITS[kind](folder / name if isinstance(name, str) else folder, edit)
    return folder


def replace(path, edit):
    text = path.read_text()
    old, new = (str(edit[side]).replace("HERE", str(path.parents[1])) for side in ("old", "new"))
    assert old in text, f"{path.name} holds no {old!r}"
    path.write_text(text.replace(old, new))


def write(path, edit):
    path.write_bytes(str(edit["text"]).encode(edit.get("encoding", "utf-8")))


def damage(path, edit):
    """Bytes that are no UTF-8 in the place of a text, or noise over the middle of a file."""
    content = path.read_bytes()
    if "old" in edit:
        path.write_bytes(content.replace(edit["old"].encode(), bytes.fromhex(edit["hex"])))
    else:
        path.write_bytes(content[: edit["from"]] + b"\xff" * edit["bytes"] + content[edit["from"] + edit["bytes"] :])


def lay_parquet(path, edit):
    types = {name: pa.type_for_alias(kind) for name, kind in edit.get("types", {}).items()}
    columns = {name: pa.array(cells, types.get(name)) for name, cells in edit["columns"].items()}
    for name, zone in edit.get("zones", {}).items():
        columns[name] = columns[name].cast(pa.timestamp("us", zone or None))
    pq.write_table(pa.table(columns), path)


def count(folder, edit):
    """Rows that three nights before found."""
    for day in range(3):
        partition = folder / f"work/lake/source_counts/as_of={date(2024, 6, 28 + day)}"
        partition.mkdir(parents=True)
        rows = [{"table_name": name, "rows": rows} for name, rows in edit["counted"].items()]
        pq.write_table(pa.Table.from_pylist(rows), partition / "part-0.parquet")


EDITS = {
    "in": replace,
    "add_to": lambda path, edit: path.write_text(path.read_text() + edit["text"] + "\n"),
    "write": write,
    "delete": lambda path, edit: path.unlink(),
    "damage": damage,
    "cut": lambda path, edit: os.truncate(path, edit["bytes"]),
    "parquet": lay_parquet,
    "counted": count,
}


def cells(folder, case):
    """Every cell of the data, unless it is short or the settings say the same; header lines are names, not values."""
    settings = "".join(path.read_bytes().decode("utf-8", "replace") for path in (folder / "conf").iterdir())
    laid = [edit["columns"].values() for edit in case.get("spoil", ()) if "parquet" in edit]
    values = {str(cell) for columns in laid for column in columns for cell in column}
    for path in (folder / "data").iterdir():
        if path.suffix == ".csv":
            encoding = "utf-16" if path.read_bytes()[:2] == b"\xff\xfe" else "utf-8"
            lines = path.read_bytes().decode(encoding, "replace").splitlines()[1:]
            values |= {cell for line in lines for cell in re.split('[,;"]', line)}
    return {cell for cell in values if len(cell) >= 4 and cell not in settings} - NO_VALUES


def faults(case, outcome, folder):
    """What is wrong with how a bad input was answered."""
    printed = outcome["printed"]
    missing = [words for words in case["says"] if words not in printed]
    printed_values = sorted(cell for cell in cells(folder, case) if cell in printed)
    wrong = {
        f"exit {outcome['exit']} in the place of {case['exit']}": outcome["exit"] != case["exit"],
        f"not said: {missing}": missing,
        f"values told: {printed_values}": printed_values,
        "a traceback": "Traceback" in printed or re.search(r"^\s+at \S+\(", printed, re.MULTILINE),
        f"published: {outcome['published']}": outcome["published"],
    }
    return [words for words, is_so in wrong.items() if is_so]


def words_of(case, folder):
    words = case.get("words") or [case.get("command", "run"), *NIGHT, *case.get("more", ())]
    return [word.replace("HERE", str(folder)) for word in words]


def answered(command_line, case, folder, plant=""):
    done = command_line.run(spoiled(case, folder), words_of(case, folder), plant)
    published = folder / "work/published"
    sets = [path.name for kind in ("COMMIT*", "set-*") for path in published.rglob(kind)]
    outcome = {"exit": done.returncode, "printed": done.stdout + done.stderr, "published": sets}
    return outcome, faults(case, outcome, folder)


def test_the_shop_itself_passes_its_gates(command_line, tmp_path):
    outcome, wrong = answered(command_line, CLEAN, tmp_path)
    assert wrong == [], outcome["printed"]


@pytest.mark.parametrize("case", CHOSEN)
def test_a_bad_input_is_answered_by_its_code_and_a_message_without_values(command_line, results, tmp_path, case):
    outcome, wrong = answered(command_line, case, tmp_path)
    results[case["name"]] = wrong
    assert wrong == [], outcome["printed"]


def test_a_gate_that_is_off_and_a_value_in_a_message_do_not_go_unseen(command_line, tmp_path):
    twice = next(case for case in CASES if case["name"] == "a customer stands twice") | {"command": "gate_sources"}
    _, wrong = answered(command_line, twice, tmp_path / "off", "gates off")
    assert wrong[0] == "exit 0 in the place of 10"
    _, wrong = answered(command_line, twice, tmp_path / "told", "value told")
    assert "values told: ['anna-4711']" in wrong


def test_the_list_is_long_enough_and_names_no_case_twice():
    names = [case["name"] for case in CASES]
    assert len(set(names)) == len(names) >= LEAST
    assert {case["exit"] for case in CASES} >= {2, 10, 11, 12, 13, 20}
