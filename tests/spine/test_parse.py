"""From lines to actions and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.actions import VERBS, Action, Names, Refused, parse

NAMES = Names(
    components=("api", "db", "web", "web-cache"),
    journeys=("buy", "look"),
    zones=("zone-a", "zone-b"),
    clients=("eu", "us"),
    people=("ben", "cleo"),
    teams=("core", "data"),
    rules=("BuyErrorsHigh", "DbSlow"),
    runbooks=("buying",),
    mechanisms=("deploy", "disk"),
    flags={"web": ("banner", "search")},
    changes=("c-1", "c-2"),
    last_component="db",
)

LINES = {
    "status": "status",
    "alerts": "alerts",
    "alerts all": "alerts all",
    "alerts web": "alerts web",
    "alert #3": "alert 3",
    "metrics web p95 by zone last 1h": "metrics web p95_ms by zone last 1h",
    "metrics buy": "metrics buy",
    "metrics": "metrics db",
    "metrics cpu": "metrics db cpu_share",
    "metrics by zone": "metrics db by zone",
    "metrics web by instance --since 14:20": "metrics web by instance since 14:20",
    "metrics web error_share by=code since 9:05:30": "metrics web error_share by code since 09:05:30",
    "metrics web --since 45m": "metrics web last 45m",
    "metrics web --since=30m --compare yesterday": "metrics web compare yesterday",
    "metrics buy p95 compare yesterday last 10m": "metrics buy p95_ms last 10m compare yesterday",
    "metrics web last 10m since 14:20": "metrics web since 14:20",
    "metrics db queue_age": "metrics db queue_age_s",
    "metrics db certificate": "metrics db certificate_days",
    "journeys": "journeys",
    "journeys buy": "journeys buy",
    "topology": "topology",
    "topology web": "topology web",
    "logs": "logs db",
    "logs web last 90s": "logs web last 90s",
    "logs last 10m": "logs db last 10m",
    "traces buy": "traces buy",
    "changes web last 2h": "changes web last 2h",
    "runbook": "runbook",
    "runbook DbSlow": "runbook DbSlow",
    "runbook 2": "runbook 2",
    "oncall": "oncall",
    "who": "who",
    "timeline last 15m": "timeline last 15m",
    "incident": "incident",
    "help update": "help update",
    "ack": "ack",
    "ack 2": "ack 2",
    "ack all": "ack all",
    "escalate": "escalate",
    "silence DbSlow for 30m": "silence DbSlow 30m",
    "unsilence 1": "unsilence 1",
    "noise 4": "noise 4",
    "link 4": "link 4",
    'declare p1 "all of it"': "declare P1 all of it",
    "severity P2": "severity P2",
    "affects buy zones=zone-a clients us users 40%": "affects buy zones zone-a clients us users 40%",
    "affects all": "affects buy,look",
    "affects buy, look ,buy": "affects buy,look",
    "suspect db disk 80": "suspect db disk 80%",
    "page data": "page data",
    "say it's back": "say it's back",
    "decide fail over": "decide fail over",
    "note odd": "note odd",
    'update customer "We are on it." next 20m': 'update customer "We are on it." next 20m',
    "update internal nothing new next week": 'update internal "nothing new next week"',
    "rollback api to v1": "rollback api to v1",
    "restart web yes": "restart web yes",
    "scale web 2": "scale web 2x",
    "flag-off web banner": "flag-off web banner",
    "revert-config web c-1": "revert-config web c-1",
    "failover db": "failover db",
    "drain zone-a web": "drain zone-a web",
    "drain zone-a off": "drain zone-a off",
    "drain zone-a web OFF yes": "drain zone-a web off yes",
    "throttle us 25%": "throttle us 25%",
    "block eu": "block eu",
    "block eu off": "block eu off",
    "isolate db from api": "isolate db from api",
    "isolate db off": "isolate db off",
    "isolate db from api off": "isolate db from api off",
    "flush web-cache": "flush web-cache",
    "warm web-cache": "warm web-cache",
    "pause-queue api": "pause-queue api",
    "pause-queue api off": "pause-queue api off",
    "purge api yes": "purge api yes",
    "kill-query db": "kill-query db",
    "expand-disk db": "expand-disk db",
    "rotate-credential api": "rotate-credential api",
    "restore db yes": "restore db yes",
    "renew-cert web": "renew-cert web",
    "call-vendor api": "call-vendor api",
    "wait 5m": "wait 5m",
    "wait until page": "wait until page",
    "wait until buy error_share < 1%": "wait until buy error_share < 0.01",
    "hint": "hint",
    "pause": "pause",
    "resume": "resume",
    "mitigated": "mitigated",
    "resolve": "resolve",
}


@pytest.mark.parametrize("line", LINES)
def test_a_line_has_one_canonical_form_that_means_the_same(line: str):
    action = parse(line, NAMES)
    assert action.command() == LINES[line]
    assert parse(action.command(), NAMES) == action


def test_every_verb_is_tried_above():
    assert {line.split()[0] for line in LINES} == set(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_says_what_it_is_and_shows_an_example_of_itself(verb: str):
    action: type[Action] = VERBS[verb]
    assert action.example.split()[0] == verb
    assert len(action.about) > 20 or verb == "oncall"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("", "nothing was typed"),
        ("frobnicate", "there is no verb 'frobnicate'"),
        ("stauts", "did you mean status?"),
        ("ack seven", "the number of the page must be a number, not 'seven'"),
        ("alert", "the number of the alert is missing. Usage: alert NUMBER"),
        ("metrics wbe", "there is no component or journey named 'wbe'; did you mean web? Usage: metrics"),
        ("metrics web p95 p99 p50", "'p99' is more than this verb takes"),
        ("restart web now", "'now' is more than this verb takes"),
        ("metrics web since 25:00", "the time must look like 14:20, not '25:00'"),
        ("metrics web since dawn", "the window must be a duration such as 90s, 5m or 1h"),
        ("metrics web compare tomorrow", "there is no day to compare with named 'tomorrow'"),
        ("metrics buy busy", "there is no signal of buy named 'busy'"),
        ("metrics web by host", "there is no split named 'host'"),
        ("scale web lots", "the factor must look like 2x or 0.5x"),
        ("scale web 400x", "between 0.1x and 10x"),
        ("scale web 1x", "the factor multiplies what there is now, so 1x changes nothing; 0.5x undoes 2x"),
        ("throttle eu 140%", "between 0% and 100%"),
        ("silence DbSlow soon", "must be a duration such as 90s, 5m or 1h"),
        ("silence DbSlow 0m", "must be longer than nothing"),
        ("flag-off db x", "db has no flags"),
        ("update customer", "the text of the update is missing"),
        ("declare P9 x", "there is no severity named 'P9'"),
        ("we are", "there is no verb 'we'"),
        ("st", "there is no verb 'st'"),
        ("say " + "x" * 5000, "longer than 4000 characters"),
    ],
)
def test_what_is_not_understood_says_what_to_do(line: str, why: str):
    with pytest.raises(Refused) as refused:
        parse(line, NAMES)
    assert why in str(refused.value)
    assert "\n" not in str(refused.value)


def test_only_a_keyboard_may_abbreviate_and_just_talk():
    assert parse("st", NAMES, interactive=True).command() == "status"
    assert parse("met api", NAMES, interactive=True).command() == "metrics api"
    assert parse("I think it is the disk", NAMES, interactive=True).command() == "say I think it is the disk"
    with pytest.raises(Refused, match="'res' could be "):
        parse("res", NAMES, interactive=True)
    with pytest.raises(Refused, match="'we' could be web, web-cache"):
        parse("logs we", NAMES, interactive=True)


@given(st.text(max_size=60), st.booleans())
def test_any_text_is_an_action_or_a_refusal(text: str, interactive: bool):
    try:
        action = parse(text, NAMES, interactive=interactive)
    except Refused:
        return
    assert parse(action.command(), NAMES) == action


WORDS = st.lists(
    st.sampled_from(
        [
            *VERBS,
            *NAMES.components,
            *NAMES.journeys,
            "zone-a",
            "eu",
            "by",
            "zone",
            "code",
            "since",
            "--since=14:20",
            "--compare",
            "yesterday",
            "last",
            "5m",
            "40%",
            "P1",
            '"quoted words"',
            "next",
            "20m",
            "until",
            "<",
            "1%",
            "yes",
            "off",
            "to",
            "from",
            "DbSlow",
            "7",
            "users",
            "=x",
        ]
    ),
    min_size=1,
    max_size=7,
)


@given(WORDS, st.booleans())
def test_any_mix_of_known_words_is_an_action_or_a_refusal(words: list[str], interactive: bool):
    try:
        action = parse(" ".join(words), NAMES, interactive=interactive)
    except Refused:
        return
    assert parse(action.command(), NAMES) == action
