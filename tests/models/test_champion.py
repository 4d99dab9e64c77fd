"""A damaged, swapped or outdated artifact is refused before it scores anybody."""

import pytest

from models.champion import champion_of
from models.errors import ModelUnusable


@pytest.fixture
def files(trained):
    result = trained["attrition"]
    return result.text, result.contract.model_dump_json()


def refused(message, text, contract):
    with pytest.raises(ModelUnusable, match=message):
        champion_of("attrition", 3, text, contract)


def test_the_files_of_a_training_are_accepted_whole(files, trained):
    result = champion_of("attrition", 3, *files)
    assert (result.version, result.contract) == (3, trained["attrition"].contract)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.99])
def test_a_text_that_was_cut_is_refused_without_loading_it(files, share):
    text, contract = files
    refused(
        "version 3: model.txt is not the file that contract.json was written for",
        text[: int(len(text) * share)],
        contract,
    )


def test_a_contract_that_was_cut_is_refused(files):
    refused("version 3: contract.json", files[0], files[1][:-20])


def test_columns_in_another_order_are_refused(files, trained):
    contract = trained["attrition"].contract
    swapped = contract.model_copy(update={"features": contract.features[::-1]})
    refused("columns are not those of contract.json", files[0], swapped.model_dump_json())


def test_a_feature_whose_code_changed_since_is_refused(files, trained):
    older = trained["attrition"].contract.model_copy(update={"feature_code": "0" * 64})
    refused("the code of its features has changed since it was trained", files[0], older.model_dump_json())
