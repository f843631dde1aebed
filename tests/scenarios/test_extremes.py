"""What the loader lets in can be played: values at their bounds, one at a time."""

from pathlib import Path

import pytest

from scenarios.library import find_world
from scenarios.loader import load_scenario
from sim.drill import Drill
from sim.journal import Log, header_of
from sim.spec import Seat

GOOD = Path(__file__).parent / "good"
YOU = Seat(name="you", role="responder")
LINES = """status
metrics front by zone
metrics browse
logs front last 1h
traces browse
changes
drain zone-a yes
drain zone-a off
throttle front 50% yes
throttle front 100%
block everybody yes
block everybody off
isolate store yes
isolate store off
flag-off front banner""".splitlines()

EXTREMES = [
    ("work_ms: 5", "work_ms: 1.0e-6"),
    ("work_ms: 5", "work_ms: 1.0e9"),
    ("rps: {browse: 20}", "rps: {browse: 1.0e9}"),
    ("rps: {browse: 20}", "rps: {browse: 1.0e-300}"),
    ("zones: [zone-a, zone-b]", "rhythm: {trough_share: 0, weekend_share: 0}\nzones: [zone-a, zone-b]"),
    ("timeout_ms: 500", "timeout_ms: 1, retries: 10, per_request: 1.0e9"),
    ("above: 0.02", "above: -1.0e300, for_s: 86400, keep_firing_for_s: 86400"),
    ("summary: Pages fail", "summary: P, noise: {per_day: 288, lasts_s: [0, 86400], why: '{no} one {knows'}"),
    ("flag: banner", "flag: banner, intensity: 1000, lasts_s: 86400, ramp_s: 86400"),
    ("at_s: -60", "at_s: -1209600, takes_s: 86400"),
    ("2024-03-05T10", "1970-01-01T00"),
    ("2024-03-05T10", "2199-12-31T23"),
    ("rubric:", "policy: {impact: [], sustained_s: 0, update_grace_s: 86400, ack_timeout_s: 1}\nrubric:"),
    ("horizon_s: 1800", "horizon_s: 1\nlead_in_s: [0, 0]"),
]


@pytest.mark.parametrize(("usual", "extreme"), EXTREMES, ids=lambda text: text[:30])
def test_a_drill_at_a_bound_is_played_without_a_crash(tmp_path: Path, usual: str, extreme: str) -> None:
    for name in ("world.yaml", "drill.yaml"):
        text = (GOOD / name).read_text()
        (tmp_path / name).write_text(text.replace(usual, extreme, 1))
    assert extreme in "".join(file.read_text() for file in tmp_path.iterdir())
    scenario = load_scenario(tmp_path / "drill.yaml", find_world)
    header = header_of(scenario, 1, (YOU,))
    drill = Drill(scenario, 1, YOU, Log(None, header), Log(None, header))
    for number, line in enumerate(LINES):
        drill.advance(number * 60_000)
        drill.enter(line)
    drill.finish()
    assert drill.now_ms == drill.end_ms
