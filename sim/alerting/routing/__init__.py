"""Routing of alerts as Alertmanager does it: routes, groups, inhibition, silences, repeats.

Simulated: pure, in integer milliseconds, without a clock. Alertmanager 0.25 is the judge.
"""
