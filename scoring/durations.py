"""Times and lengths of time in words."""

from datetime import datetime, timedelta


def wall_text(starts_at: datetime, t_ms: int) -> str:
    """Return a moment of a drill as its clock shows it, e.g. 14:32:05."""
    return (starts_at + timedelta(milliseconds=t_ms)).strftime("%H:%M:%S")


def clock_text(ms: int | float) -> str:
    """Return a length of time as m:ss, or h:mm:ss from an hour on."""
    seconds = int(ms // 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def minutes_text(ms: int) -> str:
    """Return a length of time as people say it: whole minutes, or seconds where it is under one."""
    return f"{round(ms / 60_000)} min" if ms >= 60_000 else f"{ms // 1000} s"
