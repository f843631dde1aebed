"""The map of the system, which shows health: `topology`."""

from collections.abc import Iterator
from math import isnan

from sim.actions.look import Topology
from sim.answer import Answer, Block, Line, Table, Tone
from sim.look.broken import data_note
from sim.look.figures import figure, plural, unit_of
from sim.look.health import DOTS, LEGEND, TONES, Mark, mark
from sim.look.rails import calls_shown, rails
from sim.spec import Call, Component, Signal
from sim.view import DAY_MS, Figures, JourneyNow, View

_USUAL_SAMPLES = 20
"""The usual is the mean of five minutes of yesterday."""
_WIDTH = 80
_NAME_MAX = 20
_FIGURES_WIDTH = 30
"""Columns for marks, figures and the gaps between them."""
_OF_PART: tuple[Signal, ...] = ("rps", "error_share", "p95_ms", "cpu_share", "connections_share")


def topology(action: Topology, view: View) -> Answer:
    """Answer `topology`."""
    if action.component:
        return _component(view.world.component(action.component), view)
    calls = calls_shown(view.world)
    name_width = min(_NAME_MAX, max(map(len, calls)))
    zones = {name: _zones(view.world.component(name), view) for name in calls}
    zone_width = max(5, *(len(places) for places in zones.values()))
    drawing = rails(calls, _WIDTH - name_width - zone_width - _FIGURES_WIDTH)
    heading = f"{'':{len(drawing[0]) + name_width}}      {'zones':{zone_width}}  errors     p95  busy"
    blocks: list[Block] = [Line(f"{view.world.title}: callers above, what they call below", "title")]
    blocks += [*data_note(view), *_users(view), Line(heading, "dim")]
    for rail, name in zip(drawing, calls, strict=True):
        now, usual = view.figures(name), view.figures(name, DAY_MS, _USUAL_SAMPLES)
        whole = now.get((None, ""), {})
        sign = mark(whole, usual.get((None, ""), {}))
        dots = "".join(
            DOTS[mark(now.get(("zone", zone), {}), usual.get(("zone", zone), {}))] for zone in zones[name]
        )
        told = _figures(whole) if sign not in ("-", "?") else ""
        text = f"{rail} {name[:name_width]:{name_width}} {sign:>2}  {dots:{zone_width}}  {told}"
        blocks.append(Line(text.rstrip(), TONES[sign]))
    blocks.append(Line(f"{LEGEND}; zones: {' '.join(view.world.zones)}", "dim"))
    return Answer(tuple(blocks))


def _zones(component: Component, view: View) -> tuple[str, ...]:
    """Return the zones that serve: that of the standby once it is primary, else where the component runs."""
    if _promoted(component, view):
        return (str(component.standby_zone),)
    return component.zones or view.world.zones


def _promoted(component: Component, view: View) -> bool:
    """Return whether the standby is primary: it is asked, and the rest of the component no more."""
    if component.standby_zone is None:
        return False
    asked = {
        label: now["rps"] for (by, label), now in view.figures(component.id, 0, 1).items() if by == "zone"
    }
    standby_rps = asked.pop(component.standby_zone, 0.0)
    return standby_rps > sum(rps for rps in asked.values() if not isnan(rps))


def _figures(now: Figures) -> str:
    """Return errors, p95 and the share of processors or slots in use, whichever is higher."""
    busy = max(now["cpu_share"], now["connections_share"])
    errors, p95_ms = now["error_share"], now["p95_ms"]
    few = "<0.1 %" if errors < 0.001 else figure(errors, "%")
    slow = f"{p95_ms / 1000:.1f} s" if p95_ms >= 1000 else figure(p95_ms, "ms")
    return f"{few:>6}  {slow:>6}  {busy:>4.0%}"


def _users(view: View) -> list[Block]:
    """Return the journeys by the component at which they enter, with a mark each."""
    by_entry: dict[str, list[str]] = {}
    for now in view.journeys_now():
        by_entry.setdefault(now.journey.entry.split(".")[0], []).append(f"{now.journey.id} {_felt(now)}")
    hurt = any(now.hurt for now in view.journeys_now())
    return [
        Line(f"users of {entry}: {', '.join(names)}", "warn" if hurt else "plain")
        for entry, names in by_entry.items()
    ]


def _felt(now: JourneyNow) -> str:
    return "?" if isnan(now.rps) else "!!" if now.hurt else "ok"


# --- one component ----------------------------------------------------------------------------------------


def _component(component: Component, view: View) -> Answer:
    zones = _zones(component, view)
    kind = component.kind.replace("_", " ")
    blocks: list[Block] = [Line(f"{component.id}: {component.title} ({kind})", "title"), *data_note(view)]
    if component.summary:
        blocks.append(Line(component.summary))
    blocks.append(
        Line(f"team {component.team}; {plural(component.replicas, 'replica')} in {', '.join(zones)}")
    )
    callers = ", ".join(_with_mark(caller, view) for caller in view.callers(component.id)) or "nobody"
    blocks += [Line(f"called by {callers}"), *(Line(text) for text in _ties(component, view))]
    calls = tuple(
        (
            operation.id,
            call.to,
            _with_mark(call.to.split(".")[0], view).rpartition(" ")[2],
            f"{call.per_request:g}",
            f"{call.timeout_ms} ms",
            str(call.retries),
            _why(call),
        )
        for operation in component.operations
        for call in operation.calls
    )
    if calls:
        columns = ("operation", "calls", "now", "per request", "timeout", "retries", "")
        blocks.append(Table(columns, calls))
    if view.data_ms is not None:
        blocks.append(_parts(component, view))
    off = _turned_off(view)
    flags = ", ".join(
        f"{flag.id} {'on' if flag.on and flag.id not in off else 'off'} ({flag.title})"
        for flag in component.flags
    )
    if flags:
        blocks.append(Line(f"flags: {flags}"))
    if component.standby_zone and not _promoted(component, view):
        blocks.append(Line(f"a standby waits in {component.standby_zone}; `failover` promotes it"))
    return Answer(tuple(blocks))


def _turned_off(view: View) -> set[str]:
    """Return the flags that an act turned off, as its tool reported."""
    done = [card.finished for card in view.board.acts.values() if card.finished is not None]
    return {word for act in done if act.verb == "flag-off" and act.ok for word in act.target.split()}


def _ties(component: Component, view: View) -> Iterator[str]:
    """Yield what ties a component to others beside its calls: queues, and copies of a database."""
    if component.consumes is not None:
        yield f"works off the queue {_with_mark(component.consumes, view)}"
    workers = [other.id for other in view.world.components if other.consumes == component.id]
    if workers:
        yield f"worked off by {', '.join(_with_mark(worker, view) for worker in workers)}"
    if component.replica_of is not None:
        yield f"copies what {_with_mark(component.replica_of, view)} writes"
    copies = [other.id for other in view.world.components if other.replica_of == component.id]
    if copies:
        yield f"copied by {', '.join(_with_mark(copy, view) for copy in copies)}"


def _why(call: Call) -> str:
    """Return when a call is made and what becomes of the request where it fails."""
    if call.on_miss_of is not None:
        return f"on a miss of {call.on_miss_of}"
    return "can do without" if call.soft else "needs it"


def _with_mark(name: str, view: View) -> str:
    """Return a component or journey with its mark."""
    journey = next((now for now in view.journeys_now() if now.journey.id == name), None)
    if journey is not None:
        return f"{name} {_felt(journey)}"
    return f"{name} {_mark(name, view)}"


def _mark(name: str, view: View) -> Mark:
    now, usual = view.figures(name), view.figures(name, DAY_MS, _USUAL_SAMPLES)
    return mark(now.get((None, ""), {}), usual.get((None, ""), {}))


def _parts(component: Component, view: View) -> Table:
    """Return the whole and every zone, version that runs, and shard with its figures."""
    now, usual = view.figures(component.id), view.figures(component.id, DAY_MS, _USUAL_SAMPLES)
    whole = usual.get((None, ""), {})
    rows, tones = [], []
    for (by, label), figures in now.items():
        if by == "version" and isnan(figures["rps"]) and not isnan(now[None, ""]["rps"]):
            continue  # no replica runs it
        # A version that did not run yesterday is held against the whole.
        before = usual.get((by, label), {})
        sign = mark(figures, before if before.get("rps", 0.0) > 1.0 else whole)
        name = f"{by} {label}" if by else "all of it"
        shown = (figure(figures.get(signal), unit_of(signal)) for signal in _OF_PART)
        rows.append((name, sign, *shown))
        tones.append(TONES[sign])
    typed: tuple[Tone, ...] = tuple(tones)
    return Table(("part", "", "requests", "errors", "p95", "cpu", "connections"), tuple(rows), typed)
