"""What an alert says of itself: its labels, annotations and summary, their templates filled in.

As in Prometheus, templates read the labels of the series and the value at which it fires.
"""

from functools import lru_cache

from sim.alerting.rules import Instance
from sim.alerting.templates import Scope, Template, TemplateError, expanded, parsed


def labels(instance: Instance, value: float) -> dict[str, str]:
    """Return the labels of an alert that fires with this value of its signal; empty ones are dropped."""
    scope, rule = _scope(instance, value), instance.rule
    templates = {name: _filled(template, scope) for name, template in rule.labels}
    return {name: text for name, text in {**instance.labels, **templates}.items() if text}


def annotations(instance: Instance, value: float) -> dict[str, str]:
    """Return the annotations that its team wrote for it; none where the rule is the world's own."""
    scope = _scope(instance, value)
    return {name: _filled(template, scope) for name, template in instance.rule.annotations}


def summary(instance: Instance, value: float) -> str:
    """Return in a line what it says."""
    text = instance.rule.summary
    if not instance.rule.annotations:
        return text
    return " ".join(_filled(text, _scope(instance, value)).split()) or instance.rule.name


def _scope(instance: Instance, value: float) -> Scope:
    return Scope(instance.series_labels, value * instance.rule.value_times)


def _filled(source: str, scope: Scope) -> str:
    return expanded(_template(source), scope)


@lru_cache(maxsize=4096)
def _template(source: str) -> Template:
    try:
        return parsed(source)
    except TemplateError:  # of a scenario.json written by hand; its text stands as it is
        return Template(source, (source,), ())
