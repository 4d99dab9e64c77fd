"""Sealed bytes that changed afterwards."""

import shutil


def a_bit_of_the_report_is_flipped(night):
    """report.html is not the file that was sealed"""
    night.change_sealed = lambda folder: (folder / "report.html").write_bytes(b"<p>A nighu.</p>")


def a_byte_is_cut_off(night):
    """limits.csv is not the file that was sealed"""
    night.change_sealed = lambda folder: (folder / "limits.csv").write_bytes((folder / "limits.csv").read_bytes()[:-1])


def a_file_is_gone(night):
    """files and SHA256SUMS do not name the same"""
    night.change_sealed = lambda folder: (folder / "report.html").unlink()


def a_file_was_added(night):
    """files and SHA256SUMS do not name the same"""
    night.change_sealed = lambda folder: (folder / "notes.txt").write_text("call me")


def a_folder_was_added(night):
    """files and SHA256SUMS do not name the same"""
    night.change_sealed = lambda folder: (folder / "more").mkdir()


def the_list_of_checksums_was_written_anew(night):
    """the folder is not named for what SHA256SUMS says"""

    def sort_backwards(folder):
        sums = (folder / "SHA256SUMS").read_text().splitlines(keepends=True)
        (folder / "SHA256SUMS").write_text("".join(reversed(sums)))

    night.change_sealed = sort_backwards


def the_folder_is_a_copy_under_another_name(night):
    """the folder is not named for what SHA256SUMS says"""

    def swap(folder):
        shutil.move(folder, folder.with_name("set-of-old"))
        folder.symlink_to(folder.with_name("set-of-old"))

    night.change_sealed = swap
