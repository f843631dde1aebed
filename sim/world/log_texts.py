"""The words of log lines, per kind of component: a database does not talk like a web server."""

from sim.spec import ComponentKind
from sim.world.failures import SPEAKS_HTTP, Why

_OWN_ERROR: dict[ComponentKind, str] = {
    "edge": "500 internal error in a filter",
    "service": "500 internal error in handler",
    "worker": "job failed, will be tried again",
    "database": "Aborted connection (Got an error reading communication packets)",
    "cache": "SERVER_ERROR out of memory writing get response",
    "queue": "publish failed: leader moved",
    "third_party": "provider answered 500",
    "host_pool": "task exited with status 1",
}
_DATABASE_WRITE_ERROR = "Deadlock found when trying to get lock; try restarting transaction"
_FULL: dict[ComponentKind, str] = {
    "worker": "job refused, all workers busy",
    "database": "statement refused, too many wait already",
    "cache": "connection refused, too many wait already",
    "queue": "publish refused, too many wait already",
    "host_pool": "task refused, no host is free",
}
_NO_SLOT: dict[ComponentKind, str] = {
    "database": "Too many connections",
    "cache": "maxconns reached, connection refused",
    "queue": "max number of clients reached",
    "host_pool": "task refused, no free slot in time",
}
_ORDINARY: dict[ComponentKind, str] = {
    "edge": "access log rotated",
    "service": "health check ok",
    "worker": "batch done",
    "database": "purge of old row versions done",
    "cache": "evicted expired keys",
    "queue": "segment rolled",
    "third_party": "provider status page: all systems operational",
    "host_pool": "node heartbeat ok",
}

CPU_BUSY = "all processors busy, requests wait"
DOWN = "not accepting connections"
STANDBY = "standby: has the log of the primary up to the last commit"


def own_error(kind: ComponentKind, operation: str) -> str:
    """Return what a component writes of an error of its own that nothing else explains."""
    if kind == "database" and "write" in operation:
        return _DATABASE_WRITE_ERROR
    return _OWN_ERROR[kind]


def turned_away(kind: ComponentKind, why: Why, *, pool_full: bool) -> tuple[str, str]:
    """Return (level, text) of what a component writes of requests that it rejects or throttles."""
    if why is Why.THROTTLED:
        http = kind in SPEAKS_HTTP
        return "WARN", "429 too many requests, throttled" if http else "refused by the throttle"
    if pool_full:
        return "ERROR", _NO_SLOT.get(kind, "connection pool exhausted, no free slot in time")
    return "ERROR", _FULL.get(kind, "503 request rejected, queue is full")


def dropped(kind: ComponentKind) -> str:
    """Return what a component writes of a request that it drops unserved, as nobody waits for it any more."""
    if kind == "database":
        return "Aborted connection (client gone while its statement waited)"
    return "request dropped, its caller had given up"


def pool_busy(kind: ComponentKind) -> str:
    """Return what a component writes when hardly a slot is free."""
    if kind == "database":
        return "connections in use near max_connections"
    return "connection pool almost used up"


def ordinary(kind: ComponentKind) -> str:
    """Return what a component writes now and then while all is well."""
    return _ORDINARY[kind]
