"""Delivers an event: appends it to a file or posts it to a receiver, as settings alone say.

The client's own `OpenLineageClient` is not used: it obeys environment variables and files of the working folder, which
may send elsewhere, leave events out, or add variables of the environment and the address of a repository to them.
"""

from collections.abc import Callable

from openlineage.client.event_v2 import RunEvent
from openlineage.client.serde import Serde
from openlineage.client.transport.http import (
    ApiKeyTokenProvider,
    HttpConfig,
    HttpSslContextConfig,
    HttpTransport,
    TokenProvider,
)
from requests import Session

from conf.observability import OpenLineage
from jobs.core.files import append_line
from jobs.core.secrets import looked_up

KEY = "deployment.yaml: observability.openlineage.api_key"


def delivery(settings: OpenLineage) -> Callable[[RunEvent], None]:
    """What delivers one event, or raises what kept it.

    Raises:
        SettingsError: the environment variable of the key is not set.
    """
    path = settings.file
    if path is not None:
        return lambda event: append_line(path, Serde.to_json(event))
    transport = HttpTransport(
        HttpConfig(
            url=f"{str(settings.url).rstrip('/')}/",  # without the stroke, the last part of the address would be lost
            timeout=settings.wait_seconds,
            auth=_key(settings.api_key),
            session=_session(),
            retry={"total": 0},
            ssl_context=HttpSslContextConfig(ca_cert_path=str(settings.ca_file)) if settings.ca_file else None,
        )
    )

    def post(event: RunEvent) -> None:
        transport.emit(event)

    return post


def _key(reference: str | None) -> TokenProvider:
    return ApiKeyTokenProvider({"api_key": looked_up(reference, KEY)}) if reference else TokenProvider({})


def _session() -> Session:
    """Asks neither the environment for proxies nor ~/.netrc for passwords, and goes nowhere that it is sent on to."""
    session = Session()
    session.trust_env, session.max_redirects = False, 0
    return session
