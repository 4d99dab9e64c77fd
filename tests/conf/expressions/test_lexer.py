import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conf.expressions.lexer import MAX_TOKENS, Unreadable, tokens


def written(text):
    return [token.written for token in tokens(text)]


def test_spaces_part_tokens_and_signs_need_none():
    assert written(" a>=1.5\n and\tb!='x y' ") == ["a", ">=", "1.5", "and", "b", "!=", "'x y'", ""]


def test_a_token_knows_its_kind_and_its_place():
    assert [(token.kind, token.offset) for token in tokens("a <= 'b'")] == [
        ("word", 0),
        ("symbol", 2),
        ("text", 5),
        ("end", 8),
    ]


def test_a_doubled_quote_does_not_end_a_text():
    assert written('\'it\'\'s\' "a""b" "it\'s"') == ["'it''s'", '"a""b"', '"it\'s"', ""]


def test_the_last_token_counts_too():
    assert len(written("a " * (MAX_TOKENS - 1))) == MAX_TOKENS
    with pytest.raises(Unreadable, match="at most 400 words and signs"):
        written("a " * MAX_TOKENS)


def cut_or_refused_at(text):
    try:
        return list(tokens(text)), None
    except Unreadable as unreadable:
        return [], unreadable.offset


@settings(deadline=None)
@given(st.text(alphabet=st.one_of(st.sampled_from("ab1.'\" =<>!()-+"), st.characters()), max_size=60))
def test_any_text_is_either_cut_whole_or_refused_where_it_cannot_be_read(text):
    cut, refused_at = cut_or_refused_at(text)
    if refused_at is not None:
        assert 0 <= refused_at < len(text)
        return
    ends = [0, *(token.offset + len(token.written) for token in cut)]
    assert all(text.startswith(token.written, token.offset) for token in cut)
    assert all(
        not text[end : token.offset].strip() for end, token in zip(ends, cut, strict=False)
    )  # only space between
