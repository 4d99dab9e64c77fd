"""Cells that a spreadsheet would run."""


def a_limit_is_named_like_a_formula(night):
    """limits.csv has cells that a spreadsheet would run"""
    night.change_files = lambda files: files.update({"limits.csv": b"name,use\r\n=1+1,5\r\n"})


def a_cell_begins_with_a_tab(night):
    """limits.csv has cells that a spreadsheet would run"""
    night.change_files = lambda files: files.update({"limits.csv": b"name,use\r\n\t=1+1,5\r\n"})


def a_cell_begins_with_a_line_feed(night):
    """limits.csv has cells that a spreadsheet would run"""
    night.change_files = lambda files: files.update({"limits.csv": b'name,use\r\n"\n=1+1",5\r\n'})


def a_cell_begins_with_a_wide_sign(night):
    """limits.csv has cells that a spreadsheet would run"""
    night.change_files = lambda files: files.update({"limits.csv": "name,use\r\n\uff1d1+1,5\r\n".encode()})


def a_number_goes_on_as_a_formula(night):
    """limits.csv has cells that a spreadsheet would run"""
    night.change_files = lambda files: files.update({"limits.csv": b"name,use\r\nbudget,-1+cmd\r\n"})


def a_quoted_cell_begins_with_an_at(night):
    """limits.csv has cells that a spreadsheet would run"""
    night.change_files = lambda files: files.update({"limits.csv": b'name,use\r\n"@SUM(1,1)",5\r\n'})
