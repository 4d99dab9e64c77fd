"""A set that was not made from what lies there."""


def a_source_file_has_changed_since(night):
    """customers: files that are not those that the set was made from"""
    night.change_manifest = lambda manifest: _source(manifest, "customers").update(sha256="0" * 64)


def a_source_file_is_of_another_size(night):
    """responses: files that are not those that the set was made from"""
    night.change_manifest = lambda manifest: _source(manifest, "responses").update(bytes=1)


def a_file_of_a_table_is_not_stated(night):
    """contacts: files that are not those that the set was made from"""
    night.change_manifest = lambda manifest: manifest["sources"].remove(_source(manifest, "contacts"))


def a_file_is_stated_that_nobody_reads(night):
    """products: files that are not those that the set was made from"""
    night.change_manifest = lambda manifest: manifest["sources"].append(_source(manifest, "products"))


def a_table_is_stated_that_nobody_knows(night):
    """the manifest states tables that nobody knows"""
    night.change_manifest = lambda manifest: manifest["sources"].append(
        _source(manifest, "products") | {"table": "fax"}
    )


def the_consents_of_the_decision_were_others(night):
    """consents, when it was decided: files that are not those that the set was made from"""
    night.change_manifest = lambda manifest: manifest["consents"].clear()


def it_states_no_sources(night):
    """cannot be checked: KeyError"""
    night.change_manifest = lambda manifest: manifest.pop("sources")


def _source(manifest, table):
    return next(source for source in manifest["sources"] if source["table"] == table)
