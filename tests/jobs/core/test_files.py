"""Files whose permissions do not depend on the umask, and which are never written over."""

import os
import stat

import pytest

from jobs.core.files import make_folder, sha256_of, sync_folder, write_file


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o777])
def umask(request):
    before = os.umask(request.param)
    yield
    os.umask(before)


def mode(path):
    return oct(stat.S_IMODE(path.stat().st_mode))


def test_a_file_has_mode_0640_whatever_the_umask(tmp_path, umask):
    write_file(tmp_path / "a.csv", b"ann")
    assert mode(tmp_path / "a.csv") == "0o640"
    assert (tmp_path / "a.csv").read_bytes() == b"ann"


def test_every_folder_that_is_made_has_mode_0750_whatever_the_umask(tmp_path, umask):
    tmp_path.chmod(0o700)
    make_folder(tmp_path / "published" / "2024-07-01")
    assert {mode(tmp_path / "published"), mode(tmp_path / "published" / "2024-07-01")} == {"0o750"}
    assert mode(tmp_path) == "0o700"  # it was there before: nobody asked us to change it


def test_a_folder_that_is_there_is_left_as_it_is(tmp_path):
    make_folder(tmp_path / "a")
    (tmp_path / "a").chmod(0o700)
    make_folder(tmp_path / "a")
    assert mode(tmp_path / "a") == "0o700"


def test_a_file_is_never_written_over(tmp_path):
    write_file(tmp_path / "a.csv", b"first")
    with pytest.raises(FileExistsError):
        write_file(tmp_path / "a.csv", b"second")
    assert (tmp_path / "a.csv").read_bytes() == b"first"


def test_the_bytes_reach_the_disk_before_the_write_returns(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(os.readlink(f"/proc/self/fd/{handle}")))
    make_folder(tmp_path / "day")
    write_file(tmp_path / "day" / "a.csv", b"ann")
    sync_folder(tmp_path / "day")
    assert synced == [str(tmp_path), str(tmp_path / "day" / "a.csv"), str(tmp_path / "day")]


def test_the_checksum_is_that_of_sha256sum(tmp_path):
    write_file(tmp_path / "empty", b"")
    assert sha256_of(tmp_path / "empty") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
