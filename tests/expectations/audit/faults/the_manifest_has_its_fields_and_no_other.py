"""Manifests with more, less, or something else."""


def it_says_when_it_was_made(night):
    """fields that are missing, of another type, or not of a manifest"""
    night.change_manifest = lambda manifest: manifest.update(made_at="2024-07-01T02:00:00")


def a_file_has_a_note(night):
    """fields that are missing, of another type, or not of a manifest"""
    night.change_manifest = lambda manifest: manifest["files"]["sms.csv"].update(note="555")


def a_digest_is_none(night):
    """fields that are missing, of another type, or not of a manifest"""
    night.change_manifest = lambda manifest: manifest["models"][0].update(trained_as_of="yesterday")
    night.change_kept = lambda kept: kept["scored_with"][0].update(trained_as_of="yesterday")


def a_count_is_written_as_a_fraction(night):
    """fields that are missing, of another type, or not of a manifest"""
    night.change_manifest = lambda manifest: manifest["statuses"].update(offered=3.0)


def a_text_csv_lacks_its_rows(night):
    """fields that are missing, of another type, or not of a manifest"""
    night.change_manifest = lambda manifest: manifest["files"]["sms.csv"].pop("rows")


def an_amount_has_too_many_digits(night):
    """fields that are missing, of another type, or not of a manifest"""
    night.change_manifest = lambda manifest: manifest["files"]["decisions.parquet"]["sums"].update(cost="5.0000000")
