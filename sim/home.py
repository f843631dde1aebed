"""The home folder: where drills are kept."""

import os
import re
import shutil
from pathlib import Path

import platformdirs

from sim.errors import JournalError, StorageError
from sim.journal import META_FILE, FolderLock, Meta, read_meta

DRILL_ID = re.compile(r"[a-z0-9][a-z0-9-]*")


def home_folder(given: str | None) -> Path:
    """Return the home folder: as given, else PAGERDRILL_HOME, else the platform's place for data."""
    named = given or os.environ.get("PAGERDRILL_HOME")
    if not named:
        return platformdirs.user_data_path("pagerdrill")
    try:
        return Path(named).expanduser()
    except RuntimeError as error:
        raise StorageError(f"{named}: {error}") from None


class Home:
    """The drills under one home folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.drills = path / "drills"

    @property
    def history_file(self) -> Path:
        """Where the console keeps typed lines. Raises StorageError where the folder cannot be made."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(
                f"cannot make {self.path}: {error.strerror}. Choose a place with --home."
            ) from error
        return self.path / "history"

    def new_id(self, scenario: str, seed: int) -> str:
        """Return a name for a new drill: scenario, seed, and a number where that exists already."""
        stem = f"{scenario}-s{seed}"
        name, number = stem, 1
        while (self.drills / name).exists():
            number += 1
            name = f"{stem}-{number}"
        return name

    def folder(self, drill: str) -> Path:
        """Return the folder of a drill. Raises JournalError where there is none."""
        path = self.drills / drill
        if not DRILL_ID.fullmatch(drill) or not path.is_dir():
            raise JournalError(f"there is no drill {drill!r}; `pagerdrill drills list` shows what there is")
        return path

    def metas(self) -> tuple[tuple[Path, Meta | JournalError], ...]:
        """Return every drill folder, oldest first, with its meta or why it cannot be read."""
        if not self.drills.is_dir():
            return ()
        found: list[tuple[Path, Meta | JournalError]] = []
        for path in sorted(self.drills.iterdir()):
            if not path.is_dir():
                continue
            try:
                found.append((path, read_meta(path)))
            except JournalError as error:
                found.append((path, error))
        return tuple(sorted(found, key=lambda pair: _created(pair[1])))

    def delete(self, drill: str) -> None:
        """Delete a drill. Raises JournalError where there is none or somebody plays it."""
        path = self.folder(drill)
        if (path / META_FILE).exists():
            FolderLock(path).close()
        try:
            shutil.rmtree(path)
        except OSError as error:
            raise StorageError(f"cannot delete {path}: {error.strerror or error}") from error


def _created(meta: Meta | JournalError) -> str:
    return meta.created if isinstance(meta, Meta) else ""
