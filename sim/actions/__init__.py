"""The verbs: what a person can type, one frozen class each, and how a line becomes one."""

from sim.actions.base import Action, AskedBack, Names, Refused
from sim.actions.parse import VERBS, parse

__all__ = ["VERBS", "Action", "AskedBack", "Names", "Refused", "parse"]
