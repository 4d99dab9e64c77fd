"""A secret that stands in settings is refused, wherever it stands, and never repeated."""

import copy
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import conf
from conf.errors import SettingsError
from conf.load import load, read_documents
from conf.override import override
from conf.secret_literals import looks_secret, secret_literals
from conf.yaml_file import Document

TEMPLATE = Path(conf.__path__[0]) / "template"
SECRET = "hunter2"


DOCUMENTS = read_documents(TEMPLATE)


def faults_of(change):
    """What is wrong with the template's files after a change."""
    documents = copy.deepcopy(DOCUMENTS)
    override(documents, change)
    return secret_literals(documents)


def refusal(change):
    (fault,) = faults_of(change)
    assert SECRET not in fault
    return fault


def error_of(folder, *changes):
    with pytest.raises(SettingsError) as error:
        load(folder, changes)
    assert SECRET not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize(
    "change",
    [
        "policy.holdout.salt=hunter2",
        "policy.holdout.salt=env:hunter2",
        "deployment.password=hunter2",
        "deployment.mlflow.access_key=hunter2",
        "deployment.spark.settings={spark.hadoop.fs.s3a.secret.key: hunter2}",
        "deployment.spark.settings={spark.hadoop.fs.s3a.access.key: hunter2}",
        "deployment.spark.settings={spark.ssl.keyPassword: hunter2}",
        "deployment.spark.settings={spark.ssl.ui.keyStorePassword: [hunter2]}",
        "deployment.spark.settings={fs.azure.account.key.our.blob.core.windows.net: hunter2}",
        "models.models.attrition.settings={api_key: hunter2}",
    ],
)
def test_a_literal_under_a_key_that_looks_secret_is_refused(change):
    text = refusal(change)
    assert "a secret is not written into settings; write env:NAME" in text


def test_a_number_is_a_secret_too():
    assert "secret" in refusal("deployment.spark.settings={spark.authenticate.secret: 12345}")


@pytest.mark.parametrize(
    "change",
    [
        "deployment.mlflow.tracking_uri='postgresql://user:hunter2@host/db'",
        "deployment.mlflow.tracking_uri='postgresql://user:hunt/hunter2@host/db'",
        "deployment.mlflow.tracking_uri='https://:hunter2@host'",
        "deployment.mlflow.tracking_uri='https://hunter2@host'",
        "deployment.mlflow.tracking_uri='https://host/api?token=hunter2'",
        "deployment.description='see http://user:hunter2@host'",
        "deployment.spark.settings={spark.ours: 'jdbc:postgresql://host/db?user=a&password=hunter2'}",
        "deployment.spark.settings={spark.driver.extraJavaOptions: -Djavax.net.ssl.trustStorePassword=hunter2}",
        "sources.customers.path='s3a://key:hunter2@bucket/file'",
        "offers.win_back.name='ftp://user:hunter2@host'",
    ],
)
def test_an_address_with_a_password_is_refused_wherever_it_stands(change):
    assert "write env:NAME for the whole of it" in refusal(change)


@pytest.mark.parametrize(
    "change",
    [
        "deployment.mlflow.tracking_uri=env:OUR_MLFLOW",
        "deployment.mlflow.tracking_uri=postgresql://user@host/db",
        "deployment.mlflow.tracking_uri=http://localhost:5000/a",
        "deployment.spark.settings={spark.hadoop.fs.s3a.secret.key: env:S3_SECRET, spark.ours: env:OURS}",
        "deployment.spark.settings={spark.hadoop.fs.s3a.aws.credentials.provider: org.example.OurProvider}",
        "deployment.spark.settings={spark.security.credentials.hive.enabled: false, spark.authenticate: true}",
        "policy.holdout.salt=env:OTHER_SALT",
        "sources.customers.attributes={token_user: text}",
    ],
)
def test_names_of_variables_and_what_only_speaks_of_secrets_are_settings(change):
    assert faults_of(change) == []


@pytest.mark.parametrize("change", ["deployment.lake=env:LAKE", "sources.customers.path=env:CUSTOMERS"])
def test_a_variable_where_nobody_would_look_it_up_is_refused_instead_of_taken_for_a_name(change):
    assert "would not be looked up here" in refusal(change)


def test_a_secret_in_a_file_is_told_with_file_and_line(tmp_path):
    folder = shutil.copytree(TEMPLATE, tmp_path / "shop")
    path = folder / "deployment.yaml"
    text = path.read_text().replace("  settings: {}", "  settings:\n    spark.authenticate.secret: hunter2", 1)
    path.write_text(text)
    line = text[: text.index("hunter2")].count("\n") + 1
    assert f"deployment.yaml:{line}: spark.settings.spark.authenticate.secret: a secret" in error_of(folder)


@pytest.mark.parametrize(
    "change", ["deployment.spark.settngs.password.x=hunter2", "polcy.salt=hunter2", "salt=hunter2"]
)
def test_a_change_that_leads_nowhere_does_not_repeat_its_value(change):
    assert error_of(TEMPLATE, change)


def test_a_secret_is_found_before_any_other_check_could_repeat_it():
    assert "holdout.salt: a secret is not written into settings" in error_of(TEMPLATE, "policy.holdout.salt=hunter2")


def test_settings_that_name_variables_are_loaded():
    uri = "deployment.mlflow.tracking_uri=env:OUR_MLFLOW"
    assert load(TEMPLATE, [uri]).deployment.mlflow.tracking_uri == "env:OUR_MLFLOW"


@pytest.mark.parametrize(
    "word", ["password", "passwd", "secret", "token", "salt", "api_key", "access-key", "credential"]
)
@given(before=st.sampled_from(["", "our_", "spark.hadoop.", "my"]), after=st.sampled_from(["", "s", "_2", ".value"]))
def test_every_key_with_a_secret_word_in_it_looks_secret(word, before, after):
    assert looks_secret(f"{before}{word}{after}")
    assert looks_secret(f"{before}{word.upper()}{after}")
    assert secret_literals({"deployment": Document(Path("d.yaml"), {before + word + after: "a"})})


@pytest.mark.parametrize(
    "key", ["max_contacts", "path", "score", "spark.driver.memory", "fs.s3a.aws.credentials.provider"]
)
def test_other_keys_do_not(key):
    assert not looks_secret(key)
