"""Manifests that say something else than the files."""

from decimal import Decimal

from tests.reliability.spoiling.declaration import caught_by

MILLIONTH = Decimal("0.000001")


@caught_by("the_manifest_lists_what_was_sealed")
def the_manifest_is_of_another_date(night, draw):
    night.change_manifest = lambda manifest: manifest.update(as_of=f"2024-06-{draw.randrange(10, 31)}")


@caught_by("the_manifest_lists_what_was_sealed")
def the_manifest_states_another_checksum(night, draw):
    name = draw.choice(["email.csv", "decisions.parquet", "proof.json"])
    night.change_manifest = lambda manifest: manifest["files"][name].update(sha256=draw.randbytes(32).hex())


@caught_by("the_manifest_counts_what_is_there")
def the_manifest_counts_other_rows(night, draw):
    def change(manifest):
        facts = manifest["files"][draw.choice(["decisions.parquet", "email.parquet"])]
        facts["rows"] += draw.choice([-1, 1, 100])

    night.change_manifest = change


@caught_by("the_manifest_counts_what_is_there")
def a_sum_of_the_manifest_is_a_millionth_off(night, draw):
    def change(manifest):
        sums = manifest["files"]["decisions.parquet"]["sums"]
        name = draw.choice(sorted(sums))
        sums[name] = str(Decimal(sums[name]) + draw.choice([-1, 1]) * MILLIONTH)

    night.change_manifest = change


@caught_by("the_manifest_counts_what_is_there")
def a_status_is_counted_wrongly(night, draw):
    def change(manifest):
        manifest["statuses"][draw.choice(sorted(manifest["statuses"]))] += draw.choice([-1, 1])

    night.change_manifest = change


@caught_by("the_plan_is_as_near_the_best_as_promised")
def the_bound_is_below_the_plan(night, draw):
    night.bound_above_value = -draw.randrange(1, 10**6) * MILLIONTH


@caught_by("the_plan_is_as_near_the_best_as_promised")
def the_bound_is_too_far_above_the_plan(night, draw):
    night.bound_above_value = Decimal(draw.randrange(1, 1000))


@caught_by("the_inputs_are_those_of_the_manifest")
def a_source_file_is_not_the_one_it_was_made_from(night, draw):
    def change(manifest):
        draw.choice(manifest["sources"]).update(sha256=draw.randbytes(32).hex())

    night.change_manifest = change
