"""What the tests of imports share: a file in, the policy that is written, and its shifts."""

import json
from datetime import datetime
from pathlib import Path

from click.testing import CliRunner, Result

from cli import main
from sim.oncall.schedule.load import load
from sim.oncall.schedule.policy import RotationPolicy
from sim.oncall.schedule.shifts import shifts


def run(folder: Path, content: str | dict, *arguments: str) -> Result:
    """Import a content into `out.yml` of a folder."""
    text = content if isinstance(content, str) else json.dumps(content)
    file = folder / ("in.ics" if "BEGIN:V" in text else "in.json")
    file.write_text(text, encoding="utf-8", newline="")
    output = str(folder / "out.yml")
    return CliRunner().invoke(main, ["rotation", "import", str(file), "--output", output, *arguments])


def policy_of(folder: Path, content: str | dict, *arguments: str) -> RotationPolicy:
    """Return the policy of what is imported and written."""
    done = run(folder, content, *arguments)
    assert done.exit_code == 0, done.output
    return load(folder / "out.yml")


def shown(policy: RotationPolicy, first: str, last: str, layer: int = 0) -> list[str]:
    """Return shifts of a layer as `start end person`, local to the layer."""
    of = policy.layers[layer]
    zone = policy.zone_of(of)
    begins, ends = (datetime.fromisoformat(one).replace(tzinfo=zone) for one in (first, last))
    return [
        f"{one.start.astimezone(zone):%m-%dT%H:%M%z} {one.end.astimezone(zone):%m-%dT%H:%M%z} {one.person}"
        for one in shifts(policy, of, begins, ends)
    ]
