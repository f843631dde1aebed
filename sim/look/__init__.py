"""The answers of the verbs that look: pure functions of the action and the view of who looks."""

from collections.abc import Callable
from typing import Any

from sim.actions import look
from sim.actions.look import Look
from sim.answer import Answer
from sim.look.alerts import alert_detail, alerts
from sim.look.evidence import logs, traces
from sim.look.help import help_page
from sim.look.journeys import journeys
from sim.look.map import topology
from sim.look.metrics import metrics
from sim.look.people import oncall, who
from sim.look.standing import incident, status
from sim.look.story import timeline
from sim.look.system import changes, runbook
from sim.view import View

ANSWERS: dict[type[Look], Callable[[Any, View], Answer]] = {
    look.Status: status,
    look.Alerts: alerts,
    look.AlertDetail: alert_detail,
    look.Metrics: metrics,
    look.Journeys: journeys,
    look.Topology: topology,
    look.Logs: logs,
    look.Traces: traces,
    look.Changes: changes,
    look.RunbookPage: runbook,
    look.Oncall: oncall,
    look.Who: who,
    look.Timeline: timeline,
    look.IncidentCard: incident,
    look.Help: help_page,
}
"""Who answers which verb."""
