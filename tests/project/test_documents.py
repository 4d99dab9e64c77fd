import re
from pathlib import Path

import pytest

from benchmarks import decision_index

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
PROSE = [page for page in PAGES if page.parent.name != "decisions"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize("page", PROSE, ids=lambda page: page.name)
def test_a_line_of_prose_has_at_most_110_signs(page):
    """Tables, blocks of code and lines that are one long link may be longer."""
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    lines = [line for line in text.splitlines() if not re.match(r"\||\S*\]\(\S+\)\S*$", line)]
    assert [line for line in lines if len(line) > 110] == []


@pytest.mark.parametrize("page", [page for page in PROSE if page.name != "CHANGELOG.md"], ids=lambda page: page.name)
def test_the_files_and_folders_that_a_page_names_exist(page):
    """From the top folder, or as testing.md does from `tests`."""
    top = "airflow_dags|benchmarks|conf|docs|expectations|jobs|models|operations|optimization|tests"
    named = re.findall(rf"`((?:{top})/[\w./-]*(?:\.[a-z0-9]+|/))`", page.read_text())
    assert [name for name in named if not (ROOT / name).exists() and not (ROOT / "tests" / name).exists()] == []


def test_every_page_can_be_reached_from_the_readme():
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page not in reached:
            reached.add(page)
            targets = re.findall(r"\]\((?!https?:)([^)#]+\.md)", page.read_text())
            waiting += [(page.parent / target).resolve() for target in targets]
    assert set(PAGES) - reached == set()


def test_the_index_of_decisions_is_current():
    assert decision_index.PAGE.read_text() == decision_index.page(), "run: python -m benchmarks.decision_index"


def test_the_tree_in_the_readme_is_the_tree():
    block = re.search(r"```\n(conf/.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)[1]
    for line in block.splitlines():
        assert (ROOT / line.split()[0]).exists(), line


def test_every_make_target_in_the_readme_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"`?make ([a-z-]+)", (ROOT / "README.md").read_text()))
    assert named
    assert named <= targets


def test_no_lock_file_records_an_index():
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        assert text.count("--hash=sha256:") > 100
