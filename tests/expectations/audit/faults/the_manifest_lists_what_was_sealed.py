"""A manifest that was sealed with something wrong in its list of files."""


def it_lists_a_file_that_is_not_there(night):
    """names of files, or their checksums, are not those of SHA256SUMS"""
    night.change_manifest = lambda manifest: manifest["files"].update({"fax.parquet": {"sha256": "0" * 64, "rows": 1}})


def it_does_not_list_a_file(night):
    """names of files, or their checksums, are not those of SHA256SUMS"""
    night.change_manifest = lambda manifest: manifest["files"].pop("report.html")


def it_states_another_checksum(night):
    """names of files, or their checksums, are not those of SHA256SUMS"""
    night.change_manifest = lambda manifest: manifest["files"]["sms.csv"].update(sha256="0" * 64)


def it_is_of_another_date(night):
    """it is of 2024-06-30, and the set of 2024-07-01"""
    night.change_manifest = lambda manifest: manifest.update(as_of="2024-06-30")


def it_has_no_date(night):
    """cannot be checked: KeyError"""
    night.change_manifest = lambda manifest: manifest.pop("as_of")
