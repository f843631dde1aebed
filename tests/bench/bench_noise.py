"""What a day of noise costs: the noisy profile, 40 services with a standard catalogue.

python tests/bench/bench_noise.py
"""

from time import perf_counter

from scenarios.library import FIRST_DRILL, resolve
from sim.alerting.noise.estate import estate
from sim.alerting.noise.ordinary import ordinary_hours
from sim.spec import NoiseProfile

SERVICES = 40
HOURS = 24


def day_s(profile: str = "noisy", seed: int = 1) -> float:
    """Return the seconds that a day takes, from the rules to every alert, once the world is there."""
    of = resolve(FIRST_DRILL).model_copy(update={"world": estate(SERVICES), "changes": (), "faults": ()})
    knobs = NoiseProfile.model_validate(profile)
    began = perf_counter()
    ordinary_hours(of, knobs, HOURS, seed)
    return perf_counter() - began


if __name__ == "__main__":
    for name in ("quiet", "normal", "noisy", "storm"):
        print(f"{name:<8}{1000 * day_s(name):>8.1f} ms")
