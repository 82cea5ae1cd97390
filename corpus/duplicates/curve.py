"""The S-curve of a banding, and the banding that a wanted recall asks for (Leskovec et al., 3.4.2)."""

POINTS = (0.5, 0.6, 0.7)  # similarities below the usual thresholds at which a plan prints the curve, and 0.9 above them
_STEPS = 1000  # of the midpoint rule: within 1e-5 of adaptive quadrature for all bandings of 126 values


def probability(jaccard: float, bands: int, rows: int) -> float:
    """That a pair of this similarity shares at least one bucket: the S-curve.

    >>> round(probability(0.8, 21, 6), 4)
    0.9983
    """
    return float(1.0 - (1.0 - jaccard**rows) ** bands)


def wasted(threshold: float, bands: int, rows: int) -> float:
    """Area under the curve below the threshold: proposals that verification refuses, were similarities uniform."""
    width = threshold / _STEPS
    return width * sum(probability((i + 0.5) * width, bands, rows) for i in range(_STEPS))


def missed(threshold: float, bands: int, rows: int) -> float:
    """Area over the curve from the threshold to 1: duplicates that are not proposed, were similarities uniform."""
    width = (1.0 - threshold) / _STEPS
    return width * sum(1.0 - probability(threshold + (i + 0.5) * width, bands, rows) for i in range(_STEPS))


def solve(threshold: float, recall: float, permutations: int, *, bands: int = 0, rows: int = 0) -> tuple[int, int]:
    """(bands, rows) with the most rows, then the fewest bands, that propose a pair at the threshold with probability
    `recall` or more from `permutations` values. A number that is given (not 0) stays as it is.

    More rows make the curve steeper, so that fewer pairs below the threshold are proposed; datasketch minimises a sum
    of both areas instead, which promises no recall. Raises ValueError if no banding reaches it.

    >>> solve(0.8, 0.998, 126)
    (21, 6)
    """
    for r in [rows] if rows else range(permutations, 0, -1):
        most = permutations // r
        for b in [bands] if bands else range(1, most + 1):
            if b <= most and probability(threshold, b, r) >= recall:
                return b, r
    raise ValueError(
        f"no bands x rows of {permutations} permutations find a pair of similarity {threshold:g} with probability "
        f"{recall:g}: raise permutations of minhash, or lower recall"
    )


def printed(threshold: float) -> tuple[float, ...]:
    """Where a plan prints the curve: POINTS, the threshold, 0.9."""
    return tuple(sorted({*POINTS, threshold, 0.9}))


def lines(threshold: float, recall: float, bands: int, rows: int, permutations: int) -> list[str]:
    """What a plan says of the banding."""
    found = probability(threshold, bands, rows)
    short = "" if found >= recall else f", LESS than the {recall:g} that is wanted"
    points = "   ".join(f"{s:g}: {share(probability(s, bands, rows))}" for s in printed(threshold))
    return [
        f"near duplicates: {bands} bands x {rows} rows = {bands * rows} of {permutations} permutations; recall "
        f"{found:.4f} at Jaccard {threshold:g}{short}",
        f"a pair is proposed with probability   {points}",
    ]


def share(value: float) -> str:
    """Never a rounded 1: nothing is proposed for certain."""
    return f"{value:.4f}" if value < 0.9999 else f"1 - {1 - value:.0e}"
