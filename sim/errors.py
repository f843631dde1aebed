"""The errors people see: each says what was wrong, where, and what to do."""


class PagerDrillError(Exception):
    """Something a person can mend. Its text is shown as it is, without a traceback."""


class ScenarioError(PagerDrillError):
    """A scenario or world file is wrong; the text lists every mistake with file and line."""


class JournalError(PagerDrillError):
    """A drill folder cannot be used: altered, of another engine, or held by another process."""


class StorageError(PagerDrillError):
    """The drill folder could not be written, for example because the disk is full."""
