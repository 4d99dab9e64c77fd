"""deployment.yaml: where the night runs, what it may use and how it names money and days."""

from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, field_validator, model_validator

from conf.meant import SWITCHES
from conf.observability import Observability
from conf.strict import Day, LocalPath, Name, Strict, check_path

DRIVERS = {
    "postgresql": "psycopg2",
    "postgresql+psycopg2": "psycopg2",
    "postgresql+psycopg": "psycopg",
    "mysql": "MySQLdb",
    "mysql+mysqldb": "MySQLdb",
    "mysql+pymysql": "pymysql",
    "mssql": "pyodbc",
    "mssql+pyodbc": "pyodbc",
    "mssql+pymssql": "pymssql",
}
"""How an address of a database begins -> the module without which it is not reached."""


class Spark(Strict):
    """The Spark session: `local[2]`, `local[*]` or `spark://host:port`, and settings passed on as they stand."""

    master: str = "local[*]"
    settings: dict[str, str | int | float | bool] = {}

    @field_validator("settings")
    @classmethod
    def _no_switch_in_words(cls, settings: dict[str, str | int | float | bool]) -> dict[str, str | int | float | bool]:
        for key, value in settings.items():
            if isinstance(value, str) and value.lower() in SWITCHES:
                raise ValueError(f"{key}: Spark is told true or false, not {value}")
        return settings


class Registry(Strict):
    """The MLflow server or database. A relative `sqlite:///` path lies in the working folder.

    Attributes:
        wait_seconds: how long the night waits for an answer.
        kept_days: how old a champion may be that is kept in the lake for a night without an answer.
        load_seconds: how long it may take to load all models once, in a process of its own.
    """

    tracking_uri: str = "sqlite:///./work/mlflow.db"
    artifacts: LocalPath = Path("work/mlflow-artifacts")
    wait_seconds: Annotated[float, Field(gt=0, le=3600)] = 30
    kept_days: Annotated[int, Field(ge=0, le=366)] = 7
    load_seconds: Annotated[float, Field(gt=0, le=3600)] = 60

    @field_validator("tracking_uri")
    @classmethod
    def _can_be_reached_from_here(cls, uri: str) -> str:
        """Whether it is an address whose driver is there; that of an environment variable is looked at when it is used.

        Raises:
            ValueError: it is none.
        """
        kind, mark, place = uri.partition("://")
        if kind == "sqlite":
            check_path(place.lstrip("/"))
        driver = DRIVERS.get(kind) if mark else None
        if driver and find_spec(driver) is None:
            instead = "an http address of an MLflow server, sqlite:///path or postgresql+psycopg://"
            raise ValueError(
                f"{kind}:// needs the package of {driver}, which is not installed here; use it or {instead}"
            )
        return uri


class DriftLimit(Strict):
    """Population stability indices from which on a night warns, and stops; None: never."""

    warn: Annotated[float, Field(gt=0)] | None = 0.25
    stop: Annotated[float, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _coherent(self) -> "DriftLimit":
        if self.warn is not None and self.stop is not None and self.stop < self.warn:
            raise ValueError(f"stop ({self.stop:g}) is below warn ({self.warn:g})")
        return self


class Drift(Strict):
    """How far features and scores may move, against training and against the last night."""

    features: DriftLimit = DriftLimit()
    scores: DriftLimit = DriftLimit()


class Consent(Strict):
    """What the absence of a consent means. `refused` is the law in many countries; `allowed` must be set explicitly.

    Attributes:
        max_unknown_share: of the list's refusals, the share that may be of nobody in the table of customers.
        other_channels, other_topics: of the list, those that this deployment does not use.
    """

    unknown_is: Literal["refused", "allowed"] = "refused"
    max_age_days: Annotated[int, Field(ge=1)] | None = None
    max_shrink_share: Annotated[float, Field(ge=0, le=1)] = 0.1
    max_unknown_share: Annotated[float, Field(ge=0, le=1)] = 0.1
    other_channels: tuple[str, ...] = ()
    other_topics: tuple[str, ...] = ()


class Optimizer(Strict):
    """How near the best plan is near enough, and how long the search may take.

    Attributes:
        spark_above: candidates above which `auto` leaves them in Spark; None: it never does.
        time_limit_seconds: of the search's own work; by the wall clock it may take five times as long.
        threads: that share the work in memory; they change the time it takes and no byte of the plan.
    """

    engine: Literal["auto", "exact", "prices", "spark"] = "auto"
    spark_above: Annotated[int, Field(ge=0)] | None = None
    max_gap: Annotated[Decimal, Field(ge=0, lt=1)] = Decimal("0.0001")
    time_limit_seconds: Annotated[float, Field(gt=0)] = 600
    threads: Annotated[int, Field(ge=1, le=256)] = 2


class Volumes(Strict):
    """How far the contacts of a channel, or of an offer, may be from the median of the nights before.

    Attributes:
        nights: committed ones that are looked at.
        min_nights: with fewer that can be compared nothing is reported.
        max_factor: up or down.
        min_contacts: smaller volumes never count, neither the night's nor the usual one.
        acknowledged: dates on which somebody knows why it is otherwise.
    """

    nights: Annotated[int, Field(ge=1, le=366)] = 14
    min_nights: Annotated[int, Field(ge=1)] = 5
    max_factor: Annotated[float, Field(gt=1)] = 3.0
    min_contacts: Annotated[int, Field(ge=1)] = 50
    acknowledged: tuple[Day, ...] = ()

    @model_validator(mode="after")
    def _coherent(self) -> "Volumes":
        if self.min_nights > self.nights:
            raise ValueError(f"min_nights ({self.min_nights}) is more than nights ({self.nights})")
        return self


class Deployment(Strict):
    """The whole of deployment.yaml. Relative paths lie in the folder the command is started in."""

    name: Name
    description: str = ""
    lake: LocalPath
    output: LocalPath
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    time_zone: str
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    spark: Spark = Spark()
    mlflow: Registry = Registry()
    drift: Drift = Drift()
    consent: Consent = Consent()
    optimizer: Optimizer = Optimizer()
    volumes: Volumes = Volumes()
    observability: Observability = Observability()

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError(f"no time zone {zone!r}; zones look like Europe/Zurich")
        return zone

    @property
    def zone(self) -> ZoneInfo:
        """The zone whose calendar days the contact policy and the features count."""
        return ZoneInfo(self.time_zone)
