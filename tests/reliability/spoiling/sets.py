"""Sets with more in them, or other numbers, than a set has; sealed as they are."""

import io
import json
from hashlib import sha256

import pyarrow as pa
import pyarrow.parquet as pq

from tests.reliability.spoiling.declaration import SETS, caught_by

INERT = (
    b"<script>x()</script>",
    b"<p onload='x()'>x</p>",
    b"<img src='//x/y.png'>",
    b"<!-- x -->",
    b"<iframe></iframe>",
)


@caught_by("nothing_else_was_sealed", SETS)
def something_more_is_sealed(night, draw):
    name = draw.choice(["fax.csv", ".email.csv", "email\u200b.csv", "EMAIL.csv", "email.csv ", "notes.txt"])
    night.change_files = lambda files: files.update({name: draw.randbytes(9)})


@caught_by("nothing_else_was_sealed", SETS)
def a_file_or_the_folder_is_open_to_others(night, draw):
    name, mode = draw.choice(["", "email.csv", "audit.json", "SHA256SUMS"]), draw.choice([0o777, 0o755, 0o770])
    night.change_sealed = lambda folder: (folder / name).chmod(mode)


@caught_by("tables_hold_nothing_more", SETS)
def a_table_holds_something_more(night, draw):
    changes = (
        lambda table: table.append_column("note", pa.array(["x"] * len(table))),
        lambda table: table.replace_schema_metadata({"x": "y"}),
        lambda table: table.cast(pa.schema([table.schema.field(0).with_metadata({"x": "y"}), *list(table.schema)[1:]])),
    )
    name, change = draw.choice(["decisions", "email", "sms"]), draw.choice(changes)

    def rewrite(files):
        sink = io.BytesIO()
        pq.write_table(change(pq.read_table(io.BytesIO(files[f"{name}.parquet"]))), sink)
        files[f"{name}.parquet"] = sink.getvalue()

    night.change_files = rewrite


@caught_by("the_commit_seals_set_and_audit", SETS)
def a_commit_is_of_other_bytes(night, draw):
    digest = draw.choice(["sha256", "audit_sha256"])

    def commit(folder):
        files = {"sha256": "SHA256SUMS", "audit_sha256": "audit.json"}
        content = {name: sha256((folder / file).read_bytes()).hexdigest() for name, file in files.items()}
        content[digest] = draw.randbytes(32).hex()
        (folder.parent / "COMMIT.1").write_text(json.dumps(content | {"set": folder.name}))

    night.change_sealed = commit


@caught_by("limits_csv_says_what_the_manifest_says", SETS)
def limits_csv_has_another_number(night, draw):
    def change(files):
        lines = files["limits.csv"].splitlines(keepends=True)
        place = draw.randrange(1, len(lines))
        lines[place] = draw.choice([b"", lines[place] * 2, lines[place].replace(b",", b",1", 1)])
        files["limits.csv"] = b"".join(lines)

    night.change_files = change


@caught_by("the_limits_are_counted_as_stated", SETS)
def a_limit_is_counted_wrongly(night, draw):
    count, name = night.count_limits, draw.choice(["use", "shadow_price", "shortfall", "binding", "max"])

    def miscount(night, proof):
        rows = count(night, proof)
        row = draw.choice(rows[:2])  # those with a maximum
        row[name] = not row[name] if name == "binding" else row[name] + draw.choice([-1.0, 0.001, 7.0])
        night.count_limits = lambda *_: rows  # every file says the same
        return rows

    night.count_limits = miscount


@caught_by("the_report_is_inert", SETS)
def the_report_does_something(night, draw):
    more = draw.choice(INERT)
    night.change_files = lambda files: files.update(
        {"report.html": files["report.html"].replace(b"</body>", more + b"</body>")}
    )


@caught_by("the_report_shows_this_night", SETS)
def the_report_shows_another_number(night, draw):
    before, after = draw.choice(
        [(b"<b>", b"<b>1"), (b"<text>", b"<text>1"), (b" holdout</td>", b"0 holdout</td>"), (b"2024", b"2023")]
    )
    night.change_files = lambda files: files.update({"report.html": files["report.html"].replace(before, after, 1)})


@caught_by("the_manifest_has_its_fields_and_no_other", SETS)
def the_manifest_says_more_or_less(night, draw):
    def change(manifest):
        facts = draw.choice([manifest, manifest["plan"], manifest["files"]["sms.csv"], manifest["models"][0]])
        if draw.random() < 0.5:
            facts["note"] = "x"
        else:
            name = draw.choice(sorted(set(facts) - {"plan", "files", "value", "bound", "as_of"}))
            facts[name] = [facts[name]]

    night.change_manifest = change


@caught_by("the_manifest_says_how_the_night_was_made", SETS)
def the_night_was_made_otherwise(night, draw):
    name = draw.choice(["deployment", "currency", "time_zone", "oneoffer", "code_sha256", "settings_sha256"])
    night.change_manifest = lambda manifest: manifest.update({name: draw.randbytes(32).hex()})


@caught_by("the_manifest_names_the_models_that_scored", SETS)
def a_model_is_said_to_be_another(night, draw):
    change = draw.choice([{"version": 9}, {"tested_at": "2020-01-01"}, {"from_cache": True}, {"figures": []}])
    night.change_manifest = lambda manifest: draw.choice(manifest["models"]).update(change)


@caught_by("the_manifest_says_what_the_plan_was", SETS)
def the_plan_was_another(night, draw):
    name, change = draw.choice([("gap", 0.00001), ("value", 1), ("bound", -1), ("status", "x"), ("engine", "x")])

    def alter(kept):
        row = kept["certificates"][0]
        row[name] = change if isinstance(change, str) else row[name] + change

    night.change_kept = alter
