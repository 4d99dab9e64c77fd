"""The night's tables -> the report page for campaign teams."""

from collections.abc import Sequence
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from jobs.core.statuses import LEFT_AFTER, STATUSES
from jobs.report_page.charts import limit_chart, status_chart
from jobs.report_page.facts import gather
from jobs.report_page.funnel import ELSEWHERE, OfferFunnel, offer_funnels
from jobs.run_context import RunContext


def run(context: RunContext) -> None:
    """Write report.html beside the date's tables; publication takes it into the set."""
    page = render(context, offer_funnels(context))
    context.lake.write_file(page.encode("utf-8"), "report", context.as_of, "report.html")


def render(context: RunContext, funnels: Sequence[OfferFunnel]) -> str:
    """The page: one file, no scripts, nothing loaded from anywhere."""
    environment = Environment(loader=PackageLoader("jobs", "report_page"), autoescape=True, undefined=StrictUndefined)
    environment.filters |= {"money": _money, "number": _number, "percent": _percent}
    facts = gather(context)
    return environment.get_template("page.html").render(
        **facts,
        meanings=STATUSES,
        left_after=LEFT_AFTER,
        ends=_ends(funnels),
        funnels=funnels,
        names={offer.id: offer.name for offer in context.settings.offers},
        style=files("jobs.report_page").joinpath("style.css").read_text(encoding="utf-8"),
        status_svg=status_chart(facts["statuses"]),
        limit_svg=limit_chart(facts["limits"]),
    )


def _ends(funnels: Sequence[OfferFunnel]) -> list[str]:
    """The ends that any offer had, from the first that may befall it to the last."""
    had = {end for funnel in funnels for end, count in funnel.ends.items() if count}
    in_order = list(reversed(STATUSES))
    in_order.insert(in_order.index("not_selected"), ELSEWHERE)
    return [end for end in in_order if end in had]


def _money(amount: object) -> str:
    return f"{amount:,.2f}"


def _number(amount: float | None) -> str:
    """Up to four decimals; a dash for what is not known."""
    return "–" if amount is None else f"{amount:,.4f}".rstrip("0").rstrip(".")


def _percent(share: float) -> str:
    return f"{share:.4%}"
