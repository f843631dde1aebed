"""Numbers and range vectors as Prometheus writes them: a graph is tens of thousands of numbers."""

import numpy as np
import orjson

from sim.bridge.promql.values import Floats, Vector, key

_START = b'{"status":"success","data":{"resultType":"matrix","result":['
_END = b"]}}"


def number_text(value: float) -> str:
    """Return a number as Prometheus writes it."""
    text = repr(float(value))
    if text.endswith(".0"):
        return text[:-2]
    if "e" in text:
        return np.format_float_positional(value, trim="-")
    return {"nan": "NaN", "inf": "+Inf", "-inf": "-Inf"}.get(text, text)


def matrix(of: Vector, times_s: Floats) -> bytes:
    """Return a whole answer to a range query: each element with its points, in the order of labels."""
    times = np.array(_texts(times_s))
    order = sorted(range(len(of.labels)), key=lambda row: key(of.labels[row]))
    rows = []
    for row in order:
        there = of.there[row]
        if there.any():
            points = zip(times[there].tolist(), _texts(of.values[row][there]), strict=True)
            values = ",".join([f'[{t},"{v}"]' for t, v in points])
            rows.append(b'{"metric":%b,"values":[%b]}' % (orjson.dumps(of.labels[row]), values.encode()))
    return b"%b%b%b" % (_START, b",".join(rows), _END)


def _texts(values: Floats) -> list[str]:
    """Return many numbers as `number_text` does."""
    if not np.isfinite(values).all():
        return [number_text(value) for value in values.tolist()]
    texts = orjson.dumps(values.tolist()).decode()[1:-1].split(",") if len(values) else []
    return [
        number_text(float(text)) if "e" in text else text[:-2] if text.endswith(".0") else text
        for text in texts
    ]
