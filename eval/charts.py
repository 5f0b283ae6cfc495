"""Figures → the places of bars, stacks and ribbons in a picture, in per cent or in its own units."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from eval.causes import CAUSES
from eval.outcomes import Scale

_TALL = 220.0  # of a flow, in units of its width of 360
_LABEL = 13.0  # the least room for a line of text
_LEFT, _RIGHT, _THICK = 126.0, 226.0, 8.0  # where the two stacks stand

Place = dict[str, Any]


def interval_bar(mean: float | None, ci95: Sequence[float] | None, scale: Scale) -> Place | None:
    """Where mean, interval and zero lie on the scale, in per cent; None without a mean, or for a count."""
    if mean is None or ci95 is None or scale.highest > 1:
        return None
    at = [100 * (x - scale.lowest) / (scale.highest - scale.lowest) for x in (mean, *ci95, 0.0)]
    mean_at, low, high, zero = (min(max(x, 0.0), 100.0) for x in at)
    return {"mean": round(mean_at, 2), "low": round(low, 2), "wide": round(high - low, 2), "zero": zero}


def stack(counts: Mapping[str, int]) -> list[Place]:
    """One stacked bar of causes, in per cent of its length."""
    whole, at = sum(counts.values()) or 1, 0
    placed = []
    for cause in CAUSES:
        if count := counts.get(cause, 0):
            placed.append({"cause": cause, "n": count, "at": 100 * at / whole, "wide": 100 * count / whole})
            at += count
    return placed


def flow(pairs: Iterable[tuple[str, str]]) -> Place:
    """Two stacks of causes, before and after, and the ribbons between them."""
    counts = Counter(pairs)
    unit = _TALL / (counts.total() or 1)
    left = _nodes(Counter(before for before, _ in counts.elements()), unit)
    right = _nodes(Counter(after for _, after in counts.elements()), unit)
    ribbons = []
    used: Counter[tuple[str, str]] = Counter()
    for (before, after), count in sorted(counts.items(), key=lambda each: tuple(map(_order, each[0]))):
        start = left[before]["y"] + used["from", before] * unit
        end = right[after]["y"] + used["to", after] * unit
        used["from", before] += count
        used["to", after] += count
        path = _ribbon(start, end, count * unit)
        ribbons.append({"from": before, "to": after, "n": count, "path": path})
    tall = max(node["y"] + node["room"] for node in [*left.values(), *right.values()])
    return {"tall": tall, "left": left.values(), "right": right.values(), "ribbons": ribbons}


def _nodes(counts: Mapping[str, int], unit: float) -> dict[str, Place]:
    nodes, y = {}, 4.0
    for cause in sorted(counts, key=_order):
        high = counts[cause] * unit
        room = max(high, _LABEL) + 2
        nodes[cause] = {"cause": cause, "n": counts[cause], "y": y, "high": high, "room": room}
        y += room
    return nodes


def _ribbon(start: float, end: float, thick: float) -> str:
    left, right = _LEFT + _THICK, _RIGHT
    middle = (left + right) / 2
    above = f"M{left} {start:.2f}C{middle} {start:.2f} {middle} {end:.2f} {right} {end:.2f}"
    start, end = start + thick, end + thick
    return f"{above}V{end:.2f}C{middle} {end:.2f} {middle} {start:.2f} {left} {start:.2f}Z"


def _order(cause: str) -> int:
    return list(CAUSES).index(cause)
