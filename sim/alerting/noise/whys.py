"""What a look at the log shows as the cause of a misfire; `{n:LOW-HIGH}` becomes a figure.

By what the rule watches, in the world's own words. Why deploys, nightly jobs and storms lift a series is the
same for many signals; what makes it flap, repeat or mean nothing is told for each group of signals.
"""

from types import MappingProxyType
from typing import Literal

from sim.spec import Signal
from sim.streams import uniform
from sim.world.log_notes import with_figures

Subject = Literal["misfire", "deploy", "nightly", "unrelated"]
Group = Literal["latency", "errors", "queue", "cache", "lag", "traffic", "cpu", "memory", "disk", "pool"]
StormCause = Literal["scrape gap", "zone network", "monitoring restart"]

GROUPS: MappingProxyType[Signal, Group] = MappingProxyType(
    {
        "rps": "traffic",
        "error_share": "errors",
        "p50_ms": "latency",
        "p95_ms": "latency",
        "p99_ms": "latency",
        "cpu_share": "cpu",
        "memory_share": "memory",
        "disk_share": "disk",
        "connections_share": "pool",
        "queue_depth": "queue",
        "queue_age_s": "queue",
        "hit_share": "cache",
        "lag_s": "lag",
    }
)

_MISFIRE: dict[Group, tuple[str, ...]] = {
    "latency": (
        "garbage collection stopped {n:2-6} workers for {n:300-900} ms each; they go on",
        "an export of one customer asks for {n:200-900} pages at once; nobody else is slower",
        "threshold lies within {n:5-15} % of the usual busy hour",
        "a health check with a cold connection is counted among the requests",
    ),
    "errors": (
        "a scanner asks for {n:40-400} addresses that never existed; all refused",
        "one old client sends a field that is refused; it tries again every {n:20-60} s",
        "a tester's account is refused {n:30-300} times; no user is",
        "few requests in this window: {n:2-6} refusals are a large share",
    ),
    "queue": (
        "a partner sends its batch of {n:2000-9000} messages at once; it is worked off",
        "{n:2-5} consumers were moved to other hosts; the rest catches up",
        "messages with a delay of {n:2-9} min on purpose are counted as waiting",
    ),
    "cache": (
        "a crawler asks for {n:3000-9000} entries that nobody else wants",
        "{n:5-20} % of the keys ran out in the same minute; they are filled again",
    ),
    "lag": (
        "a report holds a snapshot for {n:2-9} min; applying goes on afterwards",
        "one large transaction of {n:200-900} MB is applied",
    ),
    "traffic": (
        "a partner's poller pauses for maintenance; its requests are missing",
        "one collector was late: {n:2-5} of its intervals are counted in the next",
    ),
    "cpu": (
        "compression of old files took {n:2-4} processors; served requests did not wait",
        "a profiler was left on, at {n:90-99} samples a second",
        "a report of the back office is computed; it runs at low priority",
    ),
    "memory": (
        "file cache counts as used memory here; {n:40-70} % of it can be given back at once",
        "heap grows to its limit before it is collected, as configured",
        "two versions of a table are in memory while one replaces the other",
    ),
    "disk": (
        "old log files are kept until they are rotated; {n:8-20} GB go then",
        "temporary files of an export lie here; the job deletes them at its end",
        "threshold counts the {n:5-10} % that are reserved for root",
    ),
    "pool": (
        "an idle pool keeps {n:20-60} connections open, as its settings say",
        "a load test of another team opened {n:30-90} connections; none waits",
    ),
}

_DEPLOY: dict[Group, tuple[str, ...]] = {
    "latency": (
        "instances restart one by one; the first {n:200-900} requests of each run cold",
        "connections drain for the change that was just made",
    ),
    "errors": ("probes of instances that restart for a change are refused; no user's request is",),
    "queue": ("consumers restart for a change; {n:300-900} messages wait meanwhile",),
    "cache": ("an instance came back from its restart with an empty local cache",),
    "lag": ("the replica was restarted for a change and catches up",),
    "traffic": ("requests move to other instances while these restart",),
    "cpu": ("new processes compile and warm up after the change",),
    "memory": ("old and new processes run side by side while the change is rolled out",),
    "disk": ("the old release is kept beside the new one until the change is confirmed",),
    "pool": ("old and new processes hold connections side by side",),
}

_NIGHTLY: dict[Group, tuple[str, ...]] = {
    "latency": ("nightly backup reads everything once; {n:2-6} jobs to go",),
    "errors": ("nightly check of expired accounts; its refusals are counted as errors",),
    "queue": ("nightly batch puts {n:5000-40000} messages into the queue",),
    "cache": ("nightly job reads through the cache what nobody asks for by day",),
    "lag": ("nightly maintenance rewrites a table; the copy follows",),
    "traffic": ("hardly anybody is awake: {n:15-30} % of the day's requests",),
    "cpu": ("nightly reports are computed, {n:3-12} of them",),
    "memory": ("nightly reports hold their tables in memory until they are done",),
    "disk": ("nightly dump lies here until it has been copied",),
    "pool": ("nightly jobs hold {n:20-60} connections until they are done",),
}

_UNRELATED: dict[Group, tuple[str, ...]] = {
    "latency": ("one host's fan failed and it runs slower; ticket opened, it is taken out by hand",),
    "errors": ("an integration of one partner uses an expired key; ticket with its owner",),
    "queue": ("{n:3-30} messages cannot be read and come back; somebody has to set them aside",),
    "cache": ("one node lost a memory module and keeps half; ticket for its replacement",),
    "lag": ("a network card of the copy negotiated {n:10-100} Mbit/s; ticket for the site",),
    "traffic": ("a partner turned its integration off by mistake; ticket with its owner",),
    "cpu": ("a job of {n:2-9} days ago never ended; somebody has to stop it",),
    "memory": ("an agent beside the service leaks {n:20-90} MB an hour; somebody has to restart it",),
    "disk": ("log rotation failed for {n:2-9} days; somebody has to clean up",),
    "pool": ("a tool of the back office does not close its connections; ticket with its team",),
}

_TEXTS: dict[Subject, dict[Group, tuple[str, ...]]] = {
    "misfire": _MISFIRE,
    "deploy": _DEPLOY,
    "nightly": _NIGHTLY,
    "unrelated": _UNRELATED,
}

STORM_TEXTS: MappingProxyType[StormCause, str] = MappingProxyType(
    {
        "scrape gap": "metrics: {n:3-8} scrapes of this target were lost; the gap was filled with a guess",
        "zone network": "network: packets in ZONE get lost between two switches; connections are made anew",
        "monitoring restart": "metrics: the monitoring node restarted; rates are a guess for now",
    }
)
"""What a shared cause writes at every component that it lifts; ZONE is the zone's name."""


def why(subject: Subject, signal: Signal, seed: int, identity: str, own: str | None = None) -> str:
    """Return why a series was lifted, drawn by key; `own` is what the world's file says of this rule.

    What a rule's own text says it says each time.
    """
    if subject == "misfire" and own is not None:
        return own
    texts = _TEXTS[subject][GROUPS[signal]]
    text = texts[int(uniform(seed, "noise why", identity) * len(texts))]
    return with_figures(text, seed, identity, 0)


def storm_why(cause: StormCause, zone: str, seed: int, identity: str) -> str:
    """Return what the shared cause of a storm writes."""
    return with_figures(STORM_TEXTS[cause].replace("ZONE", zone), seed, identity, 0)
