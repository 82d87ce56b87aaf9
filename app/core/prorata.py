"""Sharing an amount out to the penny."""

from collections.abc import Mapping
from typing import TypeVar

K = TypeVar("K")


def shares(pool: int, weights: Mapping[K, int]) -> dict[K, int]:
    """`pool` minor units in proportion to `weights`, by the largest remainder; the shares add up to the pool.

    Equal remainders go to whoever stands first. No share is above its weight while the pool is not above their sum.
    Raises ValueError for a negative pool or weight, and for a pool that nobody has a weight in.
    """
    total = sum(weights.values())
    if pool < 0 or any(weight < 0 for weight in weights.values()):
        raise ValueError("Nothing negative can be shared out")
    if total == 0:
        if pool:
            raise ValueError("There is nobody to share with")
        return dict.fromkeys(weights, 0)
    result = {key: pool * weight // total for key, weight in weights.items()}
    left = pool - sum(result.values())
    # Fewer pennies are left than there are remainders above zero, so none goes to an exact share.
    for key in sorted(weights, key=lambda key: pool * weights[key] % total, reverse=True)[:left]:
        result[key] += 1
    return result
