from hypothesis import given, settings
from hypothesis import strategies as st

from conf.expressions.tree import (
    And,
    Arithmetic,
    Between,
    Constant,
    IsIn,
    IsNull,
    Kind,
    Not,
    Reference,
    columns_of,
    walk,
)

X, Y = Reference("x", Kind.NUMBER), Reference("y", Kind.NUMBER)
ONE = Constant(1.0, Kind.NUMBER)


def test_the_root_is_level_one_and_its_children_level_two():
    levels = dict(walk(IsNull(Arithmetic("+", X, ONE))))
    assert levels == {IsNull(Arithmetic("+", X, ONE)): 1, Arithmetic("+", X, ONE): 2, X: 3, ONE: 3}


def test_columns_are_found_wherever_they_stand():
    assert columns_of(Between(ONE, X, Y)) == {"x", "y"}
    assert columns_of(And((IsIn(X, (ONE,)), Not(IsNull(Y))))) == {"x", "y"}
    assert columns_of(ONE) == frozenset()


def test_a_tree_of_any_depth_is_walked():
    deep = IsNull(X)
    for _ in range(5_000):
        deep = Not(deep)
    assert max(level for _, level in walk(deep)) == 5_002
    assert columns_of(deep) == {"x"}


@settings(deadline=None)
@given(
    st.recursive(
        st.sampled_from([X, Y, ONE]), lambda parts: st.builds(Arithmetic, st.just("*"), parts, parts), max_leaves=12
    )
)
def test_every_column_of_a_part_is_a_column_of_the_whole(tree):
    for node, _ in walk(tree):
        assert columns_of(node) <= columns_of(tree)
