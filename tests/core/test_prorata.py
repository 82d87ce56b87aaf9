import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.prorata import shares

WEIGHTS = st.dictionaries(st.integers(), st.integers(0, 10**9), min_size=1, max_size=40).filter(
    lambda w: sum(w.values())
)


@given(WEIGHTS, st.integers(0, 10**10))
def test_the_shares_add_up_to_the_pool(weights, pool):
    result = shares(pool, weights)
    assert sum(result.values()) == pool
    assert result.keys() == weights.keys()


@given(WEIGHTS, st.data())
def test_nobody_gets_back_more_than_they_gave(weights, data):
    pool = data.draw(st.integers(0, sum(weights.values())))
    assert all(0 <= share <= weights[key] for key, share in shares(pool, weights).items())


@given(WEIGHTS, st.integers(0, 10**10))
def test_no_share_is_a_whole_penny_away_from_its_exact_part(weights, pool):
    total = sum(weights.values())
    assert all(abs(share * total - pool * weights[key]) < total for key, share in shares(pool, weights).items())


def test_the_largest_remainders_get_the_pennies_left_over():
    assert shares(100, {"a": 1, "b": 1, "c": 1}) == {"a": 34, "b": 33, "c": 33}
    assert shares(10, {"a": 33, "b": 33, "c": 34}) == {"a": 3, "b": 3, "c": 4}


def test_nobody_to_share_with_is_refused_unless_there_is_nothing_to_share():
    assert shares(0, {"a": 0}) == {"a": 0}
    with pytest.raises(ValueError, match="nobody"):
        shares(1, {})


@pytest.mark.parametrize(("pool", "weights"), [(-1, {"a": 1}), (1, {"a": 2, "b": -1})])
def test_nothing_negative_is_shared_out(pool, weights):
    with pytest.raises(ValueError, match="negative"):
        shares(pool, weights)
