"""The noise of a whole estate: a named profile, and the knobs that it sets."""

from types import MappingProxyType
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from sim.spec.base import Frozen, Share, Span

ProfileName = Literal["quiet", "normal", "noisy", "storm"]
NoiseKind = Literal["flapping", "repeats", "low_value", "change", "unrelated", "storm"]
"""What makes an alert that is not of the incident; `unrelated` is real trouble that needs a ticket."""

Minutes = Annotated[float, Field(ge=0.5, le=240, allow_inf_nan=False)]
Hour = Annotated[float, Field(ge=0, lt=24, allow_inf_nan=False)]

PROFILES: MappingProxyType[str, dict[str, float]] = MappingProxyType(
    {
        "quiet": {"alerts_per_h": 0.5},
        "normal": {"alerts_per_h": 1.5},
        "noisy": {"alerts_per_h": 3.0, "storms_per_day": 1 / 7},
        "storm": {"alerts_per_h": 3.0, "storms_per_day": 24.0},
    }
)
"""What each profile sets; every other knob has its default. An alert storm a week is what noisy estates
report; one an hour is for practice and describes no real estate."""


class NoiseProfile(Frozen):
    """How an estate misfires, beside what the incident brings.

    Written as the name of a profile, or as a mapping with `profile` (default: normal) and any knobs. Figures
    called assumptions have no published source. Lengths are those of alerts: how long one fires.
    """

    profile: ProfileName = "normal"
    alerts_per_h: float = Field(
        default=1.5,
        ge=0,
        le=60,
        allow_inf_nan=False,
        description="alerts an hour for every twelve components, storms aside; 0.5 to 3 is an assumption "
        "that lies around '10 a day or more' of 77 % of teams (NeuBird survey 2026)",
    )
    zipf_exponent: float = Field(
        default=1.2,
        ge=0,
        le=3,
        allow_inf_nan=False,
        description="the n-th worst rule fires n to the minus this as often as the worst; an assumption",
    )
    flapping_share: Share = Field(
        default=0.35, description="transient and toggling, of all alerts; an assumption"
    )
    repeats_share: Share = Field(
        default=0.25, description="the same trouble told again and again; an assumption"
    )
    low_value_share: Share = Field(
        default=0.20, description="thresholds on disk, memory or CPU that mean nothing; an assumption"
    )
    change_share: Share = Field(default=0.12, description="deploys, maintenance, nightly jobs; an assumption")
    unrelated_share: Share = Field(
        default=0.05,
        description="real trouble that needs a ticket; an assumption beside 2 to 5 % actionable alerts "
        "(attributed to PagerDuty by sutrace.io)",
    )
    flap_on_min: Minutes = Field(
        default=4.0, description="mean minutes that a flapping alert fires, exponential; 3 to 8 are assumed"
    )
    flap_off_min: Minutes = Field(
        default=6.0, description="mean minutes until it fires again, exponential; 3 to 8 are assumed"
    )
    flaps_per_episode: float = Field(
        default=3.0, ge=1, le=30, allow_inf_nan=False, description="mean alerts of one episode; an assumption"
    )
    repeats_per_episode: float = Field(
        default=3.0, ge=1, le=30, allow_inf_nan=False, description="mean alerts of one episode; an assumption"
    )
    repeat_every_min: Minutes = Field(
        default=40.0, description="minutes from one repeat to the next; an assumption"
    )
    low_value_lasts_min: Minutes = Field(default=25.0, description="mean, exponential; an assumption")
    change_lasts_min: Minutes = Field(default=6.0, description="mean, exponential; an assumption")
    unrelated_lasts_min: Minutes = Field(
        default=74.0,
        description="median, lognormal, 20 to 240; the median incident of public status pages",
    )
    deploy_share: Share = Field(
        default=0.5, description="of `change_share`, what follows changes; the rest comes at night"
    )
    nightly_from_h: Hour = Field(default=1.0, description="nightly jobs begin from this local hour on")
    nightly_to_h: Hour = Field(default=5.0, description="and up to this one; an assumption")
    storms_per_day: float = Field(
        default=0.0,
        ge=0,
        le=96,
        allow_inf_nan=False,
        description="shared causes that lift many rules at once",
    )
    storm_rules_share: Share = Field(
        default=1.0, description="rules within a storm's reach that it lifts; an assumption"
    )
    storm_lasts_min: float = Field(
        default=8.0,
        ge=5,
        le=60,
        allow_inf_nan=False,
        description="mean minutes, from 0.6 to 1.4 of it; an assumption",
    )
    missing_share: Share = Field(
        default=0.086,
        description="cause rules that do not exist: no monitors, 8.6 % (Ghosh et al., SoCC 2022)",
    )
    astray_share: Share = Field(
        default=0.086,
        description="cause rules that watch the wrong signal: telemetry coverage, 8.6 % (the same study)",
    )
    late_share: Share = Field(
        default=0.105, description="cause rules that come late: monitor bug, 10.5 % (the same study)"
    )
    late_s: Span = Field(default=480, description="so much longer a late rule waits; an assumption")

    @model_validator(mode="before")
    @classmethod
    def _of_profile(cls, value: Any) -> Any:
        """Return the knobs of the profile that is named, overlaid by those that are given."""
        given = {"profile": value} if isinstance(value, str) else value
        if not isinstance(given, dict):
            return given
        name = given.get("profile", "normal")
        return {**PROFILES.get(name, {}), **given} if isinstance(name, str) else given

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if sum(self.shares.values()) <= 0.0:
            raise ValueError("every kind of noise has a share of 0; give one a share, or alerts_per_h: 0")
        if self.missing_share + self.astray_share + self.late_share > 1.0:
            raise ValueError("missing_share, astray_share and late_share should add up to 1 at most")
        return self

    @property
    def shares(self) -> dict[NoiseKind, float]:
        """The share of each kind among all alerts outside storms, as given: they need not add up to 1."""
        return {
            "flapping": self.flapping_share,
            "repeats": self.repeats_share,
            "low_value": self.low_value_share,
            "change": self.change_share,
            "unrelated": self.unrelated_share,
        }
