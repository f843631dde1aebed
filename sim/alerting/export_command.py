"""`pagerdrill alerts export`: a played drill as rule file and unit test for promtool."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import click

if TYPE_CHECKING:
    from numpy.typing import NDArray

RULES_FILE, TEST_FILE = "rules.yml", "rules_test.yml"


class Above(Protocol):
    """What the command is handed down: where drills are."""

    def find_drill(self, drill: str, home: str | None) -> Path:
        """Return the folder of a drill."""


@click.command()
@click.option("--drill", required=True, help="A drill, as `pagerdrill drills list` names it.")
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Write into this folder.",
)
@click.option("--home", help="Where drills are kept (default: PAGERDRILL_HOME, or the platform's place).")
@click.pass_obj
def export(above: Above, drill: str, output: Path, home: str | None) -> None:
    """Write the rules of a played drill and a unit test of them.

    The test holds what was measured, and which alerts fired when; `promtool test rules` confirms that
    Prometheus fires the same.
    """
    from sim.alerting.export import export as exported
    from sim.journal import read

    folder = read(above.find_drill(drill, home))
    found = exported(folder, _signals(folder.path), RULES_FILE)
    files = ((RULES_FILE, found.rules), (TEST_FILE, found.test))
    _write(output, files)
    rules = found.rules["groups"][0]["rules"]
    checks = found.test["tests"][0]["alert_rule_test"]
    click.echo(f"{output / RULES_FILE}: {len(rules)} rules")
    click.echo(f"{output / TEST_FILE}: {len(checks)} checks; run: promtool test rules {output / TEST_FILE}")
    for name, why in found.left_out:
        click.echo(f"left out {name}: {why}")


def _signals(path: Path) -> "dict[str, NDArray[Any]]":
    """Return the measured series of a drill. Raises JournalError where there are none."""
    import zipfile

    import numpy as np

    from sim.errors import JournalError
    from sim.journal import SIGNALS_FILE

    file = path / SIGNALS_FILE
    if not file.is_file():
        raise JournalError(
            f"{path.name} is not finished, so there are no measurements yet; play it to its end"
        )
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as kept:
            return {name: kept[name] for name in ("times_ms", "series", "values")}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as problem:
        raise JournalError(f"{file} cannot be read: {problem}") from None


def _write(output: Path, files: tuple[tuple[str, dict[str, Any]], ...]) -> None:
    import yaml

    from sim.errors import StorageError

    try:
        output.mkdir(parents=True, exist_ok=True)
        for name, data in files:
            text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=1_000_000)
            (output / name).write_text(text, encoding="utf-8")
    except OSError as problem:
        raise StorageError(f"cannot write {output}: {problem.strerror or problem}") from None
