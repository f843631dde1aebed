from sim import events as ev
from sim.answer import Line
from sim.lines import coalesced, line_of

SAY_NOTHING = {
    *("clock.paced", "action.submitted", "action.refused", "looked.at", "clock.reached"),
    *("alert.muted", "notification.sent", "page.closed"),
}


def wall_clock(t_ms):
    return f"14:{t_ms // 60_000:02d}:{t_ms // 1000 % 60:02d}"


def record(event, t_ms=65_000, seq=0):
    return ev.Record(seq=seq, t_ms=t_ms, actor="world", seen_by=(ev.ALL,), event=event)


def fired(alert, rule="CheckoutErrorsHigh", severity="warning", component="checkout"):
    return ev.AlertFired(
        alert=alert,
        rule=rule,
        component=component,
        labels={},
        severity=severity,
        summary="it hurts",
        value=1.0,
    )


def texts(events_at, wall=wall_clock):
    records = [record(event, t_ms, seq) for seq, (t_ms, event) in enumerate(events_at)]
    return [line.text for line in coalesced(records, wall)]


ONE_OF_EACH = {
    ev.DrillStarted(
        title="Cart",
        briefing="You are\non call.\n\n- one\n- two\n",
        starts_at="",
        horizon_s=60,
        role="responder",
    ): "14:01:05 DRILL    Cart (you are the responder)\n\nYou are on call.\n\n- one\n- two\n",
    ev.DrillPaused(): "14:01:05 PAUSED   the drill's clock stands",
    ev.DrillResumed(): "14:01:05 RESUMED  the drill's clock runs",
    ev.DrillEnded(reason="time limit"): "14:01:05 END      the drill is over: time limit",
    ev.AlertResolved(alert=3, rule="Lag", component="db"): "14:01:05 RESOLVED #3 Lag on db",
    ev.AlertMarked(alert=3): "14:01:05 NOISE    alert #3 was called noise",
    ev.AlertLinked(alert=3): "14:01:05 LINKED   alert #3 belongs to the incident",
    ev.AlertSilenced(
        silence=1, matcher="Lag", until_ms=125_000
    ): "14:01:05 SILENCE  Lag makes no pages until 14:02:05",
    ev.AlertSilenced(
        silence=2, matcher='zone="a"', until_ms=125_000, from_ms=66_000, by="ana", comment="noisy move"
    ): '14:01:05 SILENCE  zone="a" makes no pages from 14:01:06 until 14:02:05 (ana): noisy move',
    ev.SilenceMoved(
        silence=1, matcher="Lag", until_ms=125_000
    ): "14:01:05 SILENCE  Lag makes no pages until 14:02:05 now",
    ev.SilenceEnded(silence=1, matcher="Lag"): "14:01:05 SILENCE  Lag can page again",
    ev.PageSent(
        page=2, alert=3, rule="Lag", component="db", person="ana", step=1
    ): "14:01:05 PAGE 2   to ana: Lag on db (alert #3)",
    ev.PageSent(
        page=2, alert=3, rule="Lag", component="db", person="bo", step=2
    ): "14:01:05 PAGE 2   to bo: Lag on db (alert #3, escalation step 2)",
    ev.PageSent(
        page=2, alert=3, rule="Lag", component="db", person="ana", step=1, more=(4, 5)
    ): "14:01:05 PAGE 2   to ana: Lag on db (alert #3 and 2 more)",
    ev.PageExtended(page=2, alerts=(6,)): "14:01:05 PAGE 2   also alert #6",
    ev.PageExtended(page=2, alerts=(7, 8)): "14:01:05 PAGE 2   also alerts #7, #8",
    ev.PageAcknowledged(page=2, alert=3, person="ana"): "14:01:05 ACK      ana took page 2 (alert #3)",
    ev.PageEscalated(
        page=2, step=2, reason="unacknowledged"
    ): "14:01:05 ESCALATE page 2 goes to step 2 (unacknowledged)",
    ev.IncidentDeclared(severity="P1", title="cart down"): "14:01:05 INCIDENT P1 declared: cart down",
    ev.SeveritySet(severity="P2"): "14:01:05 SEVERITY the incident is now P2",
    ev.ScopeStated(journeys=("checkout",), zones=("a",), users_share=0.125): (
        "14:01:05 AFFECTS  checkout, a, 12.5 % of users"
    ),
    ev.HypothesisRecorded(
        component="db", mechanism="disk", confidence=60
    ): "14:01:05 SUSPECT  db: disk (60 % sure)",
    ev.UpdateSent(audience="customer", text="We look.", severity="P1", promised_ms=120_000): (
        "14:01:05 UPDATE   to customer, P1: We look. (next by 14:02:00)"
    ),
    ev.MessageSaid(sender="Ana", text="hello"): "14:01:05 MESSAGE  Ana: hello",
    ev.GuideSaid(text="Type ack."): "14:01:05 GUIDE    Type ack.",
    ev.NoteTaken(text="odd"): "14:01:05 NOTE     odd",
    ev.DecisionTaken(text="roll back"): "14:01:05 DECISION roll back",
    ev.PersonPaged(person="bo", team="db"): "14:01:05 CALLED   bo (db) was asked to join",
    ev.PersonJoined(person="bo", team="db"): "14:01:05 JOINED   bo (db) is here",
    ev.HintGiven(number=1, text="Look at db."): "14:01:05 HINT     1: Look at db.",
    ev.MitigationClaimed(): "14:01:05 CLAIM    called mitigated: users are no longer hurt",
    ev.IncidentResolved(): "14:01:05 INCIDENT resolved",
    ev.ActStarted(act=1, verb="restart", target="db", by="ana", takes_s=170): (
        "14:01:05 ACT      ana began restart db, about 3 min"
    ),
    ev.ActProgressed(act=1, done=2, of=8, what="ready"): "14:01:05 ACT      2 of 8 ready",
    ev.ActFinished(act=1, verb="restart", target="db", ok=True, text=""): "14:01:05 ACT      restart db done",
    ev.ActFinished(act=1, verb="restart", target="db", ok=False, text="no quorum"): (
        "14:01:05 ACT      restart db FAILED: no quorum"
    ),
    ev.ChangeMade(change="c7", component="db", what="config", summary="more memory", by="bo"): (
        "14:01:05 CHANGE   c7 config of db by bo: more memory"
    ),
}


def test_the_line_of_each_event():
    lines = {event: line_of(record(event), wall_clock) for event in ONE_OF_EACH}
    assert {event: line.text for event, line in lines.items() if line} == ONE_OF_EACH


def test_every_visible_kind_has_its_line():
    told = {event.kind for event in ONE_OF_EACH} | {"alert.fired"}
    silent = SAY_NOTHING | {kind for kind in ev.EVENTS if kind.startswith("truth.")}
    assert told | silent == set(ev.EVENTS)
    assert told & silent == set()


def test_what_was_typed_makes_no_line():
    assert line_of(record(ev.LookedAt(verb="metrics", args="db")), wall_clock) is None
    assert line_of(record(ev.ClockReached()), wall_clock) is None


def test_an_alert_names_severity_and_place_in_words():
    event = ev.AlertFired(
        alert=12,
        rule="Lag",
        component="db",
        labels={"component": "db", "zone": "a", "severity": "critical"},
        severity="critical",
        summary="30 s behind",
        value=30.0,
    )
    expected = Line("14:01:05 ALERT    #12 critical Lag on db (zone=a): 30 s behind", "bad")
    assert line_of(record(event), wall_clock) == expected


def test_a_few_alerts_stay_single():
    lines = texts([(0, fired(1)), (0, fired(2)), (0, fired(3))])
    assert [line[:20] for line in lines] == [
        "14:00:00 ALERT    #1",
        "14:00:00 ALERT    #2",
        "14:00:00 ALERT    #3",
    ]


def test_a_storm_is_one_line_and_the_rest_stays_single_and_in_order():
    rules = ["CheckoutErrorsHigh"] * 12 + ["Lag"] * 3 + ["Cpu"] * 3 + ["Disk"] + ["Slow"]
    batch = [(15_000, fired(i, rule)) for i, rule in enumerate(rules)]
    page = ev.PageSent(page=1, alert=1, rule="Lag", component="db", person="ana", step=1)
    batch.insert(0, (14_000, ev.MessageSaid(sender="Ana", text="hm")))
    batch.insert(9, (15_000, page))
    batch.append((15_000, ev.ActProgressed(act=1, done=1, of=2, what="ready")))
    assert texts(batch) == [
        "14:00:14 MESSAGE  Ana: hm",
        "14:00:15 ALERT    +20 alerts, 5 groups: CheckoutErrorsHigh x12, Cpu x3, Lag x3, Disk, 1 more",
        "14:00:15 PAGE 1   to ana: Lag on db (alert #1)",
        "14:00:15 ACT      1 of 2 ready",
    ]


def test_the_tone_of_a_storm_is_that_of_its_worst():
    calm = [record(fired(i), 0, i) for i in range(4)]
    worse = [*calm[:3], record(fired(9, severity="critical"), 0, 3)]
    assert [coalesced(batch, wall_clock)[0].tone for batch in (calm, worse)] == ["warn", "bad"]


def test_alerts_far_apart_are_no_storm():
    batch = [(i * 20_000, fired(i)) for i in range(6)]
    assert len(texts(batch)) == 6


def test_alerts_that_resolve_together_are_one_line():
    batch = [
        (t_ms, ev.AlertResolved(alert=i, rule="Lag", component="db"))
        for i, t_ms in enumerate([0, 0, 15_000, 30_000])
    ]
    assert texts(batch) == ["14:00:00 RESOLVED -4 alerts, 1 group: Lag x4"]
