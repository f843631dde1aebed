"""Public holidays of a country or a part of it, by a library that keeps them up to date."""

from datetime import date, datetime, timedelta

import holidays as library


def supported(code: str) -> bool:
    """Return whether holidays of DE, DE-BY and the like are known."""
    country, _, part = code.partition("-")
    known = library.list_supported_countries()
    return country in known and (not part or part in known[country])


def holidays_between(code: str | None, first: datetime, last: datetime) -> dict[date, str]:
    """Return the holidays between two instants, by day; none without a code."""
    if code is None:
        return {}
    country, _, part = code.partition("-")
    years = range(first.year, last.year + 1)
    found = library.country_holidays(country, subdiv=part or None, years=years)
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return {day.date(): found[day.date()] for day in days if day.date() in found}
