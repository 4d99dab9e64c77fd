"""A deployment of one's own begins as the template."""

import pytest

import conf
from conf.errors import SettingsError
from conf.load import load
from jobs.cli.init import TEMPLATE, init_deployment


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_a_new_deployment_is_the_template_and_can_be_loaded(tmp_path):
    init_deployment(tmp_path / "ours" / "shop")
    assert contents(tmp_path / "ours" / "shop") == contents(TEMPLATE)
    assert load(tmp_path / "ours" / "shop").deployment.name


def test_the_template_lies_within_the_package():
    assert TEMPLATE.parent.samefile(conf.__path__[0])


@pytest.mark.parametrize("is_folder", [True, False])
def test_what_exists_is_not_touched(tmp_path, is_folder):
    taken = tmp_path / "taken"
    (taken.mkdir if is_folder else taken.touch)()
    with pytest.raises(SettingsError, match="taken exists; name a folder that does not"):
        init_deployment(taken)
    assert taken.is_dir() == is_folder
    assert not is_folder or not list(taken.iterdir())


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="cannot be made: Not a directory"):
        init_deployment(tmp_path / "file" / "shop")
