"""Go's printf, as far as annotations use it: %s %v %d %f %e %g %q %t %%, with flags, width and precision.

A verb that does not fit its value writes what Go writes, e.g. `%!d(float64=3)`: a team sees so that its
template is wrong. Raises ValueError for what is not done here.
"""

import math
import re
from collections.abc import Sequence

from sim.alerting.templates.literals import not_finite, quoted, written, written_float

WIDTH_MAX = 1_000
_VERB = re.compile(r"%([-+# 0]{0,5})(\d{0,4})(?:\.(\d{0,4}))?(.)", re.DOTALL)
_TYPES = {str: "string", bool: "bool", int: "int", float: "float64"}
_DEFAULT_PRECISION = 6

Printable = str | int | float | bool | None


def printf(form: str, values: Sequence[Printable]) -> str:
    """Return the form with its verbs filled in. Raises ValueError."""
    left = list(values)
    parts, place = [], 0
    while (start := form.find("%", place)) >= 0:
        parts.append(form[place:start])
        found = _VERB.match(form, start)
        if found is None:
            raise ValueError("ends within a verb of printf")
        place = found.end()
        if found[4] == "%":
            parts.append("%")
            continue
        if not left:
            raise ValueError("has more verbs than values")
        parts.append(_written(found, left.pop(0)))
    if left:
        raise ValueError("has fewer verbs than values")
    return "".join([*parts, form[place:]])


def _written(found: re.Match[str], value: Printable) -> str:
    flags, width_text, precision_text, verb = found.groups()
    if verb in "*[xXcUoObpT" or "#" in flags or verb.isdecimal():
        raise ValueError(f"%{verb} of printf is not done here")
    width = int(width_text or 0)
    precision = None if precision_text is None else int(precision_text or 0)
    if width > WIDTH_MAX or (precision or 0) > WIDTH_MAX:
        raise ValueError(f"printf is asked for more than {WIDTH_MAX:,} columns")
    text = _plain(verb, flags, precision, value)
    if text is None:
        return f"%!{verb}({_TYPES.get(type(value), 'nil')}={written(value)})"
    if "-" in flags:
        return text.ljust(width)
    if (
        "0" in flags
        and isinstance(value, int | float)
        and not isinstance(value, bool)
        and math.isfinite(value)
    ):
        sign = text[:1] if text[:1] in "+-" else ""
        return sign + text[len(sign) :].rjust(width - len(sign), "0")
    return text.rjust(width)


def _plain(verb: str, flags: str, precision: int | None, value: Printable) -> str | None:
    """Return a value by its verb, without its width; None where they do not fit."""
    if isinstance(value, str):
        cut = value if precision is None else value[:precision]
        return {"s": cut, "v": cut, "q": quoted(cut)}.get(verb)
    if isinstance(value, bool):
        return written(value) if verb in "tv" else None
    if isinstance(value, int):
        if verb not in "dv":
            return None
        if precision is not None:
            raise ValueError("printf with a precision for a whole number is not done here")
        return _signed(str(value), flags)
    if isinstance(value, float) and verb in "vfFeEgG":
        return _signed(_float(verb, precision, value), flags)
    return None


def _float(verb: str, precision: int | None, value: float) -> str:
    if not math.isfinite(value):
        return not_finite(value).lstrip("+")
    if precision is None and verb in "vgG":
        shortest = written_float(value)
        return shortest.upper() if verb == "G" else shortest
    kind = {"v": "g", "F": "f"}.get(verb, verb)
    return f"{value:.{_DEFAULT_PRECISION if precision is None else precision}{kind}}"


def _signed(text: str, flags: str) -> str:
    if text.startswith("-"):
        return text
    return f"+{text}" if "+" in flags or text == "Inf" else f" {text}" if " " in flags else text
