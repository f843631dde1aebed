"""Checks: one pure function each, by the id of its row in the rubric."""

from collections.abc import Callable, Mapping

from scoring.case import Case
from scoring.checks import communication, detection, false_alarm, mitigation, triage
from scoring.scorecard import Verdict

CHECKS: Mapping[str, Callable[[Case], Verdict]] = {
    **detection.CHECKS,
    **triage.CHECKS,
    **communication.CHECKS,
    **mitigation.CHECKS,
    **false_alarm.CHECKS,
}
"""The function behind every check id."""
