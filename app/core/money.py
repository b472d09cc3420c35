"""Money in integer cents, rates in integer parts per million (price law, sections 1 and 6)."""

from collections.abc import Sequence

PPM = 1_000_000


def half_up(numerator: int, denominator: int) -> int:
    """`numerator / denominator`, rounded half up, away from zero."""
    sign = -1 if (numerator < 0) != (denominator < 0) else 1
    return sign * ((2 * abs(numerator) + abs(denominator)) // (2 * abs(denominator)))


def at_rate(cents: int, rate_ppm: int) -> int:
    """The share of `cents` that a rate in parts per million stands for, rounded half up."""
    return half_up(cents * rate_ppm, PPM)


def share_out(total: int, weights: Sequence[int]) -> list[int]:
    """Spread `total` cents over `weights` by largest remainder; ties go to the earlier one.

    The shares sum to `total` exactly. With no weight at all, a total of zero gives zeros; any other total is refused.
    """
    whole = sum(weights)
    if whole == 0:
        if total:
            raise ValueError("nothing to spread a sum over")
        return [0] * len(weights)
    shares = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for index in by_remainder[: total - sum(shares)]:
        shares[index] += 1
    return shares


def format_cents(cents: int) -> str:
    """US dollars as people read them: `$1,234.50`, `-$0.05`."""
    sign = "-" if cents < 0 else ""
    dollars, rest = divmod(abs(cents), 100)
    return f"{sign}${dollars:,}.{rest:02d}"
