"""A limits.csv of other numbers."""


def a_use_is_rounded(night):
    """limits.csv has rows that are not the manifest's"""
    _replace(night, b"return,5.2,", b"return,5,")


def a_limit_is_left_out(night):
    """limits.csv has rows that are not the manifest's"""

    def drop(files):
        lines = files["limits.csv"].splitlines(keepends=True)
        files["limits.csv"] = b"".join(lines[:1] + lines[2:])

    night.change_files = drop


def a_column_is_added(night):
    """limits.csv has rows that are not the manifest's"""
    _replace(night, b"cause\r\n", b"cause,\r\n")


def it_says_true_in_another_way(night):
    """limits.csv has rows that are not the manifest's"""
    _replace(night, b"True", b"true")


def _replace(night, before, after):
    night.change_files = lambda files: files.update({"limits.csv": files["limits.csv"].replace(before, after, 1)})
