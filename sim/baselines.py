"""Baselines: what a finished drill would have been, played again by others or without one of its acts.

They are drill folders like any other, under `baselines/` in the folder of the drill: one for each player
given, from the responder's seat, and `without-act-N` for each act that changed nothing or is known to harm.
There the same lines are typed at the same times, without that act; what makes no sense any more is refused,
and what was refused then stays refused.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

from sim import journal
from sim.drill import Drill
from sim.errors import JournalError, StorageError
from sim.events import (
    ENGINE,
    ActionRefused,
    ActionSubmitted,
    ActJudged,
    ActStarted,
    ClockReached,
    DrillEnded,
    Record,
    taking_back,
)
from sim.journal import BASELINES_FOLDER, DrillFolder
from sim.opening import feed, new_drill
from sim.spec import Scenario, Seat

Player = Callable[[Drill], None]
"""Plays a drill from where it stands until it ends."""
Told = Callable[[str], None]
"""Is told the name of each baseline before it is played."""

COMPARED = ("idle", "expert", "oracle")
"""The players that a person's drill is compared with."""


def make(path: Path, players: Mapping[str, Player], told: Told = lambda _: None) -> tuple[Path, ...]:
    """Make the baselines of a drill that are not there yet, each in a second or more; return all of them.

    Raises JournalError where the drill is not over or was played with another engine, StorageError where
    they cannot be written.
    """
    folder = journal.read(path)
    if not any(isinstance(record.event, DrillEnded) for record in folder.records):
        raise JournalError(f"{path.name} is not over; go on with `pagerdrill play --resume {path.name}`")
    if folder.header.engine != ENGINE:
        raise JournalError(
            f"{path.name} was played with engine {folder.header.engine}, this is {ENGINE}: "
            "what it would have been cannot be played any more"
        )
    made = [
        _made(folder, name, Seat(name=name, role="responder"), play, told) for name, play in players.items()
    ]
    for act in questionable(folder):
        left_out = left_out_for(folder, act)
        inputs = [record for record in journal.inputs(folder.records) if record.seq not in left_out]
        name = f"without-act-{act}"
        made.append(_made(folder, name, folder.header.seats[0], partial(_type, inputs=inputs), told))
    return tuple(made)


def missing(path: Path, players: Iterable[str]) -> tuple[str, ...]:
    """Return the names of a drill's baselines that are not there yet, in the order of `make`.

    Raises JournalError if the drill cannot be read.
    """
    acts = questionable(journal.read(path))
    names = (*players, *(f"without-act-{act}" for act in acts))
    return tuple(name for name in names if not _finished(path / BASELINES_FOLDER / name))


def questionable(folder: DrillFolder) -> tuple[int, ...]:
    """Return the numbers of the acts worth a baseline, in order.

    Those that had no effect or whose tool failed, and those that only plays which harm name; not those that
    take back what was done before.
    """
    harmful = _harmful(folder.scenario)
    in_vain = {
        event.act
        for event in (record.event for record in folder.truth)
        if isinstance(event, ActJudged) and event.outcome in ("no_effect", "failed")
    }
    acts = tuple(act for _, act in _started(folder))
    taken_back = taking_back(acts)
    return tuple(
        act.act
        for act in acts
        if act.act not in taken_back
        and (act.act in in_vain or _first_words(f"{act.verb} {act.target}") in harmful)
    )


def left_out_for(folder: DrillFolder, act: int) -> frozenset[int]:
    """Return the numbers of the inputs that began an act: its line, and the line that `yes` confirmed."""
    inputs = list(journal.inputs(folder.records))
    taken: set[int] = set()
    for started, event in _started(folder):
        place = next(
            n
            for n, typed in enumerate(inputs)
            if n not in taken and typed.seq < started.seq and _is(typed, event)
        )
        taken.add(place)
        if event.act == act:
            return frozenset(inputs[n].seq for n in _with_question(inputs, place))
    raise ValueError(f"there is no act {act}")


def _with_question(inputs: list[Record], place: int) -> Iterator[int]:
    """Yield an input and, where it was a lone `yes`, the refusal before it that asked."""
    yield place
    typed = inputs[place].event
    if isinstance(typed, ActionSubmitted) and typed.raw.strip().lower() in ("yes", "y"):
        refused = (n for n in range(place - 1, -1, -1) if isinstance(inputs[n].event, ActionRefused))
        yield from list(refused)[:1]


def _is(typed: Record, act: ActStarted) -> bool:
    """Return whether an input is the line that an act was begun with."""
    if not isinstance(typed.event, ActionSubmitted):
        return False
    command = f"{act.verb} {act.target}".rstrip()
    return typed.event.command in (command, f"{command} yes")


def _started(folder: DrillFolder) -> tuple[tuple[Record, ActStarted], ...]:
    return tuple((r, r.event) for r in folder.records if isinstance(r.event, ActStarted))


def _harmful(scenario: Scenario) -> set[str]:
    """Return verb and target of the acts that only plays with the effect 'harms' hold."""
    acts: dict[bool, set[str]] = {True: set(), False: set()}
    for play in scenario.plays:
        acts[play.effect == "harms"] |= {_first_words(command) for command in play.commands}
    return acts[True] - acts[False]


def _first_words(command: str) -> str:
    return " ".join(command.split()[:2]).lower()


def _type(drill: Drill, inputs: list[Record]) -> None:
    """Give the inputs at their times; marks of the wall clock are of no interest here."""
    for record in inputs:
        if isinstance(record.event, ClockReached):
            continue
        drill.advance(record.t_ms)
        try:
            feed(drill, record)
        except JournalError as error:
            drill.refuse(getattr(record.event, "raw", ""), str(error))


def _made(folder: DrillFolder, name: str, seat: Seat, play: Player, told: Told) -> Path:
    """Return the folder of a baseline, played now unless it was before."""
    path = folder.path / BASELINES_FOLDER / name
    if path.exists():
        if _finished(path):
            return path
        _remove(path)
    told(name)
    meta = folder.meta.model_copy(update={"id": name, "rehearsal": (), "finished": False})
    with new_drill(path, folder.scenario, folder.header.seed, seat, meta, interactive=False) as opened:
        play(opened.drill)
        opened.finish()
    return path


def _finished(path: Path) -> bool:
    try:
        return journal.read_meta(path).finished
    except JournalError:
        return False


def _remove(path: Path) -> None:
    """Remove what a crash left half made."""
    try:
        shutil.rmtree(path)
    except OSError as error:
        raise StorageError(f"cannot remove {path}: {error.strerror or error}") from error
