"""Reads a history: tells by its content what it is, and hands it to the reader of that format."""

from pathlib import Path

from sim.errors import PagerDrillError
from sim.journal import JOURNAL_FILE
from sim.journal import read as read_drill
from sim.oncall.fit.alertmanager import read_alerts
from sim.oncall.fit.columns import Thing
from sim.oncall.fit.drills import history_of
from sim.oncall.fit.history import Format, History, read_file
from sim.oncall.fit.moments import Dates
from sim.oncall.fit.tables import Reading, read_table


def read_history(
    files: list[Path], kind: Format | None, mapped: dict[Thing, str], zone: str | None, dates: Dates | None
) -> History:
    """Return the history of a file, or of the folders of drills.

    `kind` is its format (None: told by content), `mapped` says which columns of a table hold what, `zone` is
    the team's, `dates` the order in dates like 3/4/2026. Raises FileError, and JournalError of a drill.
    """
    drills = [file.parent if file.name == JOURNAL_FILE else file for file in files]
    if kind == "journal" or (kind is None and all((one / JOURNAL_FILE).exists() for one in drills)):
        _without(mapped, dates)
        return history_of(files[0], [read_drill(one) for one in drills])
    if len(files) > 1:
        raise PagerDrillError("only drills can be read several at once; put tables together in one file")
    file, text = files[0], read_file(files[0])
    if kind == "alertmanager" or (kind is None and text.lstrip()[:1] in ("{", "[")):
        _without(mapped, dates)
        return read_alerts(file, text, zone)
    table = kind if kind in ("servicenow", "pagerduty", "csv") else None
    return read_table(file, text, Reading(table, mapped, zone, dates))


def _without(mapped: dict[Thing, str], dates: Dates | None) -> None:
    if mapped or dates:
        raise PagerDrillError("--column and --dates are for tables, and this is none; leave them out")
