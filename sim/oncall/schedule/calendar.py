"""Shifts as an iCalendar (RFC 5545), for calendars that people subscribe to."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from icalendar import Calendar, Event

from sim.oncall.schedule.exceptions import exceptions
from sim.oncall.schedule.policy import RotationPolicy
from sim.oncall.schedule.shifts import Shift

PRODUCT = "-//PagerDrill//on-call schedule//EN"


LOOKED_BACK = timedelta(days=366)
"""So far back, before all exceptions, the beginning of a shift is looked for; an assumption."""


def known_from(policy: RotationPolicy, first: datetime) -> datetime:
    """Return from when on shifts have to be known, so that those that run at `first` are whole."""
    return min([first, *(begins for begins, _ in exceptions(policy))]) - LOOKED_BACK


def calendar(policy: RotationPolicy, shifts: Iterable[Shift], since: datetime, *, names: bool) -> bytes:
    """Return shifts as a calendar, in the order given; with `names` instead of the ids of people.

    The same shift has the same UID in every export, so that a calendar that is read again changes what moved
    and doubles nothing. Of one that begins at `since` it is not known whether it began before. Its stamp
    is its own beginning: an export holds nothing of when it was made.
    """
    found = Calendar()
    found.add("prodid", PRODUCT)
    found.add("version", "2.0")
    found.add("x-wr-calname", policy.title or policy.policy)
    for shift in shifts:
        event = Event()
        person = (policy.people[shift.person].name if names else "") or shift.person
        event.add("uid", uid(policy, shift, since))
        event.add("dtstamp", shift.start)
        event.add("dtstart", shift.start)
        event.add("dtend", shift.end)
        event.add("summary", f"{person} on call ({shift.layer})")
        event.add("categories", [shift.layer])
        found.add_component(event)
    text: bytes = found.to_ical()
    return text


def uid(policy: RotationPolicy, shift: Shift, since: datetime) -> str:
    """Return what names a shift: who begins when under which layer of which policy."""
    begins = shift.start.astimezone(UTC).isoformat() if shift.start > since else "before"
    identity = f"{policy.policy}|{shift.layer}|{shift.person}|{begins}"
    return f"{blake2b(identity.encode(), digest_size=12).hexdigest()}@pagerdrill"
