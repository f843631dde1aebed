"""A world: components that call each other, journeys of its users, rules, runbooks and the people on call."""

from typing import Literal

from pydantic import Field

from sim.spec.base import Frozen, Id, NotNegative, PageId, Positive, Share, Version
from sim.spec.rules import Rule

ComponentKind = Literal["edge", "service", "worker", "database", "cache", "queue", "third_party", "host_pool"]

WAIT_MAX_MS = 3_600_000
"""Nobody waits longer than an hour for an answer."""


class Call(Frozen):
    """One kind of call an operation makes, in sequence with its other calls.

    `to` names a component or, with a dot, one of its operations. `per_request` may be below 1 (a cache
    miss, a rare path). A soft call degrades the answer when it fails; a hard one fails it.
    """

    to: str
    per_request: Positive = 1.0
    timeout_ms: int = Field(default=1000, ge=1, le=WAIT_MAX_MS)
    retries: int = Field(default=0, ge=0, le=10)
    soft: bool = False
    group: Id | None = Field(
        default=None, description="calls of one group are made at once and take as long as the slowest"
    )
    same_zone: bool = Field(
        default=False, description="goes to the caller's own zone as long as the callee serves there"
    )
    lagged: bool = Field(
        default=False, description="uses the callee's answers of a tick ago, so that calls may form a circle"
    )
    on_miss_of: Id | None = Field(
        default=None,
        description="the cache whose misses make this call; `per_request` holds while that cache is warm",
    )


class Operation(Frozen):
    """One kind of request a component serves, e.g. `read` and `write` of a database."""

    id: Id = "serve"
    work_ms: Positive = Field(description="own busy time of one request on one processor")
    error_share: Share = Field(default=0.0002, description="random failures on a good day; an assumption")
    writes: bool = Field(default=False, description="stores something: it fails when the disk is full")
    calls: tuple[Call, ...] = ()


class Cache(Frozen):
    """What a component of kind cache keeps: `keys` entries, and how often it has the answer while warm."""

    hit_share: Share
    keys: Positive


class Flag(Frozen):
    """A feature flag that can be turned off; no other flag of the world has its id."""

    id: Id
    title: str
    on: bool = True


class Component(Frozen):
    """A part of the system. It consists of cells: zone × version × shard.

    `replicas` counts all of them, spread evenly over zones and shards. A replica has
    `processors_per_replica` (what works) and `slots_per_replica` (threads or connections: what waits).
    """

    id: Id
    title: str
    kind: ComponentKind
    team: Id
    summary: str = ""
    zones: tuple[Id, ...] | None = Field(default=None, description="default: all zones of the world")
    shards: tuple[Id, ...] = ()
    version: Version = "v1"
    replicas: int = Field(ge=1)
    processors_per_replica: Positive = 4.0
    slots_per_replica: int = Field(default=64, ge=1)
    queue_max_s: Positive = Field(default=1.0, description="bound of the backlog, in seconds of work")
    drops_dead_work: bool = Field(default=True, description="stops work whose caller has given up")
    operations: tuple[Operation, ...] = Field(min_length=1)
    flags: tuple[Flag, ...] = ()
    standby_zone: Id | None = Field(
        default=None, description="where a warm standby waits that `failover` promotes; it serves nobody"
    )
    memory_share: Share = 0.55
    disk_share: Share = 0.45
    hidden: bool = Field(default=False, description="left out of the drawing that `topology` shows")
    cache: Cache | None = None
    consumes: Id | None = Field(
        default=None, description="the queue whose messages the first operation of this worker works off"
    )
    backlog_max: Positive = Field(
        default=1e6, description="messages that a queue holds before it refuses more; an assumption"
    )
    replica_of: Id | None = Field(default=None, description="the component whose writes it follows")
    certificate_days: Positive | None = Field(
        default=None, description="until its certificate runs out, at drill start; None: it has none"
    )


class Journey(Frozen):
    """Something a user does, e.g. check out; it enters the system at one operation."""

    id: Id
    title: str
    entry: str
    critical: bool = False
    timeout_ms: int = Field(default=10_000, ge=1, le=WAIT_MAX_MS, description="how long a user waits")
    slow_ms: int = Field(default=2_000, ge=1, description="slower than this is a bad experience")
    slo_good_share: Share = Field(default=0.99, description="share of requests neither failed nor slow")
    slo_margin: Share = Field(default=0.005, description="breach is entered at the objective minus this")
    queue: Id | None = Field(default=None, description="what users do goes through this queue, too")
    late_s: Positive = Field(
        default=300.0, description="what waits longer in the queue is late: a bad experience"
    )
    requests_per_session: Positive = 10.0
    requests_per_user_min: Positive = Field(default=2.0, description="of one active user")


class ClientClass(Frozen):
    """A group of users with its own demand: a region, a tenant class, or one big client."""

    id: Id
    title: str
    rps: dict[Id, NotNegative] = Field(min_length=1, description="mean over a weekday, by journey")
    peak_hour_utc: float = Field(default=14.0, ge=0, lt=24)


class Rhythm(Frozen):
    """How demand moves over the day and the week, and how much it jitters from minute to minute.

    Defaults are assumptions; the daily curve is a raised cosine.
    """

    trough_share: Share = Field(default=0.4, description="demand at night, as a share of the peak")
    weekend_share: Share = 0.75
    jitter: Share = 0.02


class Runbook(Frozen):
    """A page of Markdown that `runbook` shows."""

    id: PageId
    title: str
    text: str


class Person(Frozen):
    """Somebody on call or reachable in this world; simulated unless a trainee takes the seat."""

    id: Id
    name: str
    team: Id
    title: str
    step: int | None = Field(default=None, ge=1, description="escalation step; 1 is the trainee's seat")


ToolName = Literal["dashboards", "logs", "traces", "status-page", "remote-access"]
"""What responders work with. `remote-access` is what hands-on acts need: VPN, bastion, deploy tool."""


class Tool(Frozen):
    """A tool of the responders and what it needs: it is slow or lost while that fails."""

    tool: ToolName
    needs: str = Field(description="component or component.operation")


class World(Frozen):
    """A production system, complete enough to run on an ordinary day."""

    id: Id
    title: str
    summary: str
    zones: tuple[Id, ...] = Field(min_length=1)
    rhythm: Rhythm = Rhythm()
    components: tuple[Component, ...] = Field(min_length=1)
    journeys: tuple[Journey, ...] = Field(min_length=1)
    clients: tuple[ClientClass, ...] = Field(min_length=1)
    tools: tuple[Tool, ...] = Field(default=(), description="those left out never fail")
    rules: tuple[Rule, ...] = ()
    runbooks: tuple[Runbook, ...] = ()
    people: tuple[Person, ...] = ()

    def component(self, component_id: str) -> Component:
        """Return the component of this id. Raises KeyError where there is none."""
        for component in self.components:
            if component.id == component_id:
                return component
        raise KeyError(component_id)
