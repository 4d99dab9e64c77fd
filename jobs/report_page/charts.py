"""The report's charts as SVG: drawn without a browser, the same bytes each time."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import vl_convert

INK, ACCENT, QUIET = "#26323f", "#2f6f8f", "#c9d3da"
CLIP = re.compile(r'(?<=id=")clip\d+(?=")|(?<=url\(#)clip\d+(?=\))')
FONT = "Liberation Sans"  # comes with the renderer, so that no machine's own fonts move a letter


def status_chart(counts: Mapping[str, int]) -> str:
    """How many customers ended in each status, in the order given."""
    rows = [{"status": name.replace("_", " "), "customers": count} for name, count in counts.items() if count]
    base = alt.Chart(alt.Data(values=rows)).encode(
        y=alt.Y("status:N", sort=None, title=None), x=alt.X("customers:Q", axis=None)
    )
    is_offered = alt.condition(alt.datum.status == "offered", alt.value(ACCENT), alt.value(QUIET))
    bars = base.mark_bar(cornerRadiusEnd=3, height=18).encode(color=is_offered)
    numbers = base.mark_text(align="left", dx=5).encode(text=alt.Text("customers:Q", format=","))
    return svg("status", bars + numbers, height=28 * len(rows))


def limit_chart(limits: Sequence[Mapping[str, Any]]) -> str:
    """The use of each limit as a share of its maximum, or of its minimum where it has no maximum."""
    rows = [_limit_row(limit) for limit in limits if limit["use"] is not None and (limit["max"] or limit["min"])]
    base = alt.Chart(alt.Data(values=rows)).encode(y=alt.Y("name:N", sort=None, title=None))
    is_binding = alt.condition(alt.datum.binding, alt.value(ACCENT), alt.value(QUIET))
    used = base.mark_bar(cornerRadiusEnd=3, height=18).encode(
        x=alt.X("share:Q", axis=alt.Axis(format="%", title="of the maximum, or of the minimum asked for")),
        color=is_binding,
    )
    rule = alt.Chart(alt.Data(values=[{"share": 1}])).mark_rule(color=INK, strokeDash=[3, 3]).encode(x="share:Q")
    return svg("limit", used + rule, height=28 * len(rows))


def _limit_row(limit: Mapping[str, Any]) -> dict[str, Any]:
    bound, word = (limit["max"], "max") if limit["max"] else (limit["min"], "min")
    return {"name": f"{limit['name']} ({word})", "share": limit["use"] / bound, "binding": limit["binding"]}


def svg(name: str, chart: alt.LayerChart, *, height: int) -> str:
    """The chart in the page's own style; `name` begins the ids in it."""
    sized = chart.properties(width=460, height=max(height, 28)).configure(font=FONT, background="transparent")
    tidy = sized.configure_view(stroke=None).configure_axis(
        grid=False, domain=False, ticks=False, labelColor=INK, titleColor=INK, labelFontSize=13, labelLimit=260
    )
    return _with_own_ids(name, vl_convert.vegalite_to_svg(tidy.to_dict()))


def _with_own_ids(name: str, svg: str) -> str:
    """The renderer numbers clips over the life of the process; here they count from 0 in each chart, under its name."""
    numbers = {old: f"{name}-{number}" for number, old in enumerate(dict.fromkeys(CLIP.findall(svg)))}
    return CLIP.sub(lambda clip: numbers[clip[0]], svg)
