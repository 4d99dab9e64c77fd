"""The first attempt of a date pins its inputs; later ones read the same, or say what has changed."""

from datetime import date

import pytest

from jobs.core.errors import PublishedFromOtherInputs, SourceError
from jobs.core.lake import NotInLake
from jobs.gates.consent_copies import pin_consents_again
from jobs.gates.input_pinning import forget_inputs, pin_inputs
from jobs.run_context import RunContext
from jobs.sources.pinned_inputs import FIRST, LAST, consents_facts, pinned, pinned_facts, pinned_files, snapshot

AS_OF = date(2024, 7, 1)
SOURCES = """
customers: {path: HERE/customers, format: csv, columns: {customer_id: who}}
transactions: {path: HERE/transactions, format: csv, columns: {customer_id: who}}
consents: {path: HERE/consents.csv, format: csv, columns: {customer_id: who}}
"""


@pytest.fixture
def shop(deploy, tmp_path):
    """A deployment of three tables whose context keeps the messages; `write` lays a file."""
    here = tmp_path / "sources"

    class Shop:
        def write(self, name, text):
            (here / name).parent.mkdir(parents=True, exist_ok=True)
            (here / name).write_text(text)

        def context(self, *changes):
            return RunContext(
                deploy(*lake, *changes, sources=SOURCES.replace("HERE", str(here))), AS_OF, self.messages.append
            )

    lake = (f"deployment.lake={tmp_path / 'lake'}", f"deployment.output={tmp_path / 'published'}")
    shop = Shop()
    shop.messages = []
    for name in ("customers/a.csv", "transactions/june.csv", "consents.csv"):
        shop.write(name, "who\nann\n")
    return shop


def names(context):
    return {table: [path.name for path in paths] for table, paths in pinned_files(context.lake, AS_OF).items()}


def test_a_file_that_came_after_the_first_attempt_is_left_for_another_night(shop):
    pin_inputs(shop.context())
    shop.write("transactions/july.csv", "who\nbob\n")
    pin_inputs(shop.context())
    assert names(shop.context())["transactions"] == ["june.csv"]
    assert shop.messages == []


def test_superseding_takes_the_files_as_they_are_now(shop):
    pin_inputs(shop.context())
    shop.write("transactions/july.csv", "who\nbob\n")
    context = shop.context()
    context.is_superseding = True
    pin_inputs(context)
    assert names(context)["transactions"] == ["july.csv", "june.csv"]


def test_consents_are_pinned_as_a_copy_and_may_change_without_a_word(shop):
    pin_inputs(shop.context())
    shop.write("consents.csv", "who\nann\nbob\n")
    context = shop.context()
    pin_inputs(context)
    assert shop.messages == []
    assert [path.read_text() for path in snapshot(context.lake, FIRST, AS_OF)] == ["who\nann\n"]
    assert pinned_files(context.lake, AS_OF)["consents"] == snapshot(context.lake, FIRST, AS_OF)


def test_a_file_that_was_only_touched_is_the_file_it_was(shop):
    pin_inputs(shop.context())
    shop.write("transactions/june.csv", "who\nann\n")
    pin_inputs(shop.context())
    assert shop.messages == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda shop: shop.write("transactions/june.csv", "who\nbob\n"), "transactions"),
        (lambda shop: shop.write("transactions/june.csv", "who\nann\nbob\n"), "transactions"),
        (lambda shop: None, "settings"),
    ],
)
def test_what_changed_before_publication_is_named_and_pinned_anew_with_new_models(shop, change, named):
    first = shop.context()
    pin_inputs(first)
    first.lake.folder("scored_with", AS_OF).mkdir(parents=True)
    change(shop)
    context = shop.context(*(["deployment.seed=7"] if named == "settings" else []))
    pin_inputs(context)
    assert shop.messages == [f"  changed since the first attempt of this date, and pinned anew: {named}"]
    assert not context.lake.has("scored_with", AS_OF)
    assert pinned(context.lake, AS_OF).changed(context.settings) == []


def test_what_changed_after_publication_ends_the_run_before_anything_is_computed(shop, publish):
    pin_inputs(shop.context())
    publish(shop.context().settings.deployment.output, AS_OF, {"manifest.json": b"{}"})
    shop.write("transactions/june.csv", "who\nbob\n")
    with pytest.raises(PublishedFromOtherInputs, match=r"changed: transactions\. Nothing was replaced; --supersede"):
        pin_inputs(shop.context())
    context = shop.context()
    context.is_superseding = True
    pin_inputs(context)
    assert pinned(context.lake, AS_OF).changed(context.settings) == []


def test_a_set_that_was_taken_is_not_superseded_and_nothing_is_computed_for_it(shop, publish):
    context = shop.context()
    pin_inputs(context)
    output = context.settings.deployment.output
    publish(output, AS_OF, {"manifest.json": b"{}"})
    (output / "2024-07-01" / "ACK.email").touch()
    context.is_superseding = True
    with pytest.raises(PublishedFromOtherInputs, match=r"cannot be superseded: ACK\.email says that set-\w+ was taken"):
        pin_inputs(context)


def test_a_gate_that_says_no_unpins_so_that_a_mended_feed_is_taken(shop):
    pin_inputs(shop.context())
    forget_inputs(shop.context())
    shop.write("transactions/july.csv", "who\nbob\n")
    pin_inputs(shop.context())
    assert names(shop.context())["transactions"] == ["july.csv", "june.csv"]


def test_a_published_date_is_not_unpinned(shop, publish):
    pin_inputs(shop.context())
    publish(shop.context().settings.deployment.output, AS_OF, {"manifest.json": b"{}"})
    forget_inputs(shop.context())
    assert pinned(shop.context().lake, AS_OF) is not None


@pytest.fixture
def pinned_again(monkeypatch):
    """The list as it is pinned once more; its gate, which has tests of its own, lets it pass."""
    monkeypatch.setattr("jobs.gates.consent_copies._gate", lambda *_: None)

    def pin(context):
        pin_consents_again(context, None)
        return [path.read_text() for path in snapshot(context.lake, LAST, AS_OF)]

    return pin


def test_opt_outs_are_read_anew_until_the_date_is_published(shop, publish, pinned_again):
    context = shop.context()
    pin_inputs(context)
    shop.write("consents.csv", "who\n")
    assert pinned_again(context) == ["who\n"]
    publish(context.settings.deployment.output, AS_OF, {"manifest.json": b"{}"})
    shop.write("consents.csv", "who\ncat\n")
    assert pinned_again(context) == ["who\n"]  # a rerun makes the same bytes
    context.is_superseding = True
    assert pinned_again(context) == ["who\ncat\n"]


def test_a_manifest_tells_files_by_their_own_names(shop, pinned_again):
    context = shop.context()
    pin_inputs(context)
    pinned_again(context)
    facts = pinned_facts(context.lake, AS_OF)
    assert [(fact["table"], fact["file"], fact["bytes"]) for fact in facts] == [
        ("customers", "a.csv", 8),
        ("transactions", "june.csv", 8),
        ("consents", "consents.csv", 8),
    ]
    assert consents_facts(context.lake, AS_OF) == [facts[2]]


def test_without_the_first_stage_nothing_is_pinned(shop):
    with pytest.raises(NotInLake, match="run gate_sources first"):
        pinned_facts(shop.context().lake, AS_OF)


def test_a_file_that_cannot_be_read_is_named(shop, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("jobs.sources.pinned_inputs.sha256_of", refuse)
    with pytest.raises(SourceError, match=r"customers: .*a\.csv cannot be read: Permission denied"):
        pin_inputs(shop.context())
