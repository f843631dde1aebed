"""From a team's files to the alerts of a drill.

With a mapping, the team's alerts take the place of the world's own rules, but for those that it keeps: what
is mapped watches its signal, everything else can be noise only (`stand_ins`). Without one the world's rules
stay, and all of the team's alerts are noise beside them. Where there is noise to be made and the scenario
names no profile, it is that of `normal`.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sim.alerting.catalogue import mapping, pages, rulefile
from sim.alerting.catalogue.mapping import Mapping, MappingFile, Target
from sim.alerting.catalogue.rulefile import Alert
from sim.alerting.catalogue.stand_ins import StandIn, stand_ins
from sim.mistakes import FileError, Mistake
from sim.spec import ClientClass, Component, Journey, NoiseProfile, Rule, Runbook, Scenario, World
from sim.spec.base import DAY_S

Use = Literal["mapped", "noise", "left out"]

SUMMARIES = ("summary", "title", "message", "description")
"""The annotation that is told in a line when an alert fires: the first of these that it has."""
URLS = ("runbook_url", "runbook")
_NAME_MAX = 120
_ALWAYS = "vector(1)"


@dataclass(frozen=True, slots=True)
class Files:
    """Which files of a team are read."""

    rules: tuple[Path, ...] = ()
    mapping: Path | None = None
    runbooks: Path | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What becomes of one alert: its rule, or why it has none."""

    alert: Alert
    use: Use
    rule: Rule | None
    page: str | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What becomes of a team's files in one scenario: alerts in the order of the files, and the rest."""

    entries: tuple[Entry, ...]
    recordings: tuple[str, ...]
    kept: tuple[Rule, ...]
    pages: tuple[Runbook, ...]
    mapping: Mapping

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules of the drill: what is mapped, what the world keeps, what can only be noise."""
        mapped, noise = (
            tuple(e.rule for e in self.entries if e.rule is not None and e.use == use)
            for use in ("mapped", "noise")
        )
        return (*mapped, *self.kept, *noise)


def with_files(scenario: Scenario, files: Files) -> Scenario:
    """Return a scenario with a team's files in it. Raises FileError with every mistake in them."""
    found = catalogue(scenario, files)
    world = scenario.world
    runbooks = {page.id: page for page in (*world.runbooks, *found.pages)}
    update: dict[str, object] = {"runbooks": tuple(runbooks.values())}
    if files.rules:
        update["rules"] = found.rules
        _check(scenario, files, found)
    changed: dict[str, object] = {"world": world.model_copy(update=update)}
    if scenario.noise is None and any(entry.use == "noise" for entry in found.entries):
        changed["noise"] = NoiseProfile.model_validate("normal")
    return scenario.model_copy(update=changed)


def catalogue(scenario: Scenario, files: Files) -> Catalogue:
    """Return what becomes of a team's files in a scenario. Raises FileError with every mistake in them."""
    mistakes: list[Mistake] = []
    read = rulefile.RuleFiles((), ())
    found_pages: tuple[Runbook, ...] = ()
    tied: MappingFile | None = None
    try:
        read = rulefile.load(files.rules)
    except FileError as problem:
        mistakes += problem.mistakes
    try:
        found_pages = pages.load(files.runbooks) if files.runbooks is not None else ()
    except FileError as problem:
        mistakes += problem.mistakes
    if files.mapping is not None and not files.rules:
        mistakes.append(Mistake(files.mapping, 1, (), "maps alerts, and no rule file is given"))
    elif files.mapping is not None and not mistakes:
        tied = mapping.load(files.mapping, scenario.world, read.alerts)
    if mistakes:
        raise FileError(mistakes)
    return _of(scenario, read, tied.mapping if tied is not None else None, found_pages)


def _of(
    scenario: Scenario, read: rulefile.RuleFiles, tied: Mapping | None, found_pages: tuple[Runbook, ...]
) -> Catalogue:
    world = scenario.world
    known_pages = [page.id for page in (*world.runbooks, *found_pages)]
    kept = _kept(world, tied)
    names = _names(read.alerts, world, kept)
    terms = tied if tied is not None else Mapping()
    unfit = [_unfit(alert, world) for alert in read.alerts]
    loose = [
        name
        for alert, name, why in zip(read.alerts, names, unfit, strict=True)
        if not why and terms.target(alert) is None and not _always_fires(alert)
    ]
    places = stand_ins(scenario, loose)
    entries = []
    for alert, name, why in zip(read.alerts, names, unfit, strict=True):
        page = pages.page_for(alert.name, _annotation(alert, URLS), known_pages)
        target, place = terms.target(alert), places.get(name)
        if why:
            entries.append(Entry(alert, "left out", None, page, why))
        elif target is not None:
            entries.append(Entry(alert, "mapped", _mapped(alert, name, target, terms, page), page))
        elif place is not None:
            rule = _stand_in(alert, name, place, terms, page, world.id)
            entries.append(Entry(alert, "noise", rule, page))
        else:
            entries.append(Entry(alert, "left out", None, page, _no_place(alert)))
    return Catalogue(tuple(entries), read.recordings, kept, found_pages, terms)


def _kept(world: World, tied: Mapping | None) -> tuple[Rule, ...]:
    if tied is None or tied.keep is True:
        return world.rules
    names = tied.keep if isinstance(tied.keep, tuple) else ()
    return tuple(rule for rule in world.rules if rule.name in names)


def _names(alerts: Sequence[Alert], world: World, kept: Iterable[Rule]) -> list[str]:
    """Return for each alert a name that can be typed and that no other rule has, whatever the case."""
    taken = {rule.name.lower() for rule in kept}
    found = []
    for alert in alerts:
        plain = re.sub(r"[^\w.:-]+", "_", alert.name)[: _NAME_MAX - 20]
        plain = plain if re.match(r"[A-Za-z_]", plain) else f"_{plain}"
        severity = re.sub(r"[^\w.:-]+", "_", alert.severity)[:12]
        severe = [f"{plain}.{severity}"] if severity else []
        wanted = [plain, *severe, *(f"{plain}.{n}" for n in range(2, len(alerts) + 2))]
        name = next(name for name in wanted if name.lower() not in taken)
        taken.add(name.lower())
        found.append(name)
    return found


def _unfit(alert: Alert, world: World) -> str:
    """Return why an alert cannot be in a drill; '' where it can."""
    if alert.for_ms > DAY_S * 1000:
        return "for its `for` is longer than a day"
    parts: tuple[Component | Journey | ClientClass, ...] = (
        *world.components,
        *world.journeys,
        *world.clients,
    )
    if alert.name.lower() in (*world.zones, *(part.id for part in parts)):
        return "for it is named like a part of the world"
    return ""


def _always_fires(alert: Alert) -> bool:
    """Return whether an alert is a dead man's switch, which no noise moves."""
    return "".join(alert.expr.split()) == _ALWAYS


def _no_place(alert: Alert) -> str:
    return (
        "for it always fires"
        if _always_fires(alert)
        else "for this world has no parts left to stand in for more"
    )


def _annotation(alert: Alert, names: Sequence[str]) -> str:
    found = (alert.annotations[name].source for name in names if name in alert.annotations)
    return next((text for text in found if text.strip()), "")


def _mapped(alert: Alert, name: str, target: Target, terms: Mapping, page: str | None) -> Rule:
    aim: dict[str, object] = {
        "component": target.component,
        "journey": target.journey,
        "signal": target.signal,
        "above": target.above,
        "below": target.below,
        "by": target.by,
        "value_times": target.times,
        "series_labels": tuple(target.labels.items()),
    }
    return _rule(alert, name, terms, page, aim)


def _stand_in(
    alert: Alert, name: str, place: StandIn, terms: Mapping, page: str | None, cluster: str
) -> Rule:
    """Return a rule that can only be noise.

    Labels that its templates read and that nothing here has say where to look: the component, or of a
    `cluster` the world.
    """
    templates = (*alert.labels.values(), *alert.annotations.values())
    read = sorted(frozenset().union(*(template.labels for template in templates)) - {"component", "zone"})
    aim: dict[str, object] = {
        "series_labels": tuple((label, cluster if label == "cluster" else place.component) for label in read),
        "component": place.component,
        "by": "zone",
        "part": place.zone,
        "signal": place.signal,
        "above": place.above,
        "stand_in": True,
    }
    return _rule(alert, name, terms, page, aim)


def _rule(alert: Alert, name: str, terms: Mapping, page: str | None, aim: dict[str, object]) -> Rule:
    """Return the rule of an alert that is aimed at this."""
    labels = {key: template.source for key, template in alert.labels.items()}
    if alert.name != name:
        labels["alertname"] = alert.name
    of_alert = {
        "name": name,
        "for_s": -(-alert.for_ms // 1000),
        "keep_firing_for_s": min(-(-alert.keep_firing_for_ms // 1000), DAY_S),
        "severity": terms.severity(alert),
        "summary": _annotation(alert, SUMMARIES) or alert.name,
        "runbook": page,
        "labels": tuple(labels.items()),
        "annotations": tuple((key, template.source) for key, template in alert.annotations.items()),
    }
    return Rule.model_validate({**of_alert, **aim})


def _check(scenario: Scenario, files: Files, found: Catalogue) -> None:
    """Raise FileError where a drill could not be played so."""
    watching = [rule for rule in found.rules if not rule.stand_in]
    if any(rule.severity == "critical" for rule in watching):
        return
    words = Counter(entry.alert.severity or "none" for entry in found.entries if entry.use == "mapped")
    told = ", ".join(f"{word} ({count})" for word, count in words.most_common()) or "no alert at all"
    hint = "map one that pages, name its word under `severities`, or `keep` a rule of the world"
    file = files.mapping or files.rules[0]
    text = f"nobody would be paged in {scenario.id}: no mapped alert is critical. Mapped are: {told}; {hint}"
    raise FileError([Mistake(file, 1, ("map",), text)])
