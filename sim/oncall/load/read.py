"""Reads and writes the file of a load."""

from pathlib import Path

from sim.document import read
from sim.mistakes import FileError
from sim.oncall.load.model import Load
from sim.schema import checked
from sim.yaml_text import dumped


def read_load(file: Path) -> Load:
    """Return the load of a file. Raises FileError with every mistake in it."""
    load = checked(Load, read(file), {})
    if isinstance(load, list):
        raise FileError(load)
    return load


def written(load: Load) -> str:
    """Return a load as the YAML of its file."""
    plain = load.model_dump(mode="json", exclude_defaults=True)
    return dumped(plain, 100)
