import shutil
from pathlib import Path

import pytest

import conf
from conf.errors import SettingsError
from conf.load import CSV_FILES, YAML_FILES, load

SHIPPED = Path(conf.__path__[0])


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(SHIPPED / "demo", tmp_path / "demo")
    return tmp_path / "demo"


def replace(folder, file, old, new):
    path = folder / file
    text = path.read_text()
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1))
    return text[: text.index(old)].count("\n") + 1


def error_of(folder, *changes):
    with pytest.raises(SettingsError) as error:
        load(folder, changes)
    return str(error.value)


@pytest.mark.parametrize("name", ["demo", "template"])
def test_the_deployments_that_ship_can_be_loaded(name):
    settings = load(SHIPPED / name)
    assert settings.offers
    assert settings.policy.limits


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("deployment.yaml", "currency: USD", "curency: USD", "unknown key 'curency'; did you mean 'currency'?"),
        ("deployment.yaml", "time_zone: America/New_York", "time_zone: Mars/Base", "no time zone 'Mars/Base'"),
        ("deployment.yaml", "max_gap: 0.01 ", "max_gap: 2 ", "optimizer.max_gap: input should be less than 1"),
        ("sources.yaml", "path: work/demo/sources/prod", "pth: work/demo/sources/prod", "did you mean 'path'?"),
        ("models.yaml", "window_days: 30}", "window_day: 30}", "did you mean 'window_days'?"),
        ("models.yaml", "score: customer_value", "scor: customer_value", "did you mean 'score'?"),
        ("policy.yaml", "max: 250}", "maxx: 600}", "unknown key 'limits.budget.maxx'; did you mean 'max'?"),
        ("policy.yaml", "max: 250}", "max: six}", "limits.budget.max: "),
        ("policy.yaml", "max: 250}", "max: .nan}", "limits.budget.max: "),
        ("policy.yaml", "share: 0.05", "share: 1.5", "holdout.share: "),
        ("policy.yaml", "salt: env:ONEOFFER_SALT", "salt: hunter2", "holdout.salt: "),
        ("policy.yaml", "days: 60, same: offer}", "same: offer}", "either max_contacts and days (a cap)"),
        ("policy.yaml", "same: offer}", "exept: [butcher]}", "did you mean 'except'?"),
        ("policy.yaml", "{outcome: redeemed, times: 3, days: 14}", "{times: 3, days: 14}", "say either outcome"),
        ("policy.yaml", "2, days: 30", "{atribute: a, otherwise: 1}, days: 30", "did you mean 'attribute'?"),
        ("policy.yaml", "2, days: 30", "{attribute: a, otherwise: x}, days: 30", "max_contacts.otherwise: "),
        ("policy.yaml", "channel: [sms]", "channel: [smz]", "no channel 'smz'; did you mean 'sms'?"),
        ("policy.yaml", "id: [thank_you]", "id: [thank_yu]", "no offer 'thank_yu'; did you mean 'thank_you'?"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_file_line_and_the_nearest_valid_name(folder, file, old, new, message):
    line = replace(folder, file, old, new)
    text = error_of(folder)
    assert message in text
    assert f"{file}:{line}: " in text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("same: offer}", "same: offer, offers: [butcher]}"),
        ("[fish_friday, deli_lunch]", "[butcher, deli_lunch]"),
    ],
)
def test_a_rule_about_an_offer_that_is_exempt_from_rules_is_refused(folder, old, new):
    offers = (folder / "offers.csv").read_text().splitlines()
    ends = ["exempt", *("TRUE" if line.startswith("butcher") else "" for line in offers[1:])]
    rows = [f"{line},{end}" for line, end in zip(offers, ends, strict=True)]
    (folder / "offers.csv").write_text("\n".join(rows) + "\n")
    exempt = "the offer 'butcher' is exempt in offers.csv"
    assert exempt in error_of(folder)  # a combination of the demo names it
    line = replace(folder, "policy.yaml", old, new)
    assert f"policy.yaml:{line}: {exempt}" in error_of(folder)


@pytest.mark.parametrize(
    ("attribute", "message"),
    [
        ("wished_weekly", "no attribute of customers 'wished_weekly'; did you mean 'wished_a_week'?"),
        ("income", "the attribute 'income' is a text in sources.yaml; a number is wanted"),
    ],
)
def test_a_maximum_comes_from_a_number_that_sources_declare(folder, attribute, message):
    replace(folder, "sources.yaml", "attributes:", "attributes: {wished_a_week: number}\n  #")
    text = (folder / "sources.yaml").read_text()
    (folder / "sources.yaml").write_text(
        text.replace("{wished_a_week: number}", "{wished_a_week: number, income: text}")
    )
    new = f"max_contacts: {{attribute: {attribute}, otherwise: 2}}, days: 30"
    line = replace(folder, "policy.yaml", "max_contacts: 2, days: 30", new)
    assert f"policy.yaml:{line}: {message}" in error_of(folder)


def test_two_rules_of_one_name_are_refused_because_reasons_are_told_by_it(folder):
    replace(folder, "policy.yaml", "name: weekly, ", "name: no nagging, ")
    assert "the name 'no nagging' is used twice" in error_of(folder)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("offers.csv", "56.00", "-1", ":2: fresh_produce.margin: input should be greater than or equal to 0, found"),
        ("offers.csv", "56.00", "nan", ":2: fresh_produce.margin: "),
        ("offers.csv", "email sms direct_mail", "email smz", ":2: no channel 'smz'; did you mean 'sms'?"),
        ("offers.csv", "butcher,", "fresh_produce,", ":3: the id 'fresh_produce' is used twice"),
        ("offers.csv", "butcher,", "../evil,", ":3: id: string should match pattern"),
        ("offers.csv", "2017-01-01,2018-12-31", "2018-12-31,2017-01-01", ":2: fresh_produce: valid_from 2018-12-31"),
        ("channels.csv", "0.12", "much", ":2: email.reach: input should be a valid number"),
        ("channels.csv", "sms,Text", "sms,,Text", ":3: 5 cells, and the header has 4"),
    ],
)  # fmt: skip
def test_a_fault_in_a_table_is_told_with_its_row(folder, file, old, new, message):
    replace(folder, file, old, new)
    assert f"{file}{message}" in error_of(folder)


@pytest.mark.parametrize("file", [*(f"{name}.yaml" for name in YAML_FILES)])
def test_a_wrong_key_at_the_top_of_any_file_is_refused(folder, file):
    path = folder / file
    path.write_text(path.read_text() + "\nhumbug: 1\n")
    line = path.read_text().count("\n")
    assert f"{file}:{line}: unknown key 'humbug'" in error_of(folder)


@pytest.mark.parametrize("file", [*(f"{name}.yaml" for name in YAML_FILES), *(f"{name}.csv" for name in CSV_FILES)])
def test_every_file_is_needed(folder, file):
    (folder / file).unlink()
    assert f"{file}: cannot be read" in error_of(folder)


def test_all_faults_of_a_file_are_told_at_once(folder):
    replace(folder, "deployment.yaml", "currency: USD", "currency: dollars")
    replace(folder, "deployment.yaml", "seed: 2017", "seed: -1")
    text = error_of(folder)
    assert "currency" in text
    assert "seed" in text


def test_a_folder_that_is_not_there_is_named(tmp_path):
    assert "no such deployment folder" in error_of(tmp_path / "nothing")


def test_a_deployment_that_lacks_tables_has_a_fingerprint():
    assert len(load(Path(__file__).parents[1] / "deployments/cdnow").fingerprint()) == 64


def test_the_fingerprint_moves_with_what_decides_and_stays_with_where_files_lie(folder):
    before = load(folder).fingerprint()
    assert load(folder, ["deployment.lake=elsewhere"]).fingerprint() == before
    assert load(folder, ["sources.products.path=elsewhere"]).fingerprint() == before
    assert load(folder, ["deployment.optimizer.threads=7"]).fingerprint() == before
    assert load(folder, ["deployment.optimizer.max_gap=0.2"]).fingerprint() != before
    assert load(folder, ["policy.limits.budget.max=601"]).fingerprint() != before
    assert load(folder, ["offers.flowers.margin=9.01"]).fingerprint() != before


SECRET = "root:x:0:0:nobody may read this"


@pytest.mark.parametrize("file", [*(f"{name}.yaml" for name in YAML_FILES), *(f"{name}.csv" for name in CSV_FILES)])
@pytest.mark.parametrize("through", ["a link", "a link to a link", "a folder", "nothing"])
def test_of_a_link_out_of_the_deployment_nothing_is_shown(folder, tmp_path, file, through):
    target = tmp_path / "elsewhere" / "passwd"
    target.parent.mkdir()
    if through != "nothing":
        target.write_text(SECRET)
    (folder / file).unlink()
    if through == "a folder":
        (folder / "inner").symlink_to(target.parent)
        (folder / file).symlink_to("inner/passwd")
    elif through == "a link to a link":
        (folder / "inner").symlink_to(target)
        (folder / file).symlink_to("inner")
    else:
        (folder / file).symlink_to(target)
    assert error_of(folder) == f"{folder / file}: it is a link out of the deployment; put the file itself there"


def test_links_within_the_deployment_and_to_it_are_followed(folder, tmp_path):
    (folder / "..2026").mkdir()
    (folder / "policy.yaml").rename(folder / "..2026/policy.yaml")
    (folder / "policy.yaml").symlink_to("..2026/policy.yaml")  # as Kubernetes lays a ConfigMap
    (tmp_path / "current").symlink_to(folder)
    assert load(tmp_path / "current").policy == load(folder).policy


@pytest.mark.parametrize(
    "output", ["lake", "lake/published", ".", "lake/../lake", "link", "link/published", "../{}/lake/x"]
)
def test_lake_and_output_are_two_folders_and_neither_lies_in_the_other(folder, tmp_path, output):
    (tmp_path / "lake").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "lake")
    places = (f"deployment.lake={tmp_path}/lake", f"deployment.output={tmp_path}/{output.format(tmp_path.name)}")
    for lake, published in (places, [place.replace("lake=", "out=").replace("output=", "lake=") for place in places]):
        changes = [lake.replace("out=", "output="), published]
        assert "output: lake and output are two folders, and neither lies in the other" in error_of(folder, *changes)
    assert load(folder, [f"deployment.lake={tmp_path}/lake", f"deployment.output={tmp_path}/lake-published"])


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("gift,email,1\n", "no offer 'gift'"),
        ("{offer},fax,1\n", "no channel of '{offer}' in offers.csv 'fax'"),
        ("{offer},{channel},1\n{offer},{channel},2\n", "'{offer}' and '{channel}' have two rows"),
        ("{offer},{channel},many\n", "valid number"),
    ],
)
def test_numbers_of_an_offer_through_a_channel_are_of_a_pair_that_there_is(folder, rows, told):
    offer = load(folder).offers[0]
    names = {"offer": offer.id, "channel": offer.channels[0]}
    (folder / "offer_channels.csv").write_text("offer,channel,minutes\n" + rows.format(**names))
    with pytest.raises(SettingsError) as error:
        load(folder)
    assert told.format(**names) in str(error.value)
    assert "offer_channels.csv:" in str(error.value)


@pytest.mark.parametrize(
    "part",
    [
        "contact_policy: [{name: weekly, max_contacts: 1, days: 7, segments: [bets]}]",
        "limits: [{name: few, count: contacts, max: 3, where: {segment: [bets]}}]",
        "limits: [{name: few, count: contacts, max: 30%, where: {channel: [email]}, share_of: {segment: [bets]}}]",
        "control: {share: 0.1, salt: env:S, segments: [bets]}",
    ],
)
def test_a_segment_that_the_policy_does_not_have_is_named_with_the_nearest(folder, part):
    policy = folder / "policy.yaml"
    kept = [line for line in policy.read_text().split("rules:")[0].splitlines() if not line.startswith("#")]
    policy.write_text("\n".join([*kept, 'segments: {best: "customer_value > 3"}', part]) + "\n")
    with pytest.raises(SettingsError, match="no segment 'bets'; did you mean 'best'"):
        load(folder)
