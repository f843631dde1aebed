"""Background noise: how rules misfire on an ordinary day.

Noise is made in telemetry, not in alerts: a blip lifts a measured series past its rule's threshold for a
while, so that every false alert can be looked at. The blips of a rule on a day belong to that rule and
day alone; other rules, other days and what people do leave them unchanged.

Without a profile each rule has the noise that the world's file states for it (`own`). With one, the noise of
the whole estate is shared out among the rules (`offenders`), comes in episodes of several kinds (`episodes`)
and in storms (`storms`), and some rules are missing or late (`gaps`).
"""

from sim.alerting.noise.blips import DAY_MS, blip_behind
from sim.alerting.noise.own import blips, blips_of_day

__all__ = ["DAY_MS", "blip_behind", "blips", "blips_of_day"]
