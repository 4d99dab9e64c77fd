"""Events go where the settings say, and nowhere else, whatever the environment holds."""

import json
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import Job, Run, RunEvent, RunState
from requests import HTTPError, TooManyRedirects
from requests.exceptions import RequestException, SSLError

from conf.observability import OpenLineage
from jobs.run.lineage.delivery import delivery

RUN = "01234567-89ab-cdef-0123-456789abcdef"
SECRET = "hunter2-in-the-environment"


@pytest.fixture
def event():
    now = datetime(2024, 7, 1, tzinfo=UTC).isoformat()
    return RunEvent(eventType=RunState.START, eventTime=now, run=Run(RUN), job=Job("shop", "night"))


def test_a_file_gets_one_line_per_event(tmp_path, event):
    deliver = delivery(OpenLineage(file=tmp_path / "made" / "lineage.jsonl"))
    deliver(event)
    deliver(event)
    lines = [json.loads(line) for line in (tmp_path / "made" / "lineage.jsonl").read_text().splitlines()]
    assert [line["job"]["name"] for line in lines] == ["night", "night"]


def test_a_receiver_is_posted_the_event(receiver, event):
    delivery(OpenLineage(url=receiver.url))(event)
    assert receiver.paths == ["/api/v1/lineage"]
    assert receiver.posted[0]["run"] == {"runId": RUN, "facets": {}}
    assert "Authorization" not in receiver.headers[0]


def test_a_receiver_below_another_address_is_found_there(receiver, event):
    delivery(OpenLineage(url=f"{receiver.url}/lineage/of/us"))(event)
    assert receiver.paths == ["/lineage/of/us/api/v1/lineage"]


def test_the_key_of_the_environment_is_sent_as_a_bearer_token(receiver, event, monkeypatch):
    monkeypatch.setenv("LINEAGE_KEY", SECRET)
    settings = OpenLineage(url=receiver.url, api_key="env:LINEAGE_KEY")
    delivery(settings)(event)
    assert receiver.headers[0]["Authorization"] == f"Bearer {SECRET}"
    assert SECRET not in repr(settings) + json.dumps(receiver.posted)


@pytest.mark.parametrize("status", [400, 401, 500, 503])
def test_a_receiver_that_refuses_is_an_error_and_asked_once(receiver, event, status):
    receiver.answers = status
    with pytest.raises(HTTPError):
        delivery(OpenLineage(url=receiver.url))(event)
    assert len(receiver.posted) == 1


def test_an_event_is_not_sent_on_to_where_a_receiver_points(receiver, event):
    receiver.answers = 307
    with pytest.raises(TooManyRedirects):
        delivery(OpenLineage(url=receiver.url))(event)
    assert receiver.paths == ["/api/v1/lineage"]


def test_a_receiver_that_does_not_answer_is_given_up(receiver, event):
    receiver.answers = None
    with pytest.raises(RequestException):
        delivery(OpenLineage(url=receiver.url, wait_seconds=0.2))(event)


@pytest.fixture
def with_certificate(receiver, tmp_path):
    """The receiver speaks https, with a certificate that it has made itself; the certificate's file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "receiver")]), datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    signed = builder.add_extension(address, critical=False).sign(key, SHA256())
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    certificate = tmp_path / "ca.pem"
    certificate.write_bytes(signed.public_bytes(Encoding.PEM))
    (tmp_path / "both.pem").write_bytes(private + signed.public_bytes(Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(tmp_path / "both.pem")
    receiver.socket = server.wrap_socket(receiver.socket, server_side=True)
    receiver.url = receiver.url.replace("http:", "https:")
    return certificate


def test_a_certificate_of_the_companys_own_is_named_else_nothing_is_sent(receiver, event, with_certificate):
    with pytest.raises(SSLError):
        delivery(OpenLineage(url=receiver.url))(event)
    assert receiver.posted == []
    delivery(OpenLineage(url=receiver.url, ca_file=with_certificate))(event)
    assert receiver.posted[0]["run"]["runId"] == RUN


@pytest.fixture
def environment(elsewhere, tmp_path, monkeypatch):
    """Variables and files by which the client of OpenLineage, and requests below it, can be led elsewhere."""
    (tmp_path / "openlineage.yml").write_text("facets: {environment_variables: [LINEAGE_CANARY]}\n")
    (tmp_path / "netrc").write_text(f"machine 127.0.0.1 login us password {SECRET}\n")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.chdir(tmp_path)
    proxies = dict.fromkeys(("HTTP_PROXY", "http_proxy", "ALL_PROXY"), elsewhere.url)
    variables = {
        "OPENLINEAGE_URL": elsewhere.url,
        "OPENLINEAGE_API_KEY": SECRET,
        "OPENLINEAGE_CONFIG": str(tmp_path / "openlineage.yml"),
        "LINEAGE_CANARY": SECRET,
        "NETRC": str(tmp_path / "netrc"),
    }
    for name, value in (variables | proxies | {"NO_PROXY": "", "no_proxy": ""}).items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("environment")
def test_the_client_itself_would_send_elsewhere_and_more(elsewhere, event):
    OpenLineageClient().emit(event)
    assert SECRET in json.dumps([event["run"]["facets"] for event in elsewhere.posted])


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("is_disabled", ["", "true"])
@pytest.mark.parametrize("goes_to", ["file", "url"])
def test_variables_and_files_of_the_client_change_nothing(event, request, monkeypatch, goes_to, is_disabled):
    receiver, elsewhere = (request.getfixturevalue(name) for name in ("receiver", "elsewhere"))
    monkeypatch.setenv("OPENLINEAGE_DISABLED", is_disabled)
    path = Path("lineage.jsonl")
    delivery(OpenLineage(file=path) if goes_to == "file" else OpenLineage(url=receiver.url))(event)
    delivered = path.read_text() if goes_to == "file" else json.dumps([receiver.posted, receiver.headers])
    assert RUN in delivered
    assert SECRET not in delivered
    assert elsewhere.posted == []
