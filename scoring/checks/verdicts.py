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


def clock_text(ms: int | float) -> str:
    """Return a length of time as m:ss, or h:mm:ss from an hour on."""
    seconds = int(ms // 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
