"""Logs are read off the flow: the same every time, and in agreement with what is wrong."""

import re
import time

import pytest

from sim.spec import Call, ComponentKind, Fault, Instruments, Operation, Where
from sim.streams import poisson
from sim.world import topology
from sim.world.failures import Why, refusal
from sim.world.log_notes import caller_notes, fault_notes, unfit, with_figures
from sim.world.logs import LINES_MAX, SAMPLED, Note, lines
from sim.world.modifiers import Modifier, Op, Param
from tests.telemetry.tiny import SEED, STARTS_AT, built, component, played

LINE = re.compile(r"^\d\d:\d\d:\d\d [ab] v1 (ERROR|FATAL|WARN|INFO) .*?( \(x\d+\))?$")


def sick(param: Param, value: float, op: Op = Op.SET, **where) -> Modifier:
    return Modifier("m", "f", Where(**where), param, op, value, 0)


def log(component: str, *modifiers: Modifier, notes=(), until_ms=60_000, worth=None) -> tuple[str, ...]:
    at = built()
    samples = played(at, modifiers, until_ms=until_ms)[1:]
    return lines(at, samples, component, SEED, STARTS_AT, notes, worth)


def count(found: tuple[str, ...], pattern: str) -> int:
    """Sum the counts of the lines that match."""
    total = 0
    for line in found:
        if re.search(pattern, line):
            times = re.search(r"\(x(\d+)\)$", line)
            total += int(times[1]) if times else 1
    return total


def test_an_ordinary_minute():
    found = log("web")
    assert all(LINE.match(line) for line in found)
    assert list(found) == sorted(found, key=lambda line: line[:8])
    assert not [line for line in found if "timeout" in line or "pool" in line]
    served = [int(n) for n in re.findall(r"served (\d+) requests in 60s", " ".join(found))]
    assert len(served) == 2
    assert sum(served) == pytest.approx(60 * 430, rel=0.3)


def served(found: tuple[str, ...]) -> list[str]:
    return [line for line in found if "served" in line]


def test_what_was_served_is_counted_by_the_minute_whatever_the_window():
    at = built()
    samples = played(at, (), until_ms=165_000)[1:]
    short, long = (lines(at, samples[first:], "web", SEED, STARTS_AT) for first in (4, 0))
    assert len(served(short)) == 2
    assert served(short) == served(long)
    assert served(lines(at, samples[5:], "web", SEED, STARTS_AT)) == []
    known = lines(at, samples[5:], "web", SEED, STARTS_AT, before=samples[1:5])
    assert served(known) == served(long)
    assert served(lines(at, samples[8:], "web", SEED, STARTS_AT, before=samples[4:8])) == []


def test_what_fails_is_not_served():
    found = log("payments", sick(Param.ERROR_RANDOM, 1.0, component="payments"))
    assert [line.partition("INFO ")[2] for line in served(found)] == ["served 0 requests in 60s"] * 2


def test_a_version_without_replicas_writes_nothing():
    at = built(versions={"payments": ("v2",)})
    samples = played(at, (), until_ms=60_000)[1:]
    found = lines(at, samples, "payments", SEED, STARTS_AT)
    assert [line for line in found if " v1 " in line]
    assert not [line for line in found if " v2 " in line]


def test_the_same_window_gives_the_same_lines():
    errors = sick(Param.ERROR_RANDOM, 0.3, component="payments", zone="a")
    assert log("web", errors) == log("web", errors)


def test_own_errors_speak_in_their_zone():
    found = log("payments", sick(Param.ERROR_RANDOM, 0.4, component="payments", zone="a"))
    in_a, in_b = count(found, "^.{8} a .*500 internal error"), count(found, "^.{8} b .*500 internal error")
    assert in_a > 100 * max(in_b, 1)


def test_a_slow_callee_shows_as_timeouts_of_its_caller_with_the_counts_of_the_flow():
    slow = sick(Param.NET_DELAY_MS, 2_000.0, component="payments")
    at = built()
    samples = played(at, (slow,), until_ms=120_000)[4:]
    found = lines(at, samples, "web", SEED, STARTS_AT)
    calls = [i for i, link in enumerate(at.links) if link.callee == "payments"]
    expected = sum(15 * float((f.attempts_rps * f.attempt_failed_share)[0, calls].sum()) for _, f in samples)
    assert count(found, "place: timeout after 800ms calling payments") == pytest.approx(expected, rel=0.05)
    assert not count(lines(at, samples, "payments", SEED, STARTS_AT), "ERROR .*timeout")


def test_an_answered_failure_is_told_apart_from_silence():
    answered = log("web", sick(Param.ERROR_RANDOM, 0.5, component="payments"))
    assert count(answered, "500 from payments") > 100 * max(count(answered, "timeout"), 1)
    silent = log("web", sick(Param.NET_LOSS, 0.5, component="payments"))
    assert count(silent, "timeout after 800ms calling payments") > 100 * max(
        count(silent, "from payments"), 1
    )
    assert count(log("payments", sick(Param.NET_LOSS, 0.5, component="payments")), "ERROR") < 3


def test_overload_throttling_and_soft_calls_have_words_of_their_own():
    assert count(log("payments", sick(Param.ADMIT, 0.5, component="payments")), "429 too many requests") > 100
    assert count(log("web", sick(Param.ADMIT, 0.5, component="payments")), "429 from payments") > 100
    overloaded = log("payments", sick(Param.WORK, 80.0, Op.MUL, component="payments"), until_ms=180_000)
    assert count(overloaded, "all processors busy") >= 2
    ads = log("web", sick(Param.ERROR_RANDOM, 0.5, component="ads"))
    assert count(ads, "WARN browse: 500 from ads, answered without it") > 100


def test_counts_are_drawn_and_stay_the_same_in_a_longer_window():
    at = built()
    samples = played(at, (sick(Param.ERROR_RANDOM, 0.3, component="payments"),), until_ms=180_000)[1:]
    text = r"charge: 500 internal error"
    by_zone = {zone: [] for zone in "ab"}
    for first in range(len(samples)):
        found = lines(at, samples[first:], "payments", SEED, STARTS_AT)
        for zone, counts in by_zone.items():
            counts.append(count(found, f"^.{{8}} {zone} .*{text}"))
    assert by_zone["a"] != by_zone["b"]
    for counts in by_zone.values():
        each = [longer - shorter for longer, shorter in zip(counts, [*counts[1:], 0], strict=True)]
        assert min(each) > 0
        assert len(set(each)) > 3
        expected = [15 * 0.3 * float(f.offered_rps[0, at.stations_of("payments")[0]]) for _, f in samples]
        assert sum(each) == pytest.approx(sum(expected), rel=0.1)


@pytest.mark.parametrize("mean", [0.0, 0.3, 7.0, 49.9, 400.0])
def test_counting_has_the_mean_and_the_spread_of_poisson(mean):
    drawn = [poisson(SEED, "test", "thing", mean, k) for k in range(2_000)]
    assert sum(drawn) / 2_000 == pytest.approx(mean, rel=0.1)
    variance = sum((n - mean) ** 2 for n in drawn) / 2_000
    assert variance == pytest.approx(mean, rel=0.15)
    assert drawn == [poisson(SEED, "test", "thing", mean, k) for k in range(2_000)]


STORES: dict[ComponentKind, str] = {"database": "db", "cache": "kv", "queue": "mq"}
HTTP = re.compile(r"\b[45]\d\d\b")


def stored_in(name: str, kind: ComponentKind) -> topology.Topology:
    """Return the world with a journey that ends in a store: front calls user calls the store."""
    chain = (
        component(name, Operation(id="write", work_ms=3), kind=kind),
        component("user", Operation(work_ms=3, calls=(Call(to=name, timeout_ms=500),)), kind="worker"),
        component("front", Operation(work_ms=3, calls=(Call(to="user", timeout_ms=500),)), kind="edge"),
    )
    at = built(*chain)
    journey = at.world.journeys[0].model_copy(update={"entry": "front"})
    return topology.build(at.world.model_copy(update={"journeys": (journey, *at.world.journeys[1:])}))


@pytest.mark.parametrize("kind", STORES)
@pytest.mark.parametrize(
    ("param", "value", "op"),
    [
        (Param.ERROR_RANDOM, 0.5, Op.SET),
        (Param.ADMIT, 0.5, Op.SET),
        (Param.ADMIT, 0.0, Op.SET),
        (Param.WORK, 400.0, Op.MUL),
        (Param.SLOTS, 0.001, Op.MUL),
    ],
)
def test_stores_do_not_talk_http(kind, param, value, op):
    at = stored_in(STORES[kind], kind)
    samples = played(at, (sick(param, value, op, component=STORES[kind]),), until_ms=120_000)[1:]
    for speaker in (STORES[kind], "user"):
        told = [line for line in lines(at, samples, speaker, SEED, STARTS_AT) if "INFO" not in line]
        assert told
        assert not [line for line in told if HTTP.search(line[9:])]


def test_a_database_talks_like_mysql():
    at = stored_in("db", "database")
    samples = played(at, (sick(Param.ERROR_RANDOM, 0.2, component="db"),))[1:]
    own = lines(at, samples, "db", SEED, STARTS_AT)
    deadlock = "write: Deadlock found when trying to get lock; try restarting transaction"
    assert count(own, deadlock) > 100
    assert count(own, "INFO purge of old row versions done") == 2
    assert count(lines(at, samples, "user", SEED, STARTS_AT), "db: statement failed") > 100


def test_a_standby_follows_and_neither_breaks_nor_refuses():
    store = component("db", Operation(id="write", work_ms=3), kind="database", zones=("a",), standby_zone="b")
    at = built(store)
    fault = Fault(id="stuck", kind="disk_stall", where=Where(component="db"))
    noted = fault_notes(at, fault, "db")
    assert {at.cells[cell].zone for _, cells in noted for cell in cells} == {"a"}
    samples = played(at, (sick(Param.ADMIT, 0.0, component="db"),))[1:]
    told = [line[9:] for line in lines(at, samples, "db", SEED, STARTS_AT) if " b v1 " in line]
    assert len(told) == 1
    assert told[0] == "b v1 INFO standby: has the log of the primary up to the last commit"


def test_requests_that_are_dropped_because_nobody_waits_any_more_are_told():
    at = stored_in("db", "database")
    stuck = sick(Param.STALL_MS, 5_000.0, component="db")
    samples = played(at, (stuck, sick(Param.SLOTS, 0.01, component="db")), until_ms=120_000)[1:]
    assert count(lines(at, samples, "db", SEED, STARTS_AT), "client gone while its statement waited") > 10


def test_what_callers_write_fits_what_they_call():
    assert refusal(Why.TIMEOUT, "api", "service") == "504 from api: it gave up waiting"
    assert refusal(Why.TIMEOUT, "mysql", "database") == "lost connection to mysql while waiting for an answer"
    assert refusal(Why.REJECTED, "mysql", "database") == "mysql: too many connections"
    assert refusal(Why.OWN, "cache", "cache") == "cache answered SERVER_ERROR"
    assert {refusal(Why.DOWN, "x", kind) for kind in ("edge", "database")} == {"connection refused by x"}


@pytest.mark.parametrize("gone", [Param.ADMIT, Param.REPLICAS])
def test_a_component_that_is_down_refuses_connections_and_throttles_nobody(gone):
    down = sick(gone, 0.0, component="payments")
    callers = log("web", down)
    assert count(callers, "connection refused by payments") > 100
    assert not count(callers, "429")
    own = log("payments", down, until_ms=90_000)
    assert not count(own, "429")
    note = Note("INFO health check ok in time", tuple(int(c) for c in built().cells_of("payments")), 0, 10**9)
    closed = log("payments", sick(Param.ADMIT, 0.0, component="payments"), notes=[note])
    assert count(closed, "not accepting connections") >= 2
    assert not count(closed, "in time"), "what is down notes nothing"


def test_notes_show_in_their_cells_while_they_last():
    at = built()
    (cell,) = at.cells_of("payments", zone="a")
    note = Note("WARN fsync of the log took long", (int(cell),), 20_000, 40_000)
    (told,) = [line for line in log("payments", notes=[note]) if "fsync" in line]
    assert told[9:].startswith("a v1 WARN fsync of the log took long")
    assert not [line for line in log("web", notes=[note]) if "fsync" in line]
    just = Note("WARN just now", (int(cell),), 59_900, 90_000)
    (told,) = [line for line in log("payments", notes=[just]) if "just now" in line]
    assert told.startswith("14:30:59 a v1 WARN just now")
    late = Note("no level", (int(cell),), 90_000, 100_000)
    assert not [line for line in log("payments", notes=[late]) if "no level" in line]
    bare = Note("no level", (int(cell),), 0, 100_000)
    assert count(log("payments", notes=[bare]), "a v1 ERROR no level") >= 4


def test_trouble_is_noted_more_often_in_a_longer_window_and_not_alike_everywhere():
    at = built()
    cells = tuple(int(cell) for cell in at.cells_of("payments"))
    notes = [Note(f"WARN {text}", cells, 0, 10**9) for text in ("first", "second")]
    short, long = (log("payments", notes=notes, until_ms=ms) for ms in (60_000, 240_000))
    for text in ("first", "second"):
        for zone in "ab":
            told = [count(found, f"{zone} v1 WARN {text}") for found in (short, long)]
            assert told[1] == pytest.approx(4 * told[0], rel=0.5)
    assert len({count(long, f"{zone} v1 WARN {text}") for zone in "ab" for text in ("first", "second")}) == 4
    alive = Note("INFO still here", cells, 0, 10**9)
    assert count(log("payments", notes=[alive]), "a v1 INFO still here") == 4


def test_figures_of_a_note_are_drawn_for_each_place_and_window():
    at = built()
    cells = tuple(int(cell) for cell in at.cells_of("payments"))
    note = Note("WARN fsync took {n:4000-5000} ms, {n:1-9999999} waiting", cells, 0, 10**9)
    found = [log("payments", notes=[note], until_ms=ms) for ms in (60_000, 60_000, 75_000)]
    told = [re.findall(r"took (\d+) ms, (\d+) waiting", " ".join(each)) for each in found]
    assert told[0] == told[1] != told[2]
    assert len(set(told[0])) == 2
    assert all(4000 <= int(took) <= 5000 and took != waiting for took, waiting in told[0])
    assert {with_figures("{n:1-3}", SEED, "x", k) for k in range(40)} == {"1", "2", "3"}


def test_only_placeholders_that_can_be_filled_in_fit():
    assert unfit("WARN {component} took {n:20-90} ms, {{x}}") is None
    wrong = ["{n}", "{n:}", "{n:9-1}", "{n:-3}", "{n:1-2!r}", "{n!r:1-2}", "{zone:3}", "{m:1-2}", "{", "{}"]
    assert [template for template in wrong if unfit(template) is None] == []


def test_own_errors_say_what_was_noted_and_only_where_it_hurts():
    at = built()
    cells = tuple(int(cell) for cell in at.cells_of("web"))
    note = Note("ERROR disk on fire", cells, 0, 10**9)
    found = log("web", sick(Param.ERROR_RANDOM, 0.3, component="web", operation="place"), notes=[note])
    assert count(found, "ERROR place: disk on fire") > 100
    assert not count(found, "browse: disk on fire")
    assert not count(found, "ERROR disk on fire"), "told already, with the right count"


def test_never_too_many_lines_nor_too_slow():
    at = built()
    cells = tuple(int(cell) for cell in at.cells_of("web"))
    notes = [Note(f"line {n}", cells, 0, 10**9) for n in range(40)]
    samples = played(at, until_ms=3_600_000, tick_ms=15_000)
    begun = time.perf_counter()
    found = lines(at, samples, "web", SEED, STARTS_AT, notes)
    assert time.perf_counter() - begun < 1.0
    assert len(found) == LINES_MAX + 1
    left_out = re.fullmatch(r"\.\.\. and (\d+) more kinds of line; ask for a shorter window", found[-1])
    assert left_out and int(left_out[1]) >= len(notes) * len(cells) + 2 * len(cells) - LINES_MAX


def test_unknown_component_and_empty_window():
    assert lines(built(), [], "web", SEED, STARTS_AT) == ()
    with pytest.raises(KeyError):
        lines(built(), [], "nothing", SEED, STARTS_AT)


def faulty(worth: Instruments | None) -> tuple[str, ...]:
    """The log of payments, which answers with errors and says why."""
    cells = tuple(int(cell) for cell in built().cells_of("payments"))
    notes = [
        Note("ERROR unexpected field in request", cells, 0, 10**9, telling=True),
        Note("WARN cache of rates is old", cells, 0, 10**9),
    ]
    return log("payments", sick(Param.ERROR_RANDOM, 0.3, component="payments"), notes=notes, worth=worth)


def test_a_full_log_is_what_it_is_without_a_word():
    assert faulty(Instruments(component="payments")) == faulty(None)
    assert count(faulty(None), "charge: unexpected field") > 100


def test_an_empty_log_has_nothing():
    assert faulty(Instruments(component="payments", logs="empty")) == ()


def test_a_partial_log_lacks_some_kinds_of_line_and_says_so():
    found = faulty(Instruments(component="payments", logs="partial"))
    assert found[-1] == SAMPLED
    assert set(found[:-1]) < set(faulty(None))
    assert found == faulty(Instruments(component="payments", logs="partial"))


def test_half_of_the_kinds_of_line_are_kept():
    cells = tuple(int(cell) for cell in built().cells_of("payments", zone="a"))
    notes = [Note(f"WARN thing {n}", cells, 0, 10**9) for n in range(60)]
    at = built()
    samples = played(at)[1:]
    partial = Instruments(component="payments", logs="partial")
    kept = [
        note for note in notes if any(note.text[5:] in line for line in
        lines(at, samples, "payments", SEED, STARTS_AT, [note], partial))
    ]  # fmt: skip
    assert 18 <= len(kept) <= 42


def test_a_misleading_log_begins_with_its_own_lines_and_hides_what_the_fault_writes():
    told = ("ERROR {component} lost connection to the mail relay, {n:20-90} mails wait",)
    found = faulty(Instruments(component="payments", logs="misleading", misleading=told))
    assert [re.sub(r"\d+ mails", "N mails", line[9:].partition(" (x")[0]) for line in found[:2]] == [
        "a v1 ERROR lost connection to the mail relay, N mails wait",
        "b v1 ERROR lost connection to the mail relay, N mails wait",
    ]
    assert count(found[:2], "mail relay") > 300
    assert not count(found, "unexpected field")
    assert count(found, "500 internal error") > 100, "that it fails can be counted all the same"
    assert count(found, "cache of rates is old") > 4
    assert len(found) <= LINES_MAX + 1


def test_a_call_that_is_denied_says_why_in_the_log_of_the_caller():
    at = built()
    expired = Fault(id="token", kind="credential_expired", where=Where(component="web", callee="payments"))
    assert fault_notes(at, expired, "payments") == fault_notes(at, expired, "ads") == ()
    denied = sick(Param.CALL_ERROR, 0.8, component="web", callee="payments")
    assert count(log("web", denied), "ERROR place: 401 from payments: not authorised") > 100
    notes = [
        Note(text, cells, 0, 10**9, telling=True, callee="payments")
        for text, cells in fault_notes(at, expired, "web")
    ]
    assert count(log("web", denied, notes=notes), "ERROR place: 401 from payments: token expired") > 100
    assert not count(log("payments", denied), "401")


def test_what_befalls_all_calls_to_a_component_is_in_the_logs_of_those_who_call_it():
    at = built()
    outage = Fault(id="gone", kind="third_party_outage", where=Where(callee="payments"))
    assert fault_notes(at, outage, "ads") == fault_notes(at, outage, "payments") == ()
    assert {at.cells[cell].component for _, cells in fault_notes(at, outage, "web") for cell in cells} == {
        "web"
    }


def test_an_expired_certificate_is_told_by_those_who_call_and_by_the_called():
    at = built()
    expired = Fault(id="old", kind="certificate_expired", where=Where(component="payments"))
    assert caller_notes(at, expired, "ads") == caller_notes(at, expired, "payments") == ()
    (text, cells), *more = caller_notes(at, expired, "web")
    assert (more, {at.cells[cell].component for cell in cells}) == ([], {"web"})
    notes = [Note(text, cells, 0, 10**9, telling=True, callee="payments")]
    failing = sick(Param.ERROR_REPEATABLE, 1.0, component="payments")
    told = "ERROR place: TLS handshake with payments failed: certificate has expired"
    assert count(log("web", failing, notes=notes), told) > 100
    own = [Note(text, cells, 0, 10**9, telling=True) for text, cells in fault_notes(at, expired, "payments")]
    assert count(log("payments", failing, notes=own), "TLS handshake refused by the caller") > 100


def test_what_only_a_standby_has_is_in_its_log():
    store = component("db", Operation(id="write", work_ms=3), kind="database", zones=("a",), standby_zone="b")
    at = built(store)
    held = Fault(id="held", kind="replication_lag", where=Where(component="db", zone="b"))
    assert {at.cells[cell].zone for _, cells in fault_notes(at, held, "db") for cell in cells} == {"b"}
