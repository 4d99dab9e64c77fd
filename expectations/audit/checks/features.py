"""Features, derived again: what scores and rules read follows from the raw rows.

2,301 customers (all, where there are fewer) are drawn by a hash keyed by the set's name: a fault of one customer in 500
is found with a probability of 0.99. They are the same ones
whenever the set is audited, and nobody knows them before it is sealed. Their rows alone are kept while pyarrow reads
the raw files in pieces. From these rows `expectations/audit/features.py` computes every
feature by its declaration, in whole numbers and exact ratios. Counts, days and money must be equal, ratios to a part in
a thousand million. Attributes are compared with the raw table of customers. Declarations are data: the night keeps
those that it used in the lake (`feature_declarations`), and the auditor interprets them with code of its own. So a set
is audited by what its features meant when it was made, and a company's own feature is audited like any other. For a
night from before declarations were kept, those of the installed release hold. A feature without a declaration is a
breach. One whose declaration has a part that the auditor does not know is named in `audit.json` under
`features_not_derived_again`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from expectations.audit.evidence import Breach, Evidence
from expectations.audit.experiments import drawn
from expectations.audit.feature_definitions import CATEGORIES, features_in, is_same, undeclared
from expectations.audit.features import Node, is_understood, value_of
from expectations.audit.people import Row, customers_in, people, rows_of
from expectations.audit.person import Person

UNUSED = {"objector", "quarantined"}
"""How the customers are called of whom nothing is computed."""
NAMED = 5


def features_follow_from_the_raw_rows(evidence: Evidence) -> Iterator[Breach]:
    """Every customer whose data may be used has one row; the drawn ones have the values of their raw rows.

    Reads: the lake's features and their declarations, decisions, raw customers, transactions, products, contacts,
    responses and events, earlier sets.
    """
    rows = Counter(customers_in(evidence.features_folder))
    due = {row["customer_id"] for row in evidence.decisions if row["status"] not in UNUSED}
    astray = len(due - rows.keys()) + sum(count > 1 for count in rows.values())
    if astray:
        yield Breach("features", "customers without a row of features, or with several", astray)
    without = undeclared(evidence)
    if without:
        yield Breach("features", f"features that no declaration stands for: {', '.join(without[:NAMED])}", len(without))
    chosen = drawn(evidence, rows, "derived again")
    wrong, customers = Counter[str](), 0
    for names in _wrong(evidence, chosen):
        wrong.update(names)
        customers += bool(names)
    if wrong:
        first = ", ".join(sorted(wrong)[:NAMED])
        yield Breach("features", f"customers whose raw rows say something else of {first}", customers)


def _wrong(evidence: Evidence, chosen: frozenset[str]) -> Iterator[set[str]]:
    """Per customer the names of the features, and attributes, that do not follow."""
    names = features_in(evidence)
    of_customer, of_category = _declared(evidence, names.of_customer), _declared(evidence, names.of_category)
    stored, persons, attributes = (
        rows_of(evidence.features_folder, chosen),
        people(evidence, chosen),
        _raw(evidence, chosen),
    )
    for customer, row in stored.items():
        person = persons[customer]
        yield {
            *(
                name
                for name, declaration in of_customer.items()
                if not is_same(row[name], value_of(declaration, person))
            ),
            *(name for name in names.attributes if row[name] != attributes.get(customer, {}).get(name)),
            *(_wrong_in_categories(row, person, of_category) if names.has_categories else ()),
        }


def _wrong_in_categories(row: Row, person: Person, declared: Mapping[str, Node]) -> Iterator[str]:
    stored = {facts["category"]: facts for facts in row[CATEGORIES] or ()}
    if stored.keys() != person.categories() or len(stored) != len(row[CATEGORIES] or ()):
        yield CATEGORIES
    for category in stored.keys() & person.categories():
        yield from (
            name
            for name, declaration in declared.items()
            if not is_same(stored[category][name], value_of(declaration, person, category))
        )


def _declared(evidence: Evidence, names: Iterable[str]) -> dict[str, Node]:
    """The declarations that the auditor understands; audit.json names the others."""
    declared = evidence.declarations
    return {name: declared[name] for name in names if name in declared and is_understood(declared[name])}


def _raw(evidence: Evidence, customers: frozenset[str]) -> dict[str, Row]:
    """The attributes as the raw table has them."""
    names = list(evidence.attributes)
    rows = evidence.customers.rows("customer_id", *names, of=customers) if names else ()
    return {str(customer): dict(zip(names, values, strict=True)) for customer, *values in rows}
