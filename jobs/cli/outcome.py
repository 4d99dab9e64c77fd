"""Prints the outcome of a night for a campaign manager."""

from typing import Any

import typer

from jobs.commit.commits import committed
from jobs.core.console_tables import print_rows
from jobs.report_page.facts import gather
from jobs.run_context import RunContext


def print_outcome(context: RunContext) -> None:
    """Offers by channel, money against the limits, value, bound, gap, and where the files are."""
    facts = gather(context)
    currency = context.settings.deployment.currency
    print_rows(f"Offers of {context.as_of}", _offers(facts), as_json=False)
    print_rows("Limits", _limits(facts), as_json=False)
    print_rows("Customers", _customers(facts), as_json=False)
    plan = facts["plan"]
    typer.echo(
        f"Expected net value {plan['value']:,.2f} {currency}; no plan within the limits can be worth more than "
        f"{plan['bound']:,.2f} (gap {plan['gap']:.2e}, {plan['engine']} engine)."
    )
    commit = committed(context.settings.deployment.output, context.as_of)
    if commit:
        typer.echo(f"Files to send and the report: {commit.folder}")


def _offers(facts: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "offer": row["offer"].name,
            **{channel.name: row["by_channel"][channel.id] or None for channel in facts["channels"]},
            "contacts": row["contacts"],
            "value": float(row["value"]),
            "cost": float(row["cost"]),
        }
        for row in facts["matrix"]
    ]


def _limits(facts: dict[str, Any]) -> list[dict[str, Any]]:
    names = ("name", "use", "min", "max", "binding", "shadow_price")
    return [{name: limit[name] for name in names} for limit in facts["limits"]]


def _customers(facts: dict[str, Any]) -> list[dict[str, Any]]:
    counts = facts["statuses"]
    rows = [{"status": status, "customers": count} for status, count in counts.items() if count]
    return [*rows, {"status": "all", "customers": facts["customers"]}]
