"""Ways to come to a verdict that several checks share."""

from scoring.scorecard import Evidence, Verdict


def not_observable(why: str, *evidence: Evidence) -> Verdict:
    """Return a verdict that counts nowhere."""
    return Verdict(None, why, evidence)


def judged(credit: float, why: str, *evidence: Evidence | None) -> Verdict:
    """Return a verdict with a credit, cut to [0, 1]; evidence that is not there is left out."""
    found = tuple(item for item in evidence if item is not None)
    return Verdict(min(1.0, max(0.0, credit)), why, found)


def falling(value: float, full: float, none: float) -> float:
    """Return 1 up to `full`, 0 from `none`, and a straight line between them."""
    return min(1.0, max(0.0, (none - value) / (none - full)))
