"""An on-call policy of two layers, in a file."""

from pathlib import Path

POLICY = """\
policy: platform
title: The platform team
zone: Europe/Berlin
holidays: DE-BY
people:
  ana: {name: Ana}
  ben: {name: Ben}
  cleo: {name: Cleo, zone: America/New_York}
layers:
  - id: primary
    rules:
      - rotation: {every: weekly, start: 2026-01-05T09:00, participants: [ana, ben, cleo]}
  - id: backup
    role: secondary
    rules:
      - rotation: {every: weekly, start: 2026-01-05T09:00, participants: [ben, cleo, ana]}
        restrictions:
          - {weekdays: [mon, tue, wed, thu, fri], from: "08:00", to: "20:00"}
escalation:
  repeats: 1
  steps:
    - {targets: [primary], minutes: 5}
    - {targets: [backup], minutes: 10, empty: skip}
    - {targets: [ana], minutes: 15}
"""


def written(folder: Path, text: str = POLICY) -> str:
    file = folder / "policy.yml"
    file.write_text(text)
    return str(file)
