"""What signs point to which mechanism: words of logs, and figures against the usual.

Knowledge of the trade, not of a scenario. A weight says how much a sign tells: STRONG names the mechanism,
PLAIN speaks for it, WEAK comes with many. All weights and limits are assumptions.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite

from sim.bots.expert.scene import Observed, Part, Scene, called_by, callers_of
from sim.world.series import By

STRONG, PLAIN, WEAK = 3.0, 1.5, 0.5


@dataclass(frozen=True, slots=True)
class Sign:
    """Something seen at a component that speaks for a mechanism; `part` where it is in one part alone."""

    component: str
    mechanism: str
    weight: float
    why: str
    part: tuple[By, str] | None = None


_WORDS: tuple[tuple[str, str, float], ...] = (
    (r"certificate (?:has )?expired|certificate.*ran out|x509|tls handshake", "certificate", STRONG),
    (r"not valid yet|in the future|clock (?:skew|drift)", "clock", STRONG),
    (r"token (?:is |has )?expired|credential.*(?:expired|revoked)|password.*expired", "credential", STRONG),
    (r"fsync|i/o (?:error|timeout)|device did not answer|nvme", "disk", STRONG),
    (r"no space left|volume (?:grew|is full)|not rotated|disk is \d+% full", "disk", STRONG),
    (r"read-only", "failover", STRONG),
    (
        r"slow query|full scan|rows examined|reads whole tables|lock wait|holds a .*lock|lock is held",
        "database",
        STRONG,
    ),
    (r"pool exhausted|idle in transaction|waiting for a connection", "connections", PLAIN),
    (
        r"heap after|in use after collection|paused all threads|out of memory|oom|memory is \d+%",
        "memory",
        PLAIN,
    ),
    (r"replica lost|not rescheduled|insufficient capacity", "capacity", STRONG),
    (r"no route to host|zone .*unreachable", "zone", STRONG),
    (r"peers lost|no heartbeat", "network", STRONG),
    (r"connection reset by peer|retransmission|packet loss", "network", PLAIN),
    (r"rule evaluation|evaluation of|regular expression|backtrack|at 100 % cpu", "cpu", STRONG),
    (r"current configuration|configuration (?:reloaded|is invalid)", "config", PLAIN),
    (r"unhandled exception|aborted in handler|took longer than its budget|serialising", "deploy", PLAIN),
    (r"not on for everybody|feature.*unexpected|flag", "flag", PLAIN),
    (r"attempt \d+ of|retry (?:storm|budget)|retried", "retries", PLAIN),
    (r"servfail|nxdomain|cannot resolve|name resolution", "dns", STRONG),
    (r"started empty|0 keys|hit rate is down|cold cache", "cache", STRONG),
    (r"seconds behind|behind the primary|replication lag", "replication", PLAIN),
    (r"delivered again|does not advance|poison", "queue", STRONG),
    (r"batch took|oldest message|pile up", "queue", PLAIN),
    (r"one key range|hot (?:key|shard|partition)", "shard", STRONG),
    (r"quota|limit of this account", "quota", STRONG),
    (r"from the vendor|provider (?:is|reports)", "third-party", STRONG),
    (r"one client makes most", "client", STRONG),
    (r"request rate far above", "traffic", STRONG),
    (r"checksum|mismatch|corrupt", "data", STRONG),
    (r"has not been scraped", "monitoring", STRONG),
    (r"failed fan|spare took over", "host", STRONG),
)
_OF_LOGS = tuple((re.compile(words, re.IGNORECASE), mechanism, weight) for words, mechanism, weight in _WORDS)
_TOKEN = re.compile(r"token expired|not authorised|access denied|40[13] from", re.IGNORECASE)
_LEVEL = re.compile(r"\b(INFO|WARN|ERROR|FATAL)\b")

_BUSY_CPU, _BUSY_SLOTS, _IDLE_CPU = 0.9, 0.85, 0.6
_FULL_DISK, _FULL_MEMORY = 0.92, 0.93
_MORE, _MUCH_MORE = 1.35, 2.5


def signs(seen: Observed, scene: Scene) -> tuple[Sign, ...]:
    """Return every sign that one component shows."""
    return (*_in_logs(seen, scene), *_in_figures(seen, scene), *_in_parts(seen))


# --- logs -------------------------------------------------------------------------------------------------


def _in_logs(seen: Observed, scene: Scene) -> Iterator[Sign]:
    """Yield what lines say; one about a call that failed speaks of what was called."""
    told: set[tuple[str, str]] = set()
    for line in seen.lines:
        callee = pointed_at(line, seen.component, scene)
        if callee is not None and _TOKEN.search(line) and ("", "credential") not in told:
            told.add(("", "credential"))
            yield Sign(seen.component, "credential", PLAIN, line)
        for words, mechanism, weight in _OF_LOGS:
            place = callee or seen.component
            full = mechanism == "memory" and scene.world.component(place).kind == "cache"
            if words.search(line) and (place, mechanism) not in told and not full:
                told.add((place, mechanism))
                yield Sign(place, mechanism, weight, line)


_POINTS = r"(?:calling|from|by|with|to|of) {0}(?![\w-])|^{0}(?::| answered| failed| did not| refused)"


def pointed_at(line: str, component: str, scene: Scene) -> str | None:
    """Return the component that a line blames: a call to it that failed; None where it is about itself."""
    _, level, text = (*_LEVEL.split(line, maxsplit=1), "INFO", "")[:3]  # a remark has no level
    text = text.strip()
    operation, colon, after = text.partition(": ")
    if colon and any(op.id == operation for op in scene.world.component(component).operations):
        text = after
    if level == "INFO":
        return None
    found = [
        other
        for other in called_by(scene.world.component(component))
        if re.search(_POINTS.format(re.escape(other)), text)
    ]
    return max(found, key=len, default=None)


def blamed(seen: Observed, scene: Scene) -> dict[str, int]:
    """Return how many bad lines of a component's log blame each other component; itself under its name."""
    found: dict[str, int] = {}
    for line in seen.lines:
        if " ERROR " not in line and " FATAL " not in line:
            continue
        place = pointed_at(line, seen.component, scene) or seen.component
        times = re.search(r"\(x(\d+)\)$", line)
        found[place] = found.get(place, 0) + (int(times[1]) if times else 1)
    return found


# --- figures ----------------------------------------------------------------------------------------------


def _in_figures(seen: Observed, scene: Scene) -> Iterator[Sign]:
    cpu, slots = seen.value("cpu_share"), seen.value("connections_share")
    more = seen.ratio("rps")
    kind = scene.world.component(seen.component).kind
    if cpu >= _BUSY_CPU and more < _MORE:
        mechanism = "database" if kind == "database" else "cpu"
        yield Sign(seen.component, mechanism, PLAIN, f"cpu {cpu:.0%} at {more:.1f} times the usual requests")
    if cpu >= _BUSY_CPU and more >= _MORE:
        yield Sign(seen.component, *_why_more(seen, scene), f"cpu {cpu:.0%}, {more:.1f} times the requests")
    if slots >= _BUSY_SLOTS and cpu < _IDLE_CPU:
        yield Sign(seen.component, "connections", WEAK, f"connections {slots:.0%} in use, cpu {cpu:.0%}")
    yield from _in_gauges(seen, kind)


def _why_more(seen: Observed, scene: Scene) -> tuple[str, float]:
    """Return why a component gets more than usual: from users, or from its callers alone."""
    if scene.busy_clients:
        return "client" if len(scene.busy_clients) == 1 else "traffic", STRONG
    callers = [scene.of(name) for name in callers_of(scene.world, seen.component)]
    if callers and all(caller.ratio("rps") < _MORE for caller in callers):
        return "retries", PLAIN
    return "traffic", PLAIN


def _in_gauges(seen: Observed, kind: str) -> Iterator[Sign]:
    disk, memory = seen.value("disk_share"), seen.value("memory_share")
    days, lag_s = seen.value("certificate_days"), seen.value("lag_s")
    if disk >= _FULL_DISK:
        yield Sign(seen.component, "disk", STRONG, f"disk {disk:.0%} full")
    if memory >= _FULL_MEMORY and kind != "cache":
        yield Sign(seen.component, "memory", PLAIN, f"memory {memory:.0%} full")
    if days <= 0.0:
        yield Sign(seen.component, "certificate", 2 * STRONG, "the certificate ran out")
    if lag_s > 30.0 and seen.ratio("lag_s") > _MUCH_MORE:
        yield Sign(seen.component, "replication", PLAIN, f"{lag_s:.0f} s behind its primary")
    if seen.usual.get("hit_share", 0.0) - seen.value("hit_share") > 0.15:
        yield Sign(seen.component, "cache", STRONG, f"hit share {seen.value('hit_share'):.0%}")
    if seen.value("queue_age_s") > 60.0 and seen.ratio("queue_age_s") > _MUCH_MORE:
        yield Sign(seen.component, "queue", PLAIN, f"oldest message {seen.value('queue_age_s'):.0f} s old")


# --- parts ------------------------------------------------------------------------------------------------


def _in_parts(seen: Observed) -> Iterator[Sign]:
    kinds: tuple[tuple[By, str], ...] = (("version", "deploy"), ("shard", "shard"), ("zone", "zone"))
    for by, mechanism in kinds:
        odd = odd_part(seen.split(by))
        if odd is not None:
            why = f"{by} {odd.label} is worse than the others"
            weight = STRONG if by == "version" else PLAIN
            yield Sign(seen.component, mechanism, weight, why, (by, odd.label))


def odd_part(parts: tuple[Part, ...]) -> Part | None:
    """Return the one part that is plainly worse than all others; None where it is everywhere or nowhere."""
    used = [part for part in parts if part.now.get("rps", 0.0) >= 1.0 or (part.gone and part.by == "zone")]
    if len(used) < 2:
        return None
    worst, *others = sorted(used, key=_badness, reverse=True)
    next_worst = max(map(_badness, others))
    return worst if _badness(worst) >= 0.02 and _badness(worst) > 4.0 * next_worst else None


def _badness(part: Part) -> float:
    """Return how bad a part is: its errors, or a good part of one where it is marked without them."""
    floor = {"!!": 0.3, "!": 0.05}.get(part.mark, 0.0)
    if part.gone and part.by == "zone":  # a version that has gone was rolled
        floor = 0.5
    slow = part.now.get("cpu_share", 0.0)
    return max(part.errors, floor, 0.2 if isfinite(slow) and slow >= _BUSY_CPU else 0.0)
