"""The journeys as customers see them: `journeys`."""

from math import isfinite, log10, nan

from sim.actions.look import Journeys
from sim.answer import Answer, Block, Line, Table, Tone
from sim.look.broken import data_note, no_dashboards
from sim.look.figures import ago, figure
from sim.spec import Journey
from sim.view import DAY_MS, View
from sim.world.clients import Met

_ONE_IN_MAX = 200
"""Fewer than one in so many bad requests are not worth a sentence."""


def journeys(action: Journeys, view: View) -> Answer:
    """Answer `journeys`."""
    if view.data_ms is None:
        return no_dashboards(view)
    if action.journey is not None:
        journey = next(j for j in view.world.journeys if j.id == action.journey)
        return Answer((*data_note(view), *_one(journey, view)))
    heading = f"journeys as customers see them, the minute until {view.wall_clock(view.data_ms)} (!! missed)"
    rows, sentences = [], []
    tones: list[Tone] = []
    for journey in view.world.journeys:
        met = _whole(journey, view)
        rows.append(_row(journey, met, view))
        bad = _bad(journey, met, view)
        tones.append("bad" if bad else "good")
        sentences += [Line(_in_words(journey, met, view), "bad")] if bad else []
    columns = ("journey", "good", "failed", "slow", "degraded", "p95", "rate", "usual", "objective")
    table = Table(columns, tuple(rows), tuple(tones))
    return Answer((Line(heading, "title"), *data_note(view), table, *sentences))


def _whole(journey: Journey, view: View) -> Met:
    """Return what all clients together met; the failed share is the one that `metrics` shows."""
    parts = list(view.clients_of(journey.id).values())
    measured = view.figures(journey.id).get((None, ""), {})
    rps = measured.get("rps", nan)
    total = sum(met.rps for met in parts)
    if not isfinite(rps) or not total:
        return Met(rps, nan, nan, nan)
    slow, degraded = (
        sum(met.rps * share for met, share in zip(parts, shares, strict=True) if met.rps) / total
        for shares in ([met.slow for met in parts], [met.degraded for met in parts])
    )
    failed = measured["error_share"]
    left = 1.0 - failed if isfinite(failed) else 1.0
    slow = min(slow, left)
    return Met(rps, failed, slow, min(degraded, left - slow))


def _row(journey: Journey, met: Met, view: View) -> tuple[str, ...]:
    p95_ms = view.figures(journey.id).get((None, ""), {}).get("p95_ms")
    usual = view.figures(journey.id, DAY_MS, samples=20).get((None, ""), {}).get("rps", nan)
    shares = tuple(_share(share) for share in (met.good, met.failed, met.slow, met.degraded))
    against = f"{met.rps / usual - 1.0:+.0%}".replace("-0%", "+0%") if usual > 0.0 else "-"
    objective = f"{journey.slo_good_share * 100:g}%" + (" !!" if _bad(journey, met, view) else "")
    slow = figure(p95_ms, "ms") if p95_ms is None or not p95_ms >= 1000 else f"{p95_ms / 1000:.1f} s"
    figures = (slow, figure(met.rps, "/s"), against, objective)
    return (journey.id, *shares, *figures)


def _share(value: float) -> str:
    """Return a share in as few characters as tell it."""
    if not isfinite(value):
        return "-"
    if 0.0005 <= value < 0.0995:
        return f"{value:.1%}"
    return "<0.1%" if 0.0 < value < 0.0005 else f"{value:.0%}"


def _bad(journey: Journey, met: Met, view: View) -> bool:
    """Return whether less than the objective is neither failed nor slow, or what is queued comes late."""
    missed = met.failed + met.slow > 1.0 - journey.slo_good_share + journey.slo_margin
    return missed or _late_s(journey, view) > journey.late_s


def _late_s(journey: Journey, view: View) -> float:
    age_s = view.measured_now(journey.queue, "queue_age_s") if journey.queue is not None else None
    return nan if age_s is None else age_s


def _in_words(journey: Journey, met: Met, view: View) -> str:
    """Return how many people meet it, roughly: nobody knows better from requests."""
    bad = met.failed + met.slow
    parts = []
    if isfinite(bad) and bad * _ONE_IN_MAX >= 1.0:
        active = met.rps * 60.0 / journey.requests_per_user_min
        noticed = active * (1.0 - (1.0 - bad) ** max(1.0, journey.requests_per_user_min))
        what = "failed or slow"
        if met.failed > 2.0 * met.slow or met.slow > 2.0 * met.failed:
            what = "failed" if met.failed > met.slow else "slow"
        some, every = _rounded(noticed), _rounded(active)
        whom = f"all {every}" if some == every else f"some {some} of {every}"
        parts.append(f"{_often(bad)} {what}; {whom} active users notice it each minute")
    late_s = _late_s(journey, view)
    if late_s > journey.late_s:
        parts.append(f"what goes through {journey.queue} comes {ago(round(late_s * 1000))} late")
    return f"{journey.id}: {'; '.join(parts) or 'a little below its objective'}"


def _often(share: float) -> str:
    """Return a share of requests as people say it."""
    if share > 0.9:
        return "nearly all requests"
    if share > 0.4:
        return f"about {round(share * 10)} of 10 requests"
    return f"about 1 of {round(1.0 / share)} requests"


def _rounded(value: float) -> str:
    """Return a number with two digits that mean something: 1,200."""
    if value < 10:
        return f"{max(1, round(value))}"
    digits = int(log10(value)) - 1
    return f"{round(value / 10**digits) * 10**digits:,}"


def _one(journey: Journey, view: View) -> list[Block]:
    assert view.data_ms is not None
    met = _whole(journey, view)
    found = view.clients_of(journey.id)
    titles = {client.id: client.title for client in view.world.clients}
    rows = [_client_row(client, one, titles[client]) for client, one in found.items()]
    tones: list[Tone] = [_tone(journey, one) for one in found.values()]
    about = f"{journey.id}: {journey.title}"
    blocks: list[Block] = [
        Line(f"{about}, the minute until {view.wall_clock(view.data_ms)}", "title"),
        Line(
            f"users wait {figure(journey.timeout_ms, 'ms')} at most, more than "
            f"{figure(journey.slow_ms, 'ms')} is slow; "
            f"objective {journey.slo_good_share * 100:g} % neither failed nor slow"
        ),
        Table(
            ("client", "requests", "good", "failed", "slow", "degraded", ""),
            (*rows, _client_row("all", met, "")),
            (*tones, _tone(journey, met)),
        ),
    ]
    late_s = _late_s(journey, view)
    if isfinite(late_s):
        late = f"what goes through {journey.queue} comes {figure(late_s, 's')} late"
        tone: Tone = "bad" if late_s > journey.late_s else "plain"
        blocks.append(Line(f"{late}; more than {figure(journey.late_s, 's')} is a bad experience", tone))
    if _bad(journey, met, view):
        blocks.append(Line(_in_words(journey, met, view), "bad"))
    return blocks


def _client_row(client: str, met: Met, title: str) -> tuple[str, ...]:
    shares = (figure(share, "%") for share in (met.good, met.failed, met.slow, met.degraded))
    return (client, figure(met.rps, "/s"), *shares, title)


def _tone(journey: Journey, met: Met) -> Tone:
    return "bad" if met.failed + met.slow > 1.0 - journey.slo_good_share + journey.slo_margin else "good"
