"""The ready-made studies of rotations, each with the report that stands beside its policies.

make studies            prints the reports
make studies UPDATE=1   writes them into scenarios/rotations/
"""

import sys
from pathlib import Path

from click.testing import CliRunner

from cli import main as pagerdrill

STUDIES = Path(__file__).parents[3] / "scenarios" / "rotations"
ARMS = {
    "weekly-or-daily": ("weekly", "daily"),
    "one-site-or-follow-the-sun": ("one-site", "follow-the-sun"),
    "escalate-after-5-or-10": ("after-5", "after-10"),
}
SETTINGS = 200


def files_of(study: str) -> list[str]:
    """Return the policy files of a study, in the order in which they are compared."""
    return [str(STUDIES / study / f"{arm}.yml") for arm in ARMS[study]]


def kept(study: str) -> Path:
    """Return where the report of a study is kept."""
    return STUDIES / study / "report.txt"


def report(study: str) -> str:
    """Return the report of a study as it is now."""
    done = CliRunner().invoke(
        pagerdrill, ["rotation", "compare", *files_of(study), "--settings", str(SETTINGS)]
    )
    assert done.exit_code == 0, done.output
    command = f"pagerdrill rotation compare {' '.join(f'{arm}.yml' for arm in ARMS[study])}"
    return f"$ {command} --settings {SETTINGS}\n\n{done.output}"


def main() -> None:
    """Print the reports, or write them."""
    for study in ARMS:
        if "UPDATE" in sys.argv:
            kept(study).write_text(report(study), encoding="utf-8")
        else:
            print(report(study))


if __name__ == "__main__":
    main()
