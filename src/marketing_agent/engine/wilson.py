"""How sure a rate is: the lower end of Wilson's interval."""

from math import sqrt
from statistics import NormalDist

Z_99 = NormalDist().inv_cdf(0.99)
"""One-sided 99 %, about 2.33 standard deviations."""


def lower_bound(events: int, sample: int, z: float = Z_99) -> float:
    """Give the rate (a fraction 0-1) that the true one exceeds with the confidence of `z`.

    Wilson's score interval (1927) stays honest for small samples and rates near nought, where the
    textbook interval does not. Raises ValueError when there are fewer letters than events or none
    at all.
    """
    if not 0 <= events <= sample or sample == 0:
        raise ValueError(f"{events} events cannot come out of a sample of {sample}.")
    rate, z2 = events / sample, z * z
    centre = rate + z2 / (2 * sample)
    spread = z * sqrt(rate * (1 - rate) / sample + z2 / (4 * sample * sample))
    return max(0.0, (centre - spread) / (1 + z2 / sample))
