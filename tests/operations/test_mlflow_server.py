"""MLflow as a server: training, promotion and the night through HTTP, and what becomes of a night when it dies."""

import json
import os
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
AS_OF, NEXT, LATER = "2025-03-01", "2025-03-02", "2025-03-03"
REGISTRY_AWAY = 18
BACKENDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.full)]
PASSWORD = "hunter2-of-the-database"


@pytest.fixture(scope="module")
def postgresql():
    """The address of a PostgreSQL of Debian's, with a password in it."""
    (programs,) = Path("/usr/lib/postgresql").glob("*/bin")  # apt-get install postgresql
    home = Path(tempfile.mkdtemp(prefix="oneoffer-postgresql-"))
    (home / "password").write_text(PASSWORD)
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []  # it refuses to run as root
    if as_user:
        shutil.chown(home, "postgres")
    data = str(home / "data")
    words = ["--auth=scram-sha-256", "--username=mlflow", f"--pwfile={home}/password", "--pgdata", data]
    subprocess.run([*as_user, programs / "initdb", *words], check=True, capture_output=True, cwd=home)
    where = f"-k {home} -c listen_addresses=''"
    control = [*as_user, programs / "pg_ctl", "--pgdata", data, "--wait"]
    subprocess.run([*control, "--log", f"{home}/log", "-o", where, "start"], check=True, cwd=home)
    try:
        yield f"postgresql://mlflow:{PASSWORD}@/postgres?host={home}"
    finally:
        subprocess.run([*control, "--mode", "immediate", "stop"], check=True, cwd=home)
        shutil.rmtree(home)


@pytest.fixture(scope="module", params=BACKENDS)
def server(mlflow_server, request):
    """An MLflow server, which may be ended and started again with what it knew."""
    database = request.getfixturevalue("postgresql") if request.param == "postgresql" else ""
    behind = {"MLFLOW_BACKEND_STORE_URI": database} if database else {}
    running = mlflow_server(**behind)
    running.again = lambda: mlflow_server(running.uri.rpartition(":")[2], running.folder, **behind)
    return running


@pytest.fixture(scope="module")
def place(company, afresh, server):
    """The company with models that were trained, registered and promoted through the server."""
    place = afresh(company)
    for item in ("mlflow.db", "mlflow-artifacts"):
        path = place.folder / "work" / item
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    place.must(*words(server, "train", "--promote"))
    return place


def words(server, *command, as_of=AS_OF):
    return [*command, "--conf", "conf", "--as-of", as_of, "--set", f"deployment.mlflow.tracking_uri={server.uri}"]


def test_the_set_is_that_of_the_embedded_registry(place, company, server, tree):
    place.must(*words(server, "run"))
    assert tree(place) == tree(company)
    assert not list((place.folder / "work").glob("mlflow*")), "nothing of MLflow's lies with the company"
    assert list((server.folder / "artifacts").rglob("model.lgb")), "the server keeps the models' files"


def test_what_it_writes_is_not_for_others_and_its_password_is_nowhere(server):
    assert [path for path in server.folder.rglob("*") if path.stat().st_mode & 0o007] == []
    running = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    assert any(b"mlflow" in item for item in running)
    assert not any(PASSWORD.encode() in item for item in running)
    assert PASSWORD not in (server.folder / "server.log").read_text() + server.output.read_text()


def test_it_listens_here_alone_and_answers_no_other_host(server, listens_here_alone):
    assert listens_here_alone(server.process.pid)
    asked = urllib.request.Request(f"{server.uri}/api/2.0/mlflow/experiments/search", headers={"Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(asked, timeout=10)
    refused.value.close()
    assert refused.value.code == 403


def test_a_night_goes_on_with_kept_champions_when_the_server_dies_between_its_stages(place, server):
    for stage in ("gate_sources", "build_features"):
        place.must(*words(server, stage, as_of=NEXT))
    server.end()
    message = place.must(*words(server, "run", as_of=NEXT))
    assert "the champions kept from an earlier night are used" in message
    made = json.loads((place.published(NEXT) / "manifest.json").read_text())
    assert {model["from_cache"] for model in made["models"]} == {True}


def test_without_kept_champions_it_ends_with_18_and_the_server_back_it_is_taken_up(place, server):
    shutil.rmtree(place.folder / "work/lake/champions")
    done = place.oneoffer(*words(server, "run", as_of=LATER))
    assert done.returncode == REGISTRY_AWAY
    assert not list((place.output / LATER).glob("COMMIT.*"))
    again = server.again()
    place.must(*words(again, "run", as_of=LATER))
    made = json.loads((place.published(LATER) / "manifest.json").read_text())
    assert {model["from_cache"] for model in made["models"]} == {False}
