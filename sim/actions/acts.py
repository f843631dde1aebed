"""Hands-on verbs: they act on the world. What they do there is in `sim/world/mitigations/`."""

from typing import Any, ClassVar, Self

from sim.actions.base import Action, Group, Refused, Words, percent_text
from sim.spec import Where
from sim.world.mitigations.plan import OFF


class ActVerb(Action):
    """Base of the hands-on verbs. `confirmed` is True where the person said yes to the warning.

    `to` is a version, flag or change, or `off` where the verb takes back what it did before.
    """

    group: ClassVar[Group] = "act"
    where: Where
    to: str | None = None
    amount: float | None = None
    confirmed: bool = False

    @property
    def target(self) -> str:
        """What it acts on, as it was typed."""
        return self.model_copy(update={"confirmed": False}).command().partition(" ")[2]

    def parameters(self) -> list[Any]:
        return [self.where.component, self.to, "yes" if self.confirmed else None]


def _off(words: Words) -> str | None:
    return OFF if words.skip(OFF) else None


def _yes(words: Words) -> bool:
    confirmed = words.skip("yes")
    words.end()
    return confirmed


class ComponentAct(ActVerb):
    """Base of the acts that need nothing but a component."""

    usage = "COMPONENT"

    @classmethod
    def parse(cls, words: Words) -> Self:
        return cls(where=Where(component=words.component()), confirmed=_yes(words))


class Rollback(ActVerb):
    """Go back to an earlier version."""

    verb = "rollback"
    usage = "COMPONENT [to VERSION]"
    about = "take a component back to the version before, or to a named one"
    example = "rollback payments"

    @classmethod
    def parse(cls, words: Words) -> Self:
        component = words.component()
        to = words.take("the version") if words.skip("to") else None
        return cls(where=Where(component=component), to=to, confirmed=_yes(words))

    def parameters(self) -> list[Any]:
        return [self.where.component, f"to {self.to}" if self.to else None, "yes" if self.confirmed else None]


class Restart(ComponentAct):
    """Restart a component."""

    verb = "restart"
    about = "restart a component, rolling; what it held in memory is gone"
    example = "restart web"


class Scale(ActVerb):
    """Add or remove replicas."""

    verb = "scale"
    usage = "COMPONENT FACTORx"
    about = (
        "multiply the replicas there are now: 2x doubles, 0.5x then goes back; new ones need time to start"
    )
    example = "scale web 2x"

    @classmethod
    def parse(cls, words: Words) -> Self:
        component = words.name("component", words.names.components)
        word = words.take("the factor, e.g. 2x")
        try:
            factor = float(word.rstrip("xX"))
        except ValueError:
            raise Refused(f"the factor must look like 2x or 0.5x, not {word!r}") from None
        if not 0.1 <= factor <= 10:
            raise Refused("the factor must lie between 0.1x and 10x")
        if factor == 1:
            raise Refused("the factor multiplies what there is now, so 1x changes nothing; 0.5x undoes 2x")
        return cls(where=Where(component=component), amount=factor, confirmed=_yes(words))

    def parameters(self) -> list[Any]:
        return [self.where.component, f"{self.amount:g}x", "yes" if self.confirmed else None]


class FlagOff(ActVerb):
    """Turn a feature off."""

    verb = "flag-off"
    usage = "COMPONENT FLAG"
    about = "turn a feature flag of a component off, everywhere at once"
    example = "flag-off web new-checkout"

    @classmethod
    def parse(cls, words: Words) -> Self:
        component = words.name("component", words.names.components)
        flags = words.names.flags.get(component, ())
        if not flags:
            raise Refused(f"{component} has no flags")
        return cls(where=Where(component=component), to=words.name("flag", flags), confirmed=_yes(words))


class RevertConfig(ActVerb):
    """Take a configuration change back."""

    verb = "revert-config"
    usage = "COMPONENT [CHANGE]"
    about = "take a configuration change back; alone, the newest one of that component"
    example = "revert-config edge"

    @classmethod
    def parse(cls, words: Words) -> Self:
        component = words.component()
        change = words.name("change", words.names.changes) if words.left and words.peek() != "yes" else None
        return cls(where=Where(component=component), to=change, confirmed=_yes(words))


class Failover(ComponentAct):
    """Promote the standby."""

    verb = "failover"
    about = "promote the standby of a component, so that it takes the place of the primary"
    example = "failover orders-db"


class Drain(ActVerb):
    """Take a zone out of traffic."""

    verb = "drain"
    usage = "ZONE [COMPONENT] [off]"
    about = "send no traffic to a zone, for one component or for all; `off` sends it there again"
    example = "drain zone-b"

    @classmethod
    def parse(cls, words: Words) -> Self:
        zone = words.name("zone", words.names.zones)
        component = None
        if words.left and words.peek() not in (OFF, "yes"):
            component = words.name("component", words.names.components)
        return cls(where=Where(zone=zone, component=component), to=_off(words), confirmed=_yes(words))

    def parameters(self) -> list[Any]:
        return [self.where.zone, self.where.component, self.to, "yes" if self.confirmed else None]


class Throttle(ActVerb):
    """Let in only a share of the requests."""

    verb = "throttle"
    usage = "COMPONENT|CLIENT SHARE%"
    about = "let in only this share of the requests; 100% is the way back and lets everybody in"
    example = "throttle edge 60%"

    @classmethod
    def parse(cls, words: Words) -> Self:
        name = words.name("component or client class", words.names.components + words.names.clients)
        is_client = name in words.names.clients
        where = Where(client=name) if is_client else Where(component=name)
        return cls(where=where, amount=words.share("the share that is let in"), confirmed=_yes(words))

    def parameters(self) -> list[Any]:
        assert self.amount is not None
        name = self.where.client or self.where.component
        return [name, percent_text(self.amount), "yes" if self.confirmed else None]


class Block(ActVerb):
    """Turn a client class away."""

    verb = "block"
    usage = "CLIENT [off]"
    about = "turn all requests of a client class away; `off` lets them in again"
    example = "block bulk-importer"

    @classmethod
    def parse(cls, words: Words) -> Self:
        client = words.name("client class", words.names.clients)
        return cls(where=Where(client=client), to=_off(words), confirmed=_yes(words))

    def parameters(self) -> list[Any]:
        return [self.where.client, self.to, "yes" if self.confirmed else None]


class Isolate(ActVerb):
    """Stop calling a dependency."""

    verb = "isolate"
    usage = "CALLEE [from COMPONENT] [off]"
    about = "stop the calls to a component, from everybody or from one; `off` lets them be made again"
    example = "isolate recommendations"

    @classmethod
    def parse(cls, words: Words) -> Self:
        callee = words.name("component", words.names.components)
        caller = words.name("component", words.names.components) if words.skip("from") else None
        where = Where(callee=callee, component=caller)
        return cls(where=where, to=_off(words), confirmed=_yes(words))

    def parameters(self) -> list[Any]:
        caller = f"from {self.where.component}" if self.where.component else None
        return [self.where.callee, caller, self.to, "yes" if self.confirmed else None]


class Flush(ComponentAct):
    """Empty a cache."""

    verb = "flush"
    about = "empty a cache: everything is read anew from what fills it"
    example = "flush cache"


class Warm(ComponentAct):
    """Fill a cache."""

    verb = "warm"
    about = "ask what fills a cache for its hot keys; what that answers is in the cache then"
    example = "warm cache"


class PauseQueue(ActVerb):
    """Hold the messages of a queue."""

    verb = "pause-queue"
    usage = "COMPONENT [off]"
    about = "give the consumers of a queue no messages; `off` lets them go on"
    example = "pause-queue jobs"

    @classmethod
    def parse(cls, words: Words) -> Self:
        where = Where(component=words.component())
        return cls(where=where, to=_off(words), confirmed=_yes(words))


class Purge(ComponentAct):
    """Drop the messages of a queue."""

    verb = "purge"
    about = "drop all messages that wait in a queue, for good"
    example = "purge jobs"


class KillQuery(ComponentAct):
    """Kill long queries."""

    verb = "kill-query"
    about = "kill the query of a database that has run longest"
    example = "kill-query orders-db"


class ExpandDisk(ComponentAct):
    """Make a disk larger."""

    verb = "expand-disk"
    about = "make the disk of a component larger while it runs"
    example = "expand-disk orders-db"


class RenewCert(ComponentAct):
    """Renew a certificate."""

    verb = "renew-cert"
    about = "renew the certificate of a component"
    example = "renew-cert auth"


class RotateCredential(ComponentAct):
    """Give a component new credentials."""

    verb = "rotate-credential"
    about = "issue new credentials for a component, for all that it calls"
    example = "rotate-credential payments"


class Restore(ComponentAct):
    """Restore a backup."""

    verb = "restore"
    about = "put a database back to its last backup; it is down meanwhile, and newer writes are lost"
    example = "restore orders-db"


class CallVendor(ComponentAct):
    """Call the vendor of a third party."""

    verb = "call-vendor"
    about = "call the vendor of a third party; the answer may be 'we know'"
    example = "call-vendor card-network"
