"""Alert routing inside a drill: groups, pages, silences and inhibition, as lists of (seconds, event)."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import main
from scenarios.loader import load_routing
from sim.drill import Drill
from sim.mistakes import FileError
from sim.opening import resume, verify
from sim.spec import Scenario
from tests.spine.small import SCENARIO, drill, on_disk, play

TEAM = """
global: {slack_api_url: "https://chat.example/T1/secret"}
route:
  receiver: chat
  group_by: [alertname]
  group_wait: 45s
  group_interval: 2m
  routes:
    - matchers: [severity =~ "critical|warning"]
      group_by: ["severity"]
      receiver: on-call
inhibit_rules:
  - source_matchers: [alertname = BuyErrorsHigh]
    target_matchers: [severity = warning]
receivers:
  - name: chat
    slack_configs: [{channel: "#ops"}]
  - name: on-call
    pagerduty_configs: [{routing_key: 0123456789}]
"""
KINDS = (
    *("alert.fired", "alert.resolved", "alert.muted", "notification.sent"),
    *("page.sent", "page.extended", "page.closed", "silence.ended"),
)


def told(of: Drill, *kinds: str) -> list[tuple[int, str]]:
    return [(r.t_ms // 1000, r.event.kind) for r in of._journal.records if r.event.kind in (kinds or KINDS)]


def events(of: Drill, kind: str) -> list:
    return [record.event for record in of._journal.records if record.event.kind == kind]


def routed(text: str = TEAM) -> Scenario:
    return SCENARIO.model_copy(update={"alertmanager": text})


def test_without_a_configuration_what_is_critical_pages_at_once():
    played = play(drill(), (150, "failover db yes"))
    played.advance(400_000)
    assert told(played) == [
        (90, "alert.fired"),
        (90, "notification.sent"),
        (90, "page.sent"),
        (120, "alert.fired"),  # a warning
        (255, "alert.resolved"),
        (255, "alert.resolved"),
        (255, "notification.sent"),
        (255, "page.closed"),
    ]
    first, last = events(played, "notification.sent")
    assert (first.receiver, first.integration, first.reason) == (
        "pager",
        "pagerduty[0]",
        "first notification",
    )
    assert (first.firing, first.resolved) == ((1,), ())
    assert (last.firing, last.resolved, last.reason) == ((), (1,), "all alerts resolved")


def test_a_teams_configuration_groups_and_inhibits():
    played = play(drill(routed()), (150, "failover db yes"))
    played.advance(400_000)
    assert told(played) == [
        (90, "alert.fired"),
        (120, "alert.fired"),  # DbSlow is inhibited for as long as BuyErrorsHigh fires
        (135, "notification.sent"),  # 45 s after the first of its group
        (135, "page.sent"),
        (255, "alert.resolved"),
        (255, "alert.resolved"),
        (255, "notification.sent"),  # 2 min after the last flush
        (255, "page.closed"),
    ]


def test_one_page_for_a_group_takes_in_what_comes_later():
    one_group = TEAM.replace('["severity"]', "[]").split("inhibit_rules")[0] + (
        "receivers:\n  - name: chat\n  - name: on-call\n    webhook_configs: [{url: 'http://pager.example/'}]\n"
    )
    played = play(drill(routed(one_group.replace("45s", "10s"))), (260, "alerts"))
    assert told(played) == [
        (90, "alert.fired"),
        (100, "notification.sent"),
        (100, "page.sent"),
        (120, "alert.fired"),
        (220, "notification.sent"),
        (220, "page.extended"),
    ]
    assert [event.reason for event in events(played, "notification.sent")] == [
        "first notification",
        "new alerts added",
    ]
    (page,) = played.view.board.waiting_pages
    assert page.alerts == (1, 2)
    assert "'page 1'" in str(played.enter("alerts").blocks)
    play(played, (270, "ack"))
    assert played.view.board.waiting_pages == []


def test_what_goes_to_a_chat_pages_nobody():
    quiet = routed(TEAM.replace("receiver: on-call", "receiver: chat"))
    played = drill(quiet)
    played.advance(600_000)
    assert told(played, "notification.sent", "page.sent") == [(135, "notification.sent")]


def test_a_silence_mutes_and_its_end_tells():
    played = play(drill(), (80, "silence BuyErrorsHigh 2m"), (100, "alerts"))
    assert "silence 1: BuyErrorsHigh until 10:03:20" in str(played.enter("alerts").blocks)
    assert "under silence 1" in str(played.enter("alert 1").blocks)
    played.advance(300_000)
    assert told(played, "alert.fired", "alert.muted", "page.sent", "silence.ended") == [
        (90, "alert.fired"),
        (90, "alert.muted"),
        (120, "alert.fired"),
        (200, "silence.ended"),
        (210, "page.sent"),  # the next flush of its group
    ]


@pytest.mark.parametrize(
    ("line", "muted"),
    [
        ("silence journey=buy 5m", True),
        ('silence severity=~"crit.*" journey!="x" 5m', True),
        ("silence severity=critical component=db 5m", False),
        ("silence buy 5m", True),
        ("silence DbSlow 5m", False),
        ("silence severity=critical 5m in 1m", False),
        ('silence severity=critical 5m by ana because "we know"', True),
    ],
)
def test_silences_by_label(line, muted):
    played = play(drill(), (80, line))
    played.advance(100_000)
    assert ("alert.muted" in [kind for _, kind in told(played)]) is muted


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('silence severity=~"(" 5m', "'(' is no regular expression"),
        ("silence severity=~.* 5m", "at least one matcher must not match the empty string"),
        ("silence 4 5m", "there is no silence 4 in force; there are: none"),
        ("silence severity=critical", "how long is missing"),
        ("silence severity=critical 500h", "how long can be 336h at most"),
        ("silence nothing 5m", "there is no rule, component or journey named 'nothing'"),
    ],
)
def test_what_cannot_be_silenced_is_refused(line, says):
    answer = drill().enter(line)
    assert answer.refused
    assert says in answer.text


def test_a_silence_is_moved_and_lifted():
    played = play(drill(), (80, "silence BuyErrorsHigh 2m"), (90, "silence 1 10m"))
    played.advance(300_000)
    assert told(played, "silence.ended", "page.sent") == []
    play(played, (301, "unsilence 1"))
    played.advance(320_000)
    assert told(played, "silence.ended", "page.sent") == [(301, "silence.ended"), (315, "page.sent")]
    assert play(played, (321, "unsilence 1")).view.board.silences == {}


def test_a_drill_with_routing_and_silences_comes_back_as_it_was(tmp_path: Path):
    lines = (
        (80, 'silence severity="warning" journey="two \\"words\\"" 2m by ana because it is, "known"'),
        (85, "silence DbSlow 3m in 10s"),
        (95, "silence 2 10m"),
        (140, "unsilence 1"),
    )
    with on_disk(tmp_path, routed()) as opened:
        play(opened.drill, *lines)
        opened.drill.advance(200_000)
        silences = [(s.id, s.matchers, s.starts_ms, s.ends_ms) for s in opened.drill.view.router.silences]
        opened.drill.mark_time()
    with resume(tmp_path / "drill", interactive=False) as again:
        assert [(s.id, s.matchers, s.starts_ms, s.ends_ms) for s in again.drill.view.router.silences] == (
            silences
        )
        again.drill.resume()
        again.finish()
    verify(tmp_path / "drill")


def test_secrets_stay_out_of_the_drill(tmp_path: Path):
    file = tmp_path / "alertmanager.yml"
    file.write_text(TEAM)
    text = load_routing(file)
    assert "T1" not in text
    assert "0123456789" not in text
    file.write_text(text)
    assert load_routing(file) == text  # still a configuration, and nothing is left to hide


def test_a_broken_configuration_is_refused_by_line(tmp_path: Path):
    file = tmp_path / "alertmanager.yml"
    file.write_text(TEAM.replace("receiver: on-call", "receiver: nobody-knows"))
    with pytest.raises(FileError, match=r'alertmanager\.yml:\d+: .*"nobody-knows"'):
        load_routing(file)
    result = CliRunner().invoke(main, ["play", "--alertmanager", str(file), "--home", str(tmp_path)])
    assert result.exit_code == 1
    assert "nobody-knows" in result.output


def test_play_takes_a_configuration(tmp_path: Path):
    file = tmp_path / "alertmanager.yml"
    file.write_text(TEAM)
    script = tmp_path / "script.txt"
    script.write_text("wait until page\nalert 1\nwait 1m\n")
    home = ["--home", str(tmp_path / "home"), "--no-baselines"]
    result = CliRunner().invoke(
        main, ["play", "--seed", "1", "--alertmanager", str(file), "--script", str(script), *home]
    )
    assert result.exit_code == 0, result.output
    assert "told on-call at" in result.output
    assert "(first notification)" in result.output
