"""The map that ShopMap draws, as an inline SVG."""

import math
from html import escape

WIDTH, HEIGHT, EDGE = 600, 360, 40
KM = 111.195  # of a degree along a meridian
LEAST = 0.2  # degrees: no map shows less
STEPS = [step * 10**power for power in range(5) for step in (1, 2, 5)]  # km of a scale bar
LONGEST = 28  # letters of a name


class Scale:
    """Tells where on the map a longitude and a latitude are: all of `points` have room in it."""

    def __init__(self, points):
        west, east = _ends([longitude for longitude, _ in points])
        south, north = _ends([latitude for _, latitude in points])
        self._middle = (west + east) / 2, (south + north) / 2
        # Towards the poles a degree of longitude gets shorter.
        self._narrow = max(0.05, math.cos(math.radians(self._middle[1])))
        across = (WIDTH - 2 * EDGE) / ((east - west) * self._narrow)
        self._degree = min(across, (HEIGHT - 2 * EDGE) / (north - south))

    def place(self, longitude, latitude):
        """Return x and y of a place."""
        x = WIDTH / 2 + (longitude - self._middle[0]) * self._narrow * self._degree
        return round(x, 1), round(HEIGHT / 2 - (latitude - self._middle[1]) * self._degree, 1)

    def length(self, km):
        """Return how long so many km are in the middle of the map."""
        return round(km / KM * self._degree, 1)

    def bar(self):
        """Return a round number of km that is no longer than a quarter of the map."""
        fits = [km for km in STEPS if self.length(km) <= WIDTH / 4]
        return fits[-1] if fits else STEPS[0]


def _ends(numbers):
    low, high = min(numbers), max(numbers)
    wider = max(0, LEAST - (high - low)) / 2
    return low - wider, high + wider


def picture(places, near, point, radius) -> str:
    """Return the map: {name: place}, [(name, km)] of those near the point, and the radius in km."""
    scale = Scale([*places.values(), point])
    x, y = scale.place(*point)
    found = [name for name, _ in near if name in places]
    lines = "".join(
        _shape("line", "way", x1=x, y1=y, x2=end[0], y2=end[1])
        for end in (scale.place(*places[name]) for name in found)
    )
    shops = "".join(
        _shop(name, scale.place(*place), name in found) for name, place in places.items()
    )
    circle = _shape("circle", "radius", cx=x, cy=y, r=scale.length(radius))
    here = _shape("path", "here", d=f"M{x - 7} {y}H{x + 7}M{x} {y - 7}V{y + 7}")
    told = f"Map of {len(places)} shops; within {radius:,g} km of the point: {len(near)}."
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(told)}">'
        f"{circle}{lines}{shops}{here}{_bar(scale)}</svg>"
    )


def _shape(name, kind, **sizes):
    numbers = " ".join(f'{size}="{value}"' for size, value in sizes.items())
    return f'<{name} class="{kind}" {numbers}/>'


def _shop(name, place, is_near):
    """Return a shop with its name; at the right edge the name stands at the left."""
    x, y = place
    left = x > WIDTH * 0.75
    text = name if len(name) <= LONGEST else name[: LONGEST - 2] + " …"
    dot = _shape("circle", "shop near" if is_near else "shop", cx=x, cy=y, r=5)
    side = 'text-anchor="end"' if left else ""
    return f'{dot}<text x="{x + (-9 if left else 9)}" y="{y + 4}" {side}>{escape(text)}</text>'


def _bar(scale):
    km, y = scale.bar(), HEIGHT - 12
    end = 12 + scale.length(km)
    line = _shape("path", "scale", d=f"M12 {y - 5}V{y}H{end}V{y - 5}")
    return f'{line}<text x="16" y="{y - 8}">{km:,} km</text>'
