"""Sets with something that no set has, sealed with it."""

from hashlib import sha256


def a_table_is_of_no_channel(night):
    """files that a set does not have, or lacks"""
    night.change_files = lambda files: files.update({"fax.csv": files["sms.csv"]})


def a_note_is_sealed_with_the_rest(night):
    """files that a set does not have, or lacks"""
    night.change_files = lambda files: files.update({"call me.txt": b"555"})


def a_name_looks_like_another(night):
    """files that a set does not have, or lacks"""
    night.change_files = lambda files: files.update({"email\u200b.csv": files["email.csv"]})


def a_name_is_hidden(night):
    """files that a set does not have, or lacks"""
    night.change_files = lambda files: files.update({".email.csv": files["email.csv"]})


def a_file_is_a_link(night):
    """links or folders where a file should be"""

    def link(folder):
        (folder / "sms.csv").rename(folder.parent / "elsewhere.csv")
        (folder / "sms.csv").symlink_to(folder.parent / "elsewhere.csv")

    night.change_sealed = link


def a_file_may_be_read_by_everybody(night):
    """files or folders with more permissions than 0640 and 0750"""
    night.change_sealed = lambda folder: (folder / "sms.csv").chmod(0o644)


def the_audit_may_be_written_by_the_group(night):
    """files or folders with more permissions than 0640 and 0750"""
    night.change_sealed = lambda folder: (folder / "audit.json").chmod(0o660)


def the_folder_may_be_entered_by_everybody(night):
    """files or folders with more permissions than 0640 and 0750"""
    night.change_sealed = lambda folder: folder.chmod(0o755)


def a_line_of_the_checksums_is_there_twice(night):
    """SHA256SUMS has lines that name no file, or one twice"""

    def double(folder):
        lines = (folder / "SHA256SUMS").read_bytes().splitlines(keepends=True)
        content = b"".join([b"0" * 64 + lines[0][64:], *lines])  # the second one counts
        (folder / "SHA256SUMS").write_bytes(content)
        folder.rename(folder.with_name(f"set-{sha256(content).hexdigest()[:16]}"))
        folder.symlink_to(folder.with_name(f"set-{sha256(content).hexdigest()[:16]}"))

    night.change_sealed = double
