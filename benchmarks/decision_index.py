"""docs/decisions/README.md, from the decisions' titles: `python -m benchmarks.decision_index` writes it."""

from pathlib import Path

FOLDER = Path(__file__).parents[1] / "docs" / "decisions"
PAGE = FOLDER / "README.md"

HEAD = """# Decisions

Written by `python -m benchmarks.decision_index`; do not edit.

Choices that somebody may question later: the context, the decision, and what follows from it. A decision stays as it
was written, so some use older words ([glossary](../glossary.md)) or older paths ([changes](../../CHANGELOG.md)).

"""


def page() -> str:
    """The index as Markdown: a line for each decision, its number and its title."""
    return HEAD + "".join(_line(path) for path in sorted(FOLDER.glob("[0-9]*.md")))


def _line(path: Path) -> str:
    title = path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")
    return f"- [{path.name[:4]}]({path.name}) {title}\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
