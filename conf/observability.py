"""What a night reports to machines: log lines, an MLflow run, lineage events; nothing of it changes a decision."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from conf.strict import LocalPath, Strict

Url = Annotated[str, StringConstraints(pattern=r"^https?://[^/\s]+")]


class OpenLineage(Strict):
    """Where events of OpenLineage go: lines of a file, or a receiver.

    Attributes:
        url: of the receiver; events are posted to `api/v1/lineage` below it.
        api_key: `env:NAME`, sent as a bearer token.
        ca_file: certificates that an https receiver's is held against, where it is not one of the public ones.
        wait_seconds: how long a receiver may take for one event, and for what is left when the night is over.
    """

    file: LocalPath | None = None
    url: Url | None = None
    api_key: str | None = None
    ca_file: LocalPath | None = None
    wait_seconds: Annotated[float, Field(gt=0, le=60)] = 3

    @model_validator(mode="after")
    def _coherent(self) -> "OpenLineage":
        if (self.file is None) == (self.url is None):
            raise ValueError("say either file or url")
        if self.url is None and (self.api_key is not None or self.ca_file is not None):
            raise ValueError("api_key and ca_file are for a url; a file needs none")
        return self


class Observability(Strict):
    """What is reported, and where.

    Attributes:
        log: a file that gets one JSON line per stage begun and ended, or `stderr`; None: only run.json holds the facts.
        mlflow_nights: whether the figures of a published set are also logged as a run of `<deployment>-nights`.
        openlineage: None: no events.
    """

    log: Literal["stderr"] | LocalPath | None = None
    mlflow_nights: bool = True
    openlineage: OpenLineage | None = None
