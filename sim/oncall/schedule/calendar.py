"""Shifts as an iCalendar (RFC 5545), for calendars that people subscribe to."""

from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import blake2b

from icalendar import Calendar, Event

from sim.oncall.schedule.policy import RotationPolicy
from sim.oncall.schedule.shifts import Shift

PRODUCT = "-//PagerDrill//on-call schedule//EN"


def calendar(policy: RotationPolicy, shifts: Iterable[Shift], known_from: datetime, *, names: bool) -> bytes:
    """Return shifts as a calendar, in the order given; with `names` instead of the ids of people.

    The same shift has the same UID in every export, so that a calendar that is read again changes what moved
    and doubles nothing. Of one that begins at `known_from` it is not known whether it began before. Its stamp
    is its own beginning: an export holds nothing of when it was made.
    """
    found = Calendar()
    found.add("prodid", PRODUCT)
    found.add("version", "2.0")
    found.add("x-wr-calname", policy.title or policy.policy)
    for shift in shifts:
        event = Event()
        person = (policy.people[shift.person].name if names else "") or shift.person
        event.add("uid", uid(policy, shift, known_from))
        event.add("dtstamp", shift.start)
        event.add("dtstart", shift.start)
        event.add("dtend", shift.end)
        event.add("summary", f"{person} on call ({shift.layer})")
        event.add("categories", [shift.layer])
        found.add_component(event)
    text: bytes = found.to_ical()
    return text


def uid(policy: RotationPolicy, shift: Shift, known_from: datetime) -> str:
    """Return what names a shift: who begins when under which layer of which policy."""
    begins = shift.start.astimezone(UTC).isoformat() if shift.start > known_from else "before"
    identity = f"{policy.policy}|{shift.layer}|{shift.person}|{begins}"
    return f"{blake2b(identity.encode(), digest_size=12).hexdigest()}@pagerdrill"
