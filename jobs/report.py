"""Everything above -> the page that campaign teams read."""

from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from jobs.context import RunContext
from jobs.report_page.charts import limit_chart, status_chart
from jobs.report_page.facts import gather
from jobs.statuses import STATUSES


def run(context: RunContext) -> None:
    """Write report.html beside the date's tables; publication takes it into the set."""
    context.lake.write_file(render(context).encode("utf-8"), "report", context.as_of, "report.html")


def render(context: RunContext) -> str:
    """The page: one file, no scripts, nothing loaded from anywhere."""
    environment = Environment(loader=PackageLoader("jobs", "report_page"), autoescape=True, undefined=StrictUndefined)
    environment.filters |= {"money": _money, "number": _number, "percent": _percent}
    facts = gather(context)
    return environment.get_template("page.html").render(
        **facts,
        meanings=STATUSES,
        style=files("jobs.report_page").joinpath("style.css").read_text(encoding="utf-8"),
        status_svg=status_chart(facts["statuses"]),
        limit_svg=limit_chart(facts["limits"]),
    )


def _money(amount: object) -> str:
    return f"{amount:,.2f}"


def _number(amount: float | None) -> str:
    """Up to four decimals; a dash for what is not known."""
    return "–" if amount is None else f"{amount:,.4f}".rstrip("0").rstrip(".")


def _percent(share: float) -> str:
    return f"{share:.4%}"
