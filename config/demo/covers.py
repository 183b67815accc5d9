"""Hides how the demonstration covers are drawn: geometry, palette, grain and shading, with Pillow alone.
It exists so that the demo newsroom opens on handsome front pages without shipping or licensing a single picture."""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageOps

Point = tuple[float, float]
Colour = tuple[int, int, int]

W, H = 1600, 900  # every motif is composed in these units; its subject stays inside the central 5:2 band
OVERSAMPLING = 2


def _rgb(code: str) -> Colour:
    return ImageColor.getrgb(code)[:3]


def mix(a: Colour, b: Colour, t: float) -> Colour:
    """The colour at `t` (clamped to 0…1) of the way from `a` to `b`."""
    t = min(1.0, max(0.0, t))
    return tuple(round(p + (q - p) * t) for p, q in zip(a, b, strict=True))


@dataclass(frozen=True)
class Scheme:
    """The inks of one picture, from its ground to its single loud accent."""

    ground: Colour
    veil: Colour
    dark: Colour
    main: Colour
    soft: Colour
    pale: Colour
    accent: Colour
    glow: Colour

    @classmethod
    def of(cls, codes: str) -> "Scheme":
        return cls(*(_rgb(f"#{code}") for code in codes.split()))


INK, SEA, CLAY, SAND, PAPER = (_rgb(code) for code in ("#17211f", "#0a5a63", "#a8431f", "#e2b46a", "#f2efe7"))
SCHEMES = (
    Scheme.of("f2efe7 e4ddcb 123f45 0a5a63 5d9494 dfe9e6 a8431f e2b46a"),  # paper
    Scheme.of("123f45 1b5057 0c2a2f 17666e 6fa5a4 dfe9e6 c4582f e2b46a"),  # night
    Scheme.of("ecd2a0 e2b46a 123f45 0a5a63 5d9494 fbfaf6 a8431f f6e6c4"),  # sand
    Scheme.of("dfe9e6 c6d9d5 123f45 0a5a63 5d9494 fbfaf6 a8431f e2b46a"),  # mist
)


class Sheet:
    """An oversampled sheet of paper addressed in W×H units, printed with flat inks and stippled shades."""

    def __init__(self, ground: Colour, rng: random.Random, scale: float) -> None:
        self.scale = scale
        self.image = Image.new("RGB", (round(W * scale), round(H * scale)), ground)
        self.pen = ImageDraw.Draw(self.image)
        noise = Image.frombytes("L", (W, H), rng.randbytes(W * H))
        self.noise = noise.resize(self.image.size, Image.Resampling.BILINEAR)

    def px(self, points: Sequence[Point], dx: float = 0, dy: float = 0) -> list[Point]:
        return [(x * self.scale - dx, y * self.scale - dy) for x, y in points]

    def fill(self, points: Sequence[Point], colour: Colour) -> None:
        self.pen.polygon(self.px(points), fill=colour)

    def line(self, points: Sequence[Point], colour: Colour, width: float = 2) -> None:
        self.pen.line(self.px(points), fill=colour, width=max(1, round(width * self.scale)), joint="curve")

    def disk(self, x: float, y: float, r: float, colour: Colour) -> None:
        self.pen.ellipse(self.px([(x - r, y - r), (x + r, y + r)]), fill=colour)

    def ring(self, x: float, y: float, r: float, colour: Colour, width: float = 2) -> None:
        box = self.px([(x - r, y - r), (x + r, y + r)])
        self.pen.ellipse(box, outline=colour, width=max(1, round(width * self.scale)))

    def shade(
        self, points: Sequence[Point], colour: Colour, angle: float, strength: float = 0.9, power: float = 1.6
    ) -> None:
        """Stipples `colour` inside the outline, denser towards `angle` (degrees, 0 = right, 90 = down)."""
        box = self._box(points)
        if box:
            w, h = box[2] - box[0], box[3] - box[1]
            dx, dy = math.cos(math.radians(angle)), math.sin(math.radians(angle))
            step = 250 / (abs(w * dx) + abs(h * dy))
            matrix = (0, 0, 128, dx * step, dy * step, 128 - (w * dx + h * dy) * step / 2)
            ramp = Image.linear_gradient("L").transform(
                (w, h), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR
            )
            self._stipple(points, box, ramp, colour, strength, power)

    def halo(
        self,
        points: Sequence[Point],
        colour: Colour,
        light: tuple[float, float, float],
        strength: float = 0.9,
        power: float = 1.6,
        inward: bool = False,
    ) -> None:
        """Stipples `colour` inside the outline, denser away from (or `inward`: towards) the light (x, y, reach)."""
        box = self._box(points)
        if box:
            (cx, cy), reach = self.px([light[:2]], box[0], box[1])[0], light[2] * self.scale
            step = 127 / reach
            matrix = (step, 0, 128 - cx * step, 0, step, 128 - cy * step)
            size = (box[2] - box[0], box[3] - box[1])
            radial = Image.radial_gradient("L").transform(
                size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR, fillcolor=255
            )
            self._stipple(points, box, ImageChops.invert(radial) if inward else radial, colour, strength, power)

    def _box(self, points: Sequence[Point]) -> tuple[int, int, int, int] | None:
        xs, ys = zip(*self.px(points), strict=True)
        left, top = max(0, math.floor(min(xs))), max(0, math.floor(min(ys)))
        right, low = min(self.image.width, math.ceil(max(xs))), min(self.image.height, math.ceil(max(ys)))
        return (left, top, right, low) if right > left and low > top else None

    def _stipple(
        self,
        points: Sequence[Point],
        box: tuple[int, int, int, int],
        ramp: Image.Image,
        colour: Colour,
        strength: float,
        power: float,
    ) -> None:
        density = ramp.point([round(255 * strength * (v / 255) ** power) for v in range(256)])
        grains = ImageChops.subtract(density, self.noise.crop(box), scale=0.2)
        mask = Image.new("L", ramp.size)
        ImageDraw.Draw(mask).polygon(self.px(points, box[0], box[1]), fill=255)
        self.image.paste(colour, box, ImageChops.multiply(mask, grains))


def around(x: float, y: float, r: float, n: int = 72) -> list[Point]:
    """The outline of a disk, for the shades."""
    return [(x + r * math.cos(2 * math.pi * i / n), y + r * math.sin(2 * math.pi * i / n)) for i in range(n)]


def turn(points: Sequence[Point], degrees: float, centre: Point) -> list[Point]:
    c, s, (cx, cy) = math.cos(math.radians(degrees)), math.sin(math.radians(degrees)), centre
    return [(cx + (x - cx) * c - (y - cy) * s, cy + (x - cx) * s + (y - cy) * c) for x, y in points]


def bow(a: Point, b: Point, bulge: float, n: int = 40) -> list[Point]:
    """A curve from `a` to `b`, swollen to its left by `bulge` times its length (quadratic Bézier)."""
    cx, cy = (a[0] + b[0]) / 2 + (b[1] - a[1]) * bulge, (a[1] + b[1]) / 2 - (b[0] - a[0]) * bulge
    steps = (i / n for i in range(n + 1))
    return [
        (
            (1 - t) ** 2 * a[0] + 2 * t * (1 - t) * cx + t * t * b[0],
            (1 - t) ** 2 * a[1] + 2 * t * (1 - t) * cy + t * t * b[1],
        )
        for t in steps
    ]


def swell(rng: random.Random, base: float, octaves: int = 3) -> Callable[[float], float]:
    """A smooth random function of x within about ±1, whose longest wave is `base` units."""
    terms = [(0.58**k, 2 * math.pi / (base / 1.9**k), rng.uniform(0, 2 * math.pi)) for k in range(octaves)]
    total = sum(term[0] for term in terms)
    return lambda x: sum(a * math.sin(f * x + p) for a, f, p in terms) / total


def box(x0: float, y0: float, x1: float, y1: float) -> list[Point]:
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]


def backdrop(sheet: Sheet, s: Scheme, angle: float) -> None:
    """A breath of the veil over the ground, so that no ground is a flat screen colour."""
    sheet.shade(box(0, 0, W, H), s.veil, angle, 0.75, 2.0)


def leaf(sheet: Sheet, s: Scheme, a: Point, b: Point, bulge: float) -> None:
    """Two bows from stalk to point: one side in the light, the other in its own shade."""
    colour, upper, lower = mix(s.main, s.soft, 0.35), bow(a, b, bulge), bow(a, b, -bulge)
    sheet.fill(upper + lower[::-1], colour)
    sheet.fill(lower, mix(s.main, s.dark, 0.45))
    sheet.shade(upper + lower[::-1], s.dark, math.degrees(math.atan2(a[1] - b[1], a[0] - b[0])), 0.85, 1.6)
    sheet.line([a, b], mix(s.soft, s.pale, 0.5), 2.5)


def berry(sheet: Sheet, s: Scheme, x: float, y: float, r: float, colour: Colour) -> None:
    night, outline = mix(s.dark, INK, 0.55), around(x, y, r)
    sheet.halo(
        around(x + r * 0.1, y + r * 0.12, r * 1.2), night, (x + r * 0.1, y + r * 0.12, r * 1.2), 3, 1.6, inward=True
    )
    sheet.disk(x, y, r, colour)
    sheet.halo(outline, mix(colour, s.pale, 0.42), (x - r * 0.34, y - r * 0.38, r * 1.1), 0.95, 1.5, inward=True)
    sheet.halo(outline, mix(colour, night, 0.8), (x - r * 0.36, y - r * 0.4, r * 1.62), 1.0, 1.9)
    sheet.halo(outline, s.pale, (x - r * 0.42, y - r * 0.46, r * 0.34), 0.95, 1.1, inward=True)


def _grappe(sheet: Sheet, s: Scheme, rng: random.Random) -> None:
    """A bunch laid across the sheet like a still life: many grow together, one has turned to gold."""
    mirrored, axis, r = rng.random() < 0.5, rng.uniform(20, 34), 70.0
    centre = (W / 2 + rng.uniform(-30, 110), H / 2 + 20)

    def place(*points: Point) -> list[Point]:
        turned = turn([(centre[0] + x, centre[1] + y) for x, y in points], axis, centre)
        return [(W - x, y) if mirrored else (x, y) for x, y in turned]

    backdrop(sheet, s, 90)
    sun = (*place((rng.uniform(-160, 200), rng.uniform(-150, -60)))[0], rng.uniform(300, 340))
    sheet.disk(*sun, mix(s.glow, s.ground, 0.15))
    sheet.shade(around(*sun), s.ground, rng.uniform(60, 120), 1.0, 1.1)
    bud, tip, high, back = place((-5.9 * r, 0), (-9.2 * r, -30), (-4.3 * r, -4.6 * r), (-9.3 * r, 2.5 * r))
    sheet.line(bow(bud, tip, -0.1 if mirrored else 0.1), mix(s.dark, s.accent, 0.3), 13)
    leaf(sheet, s, bud, back, 0.42)
    leaf(sheet, s, bud, high, 0.5)
    spots = []
    for i, count in enumerate((3, 4, 5, 4, 5, 4, 3, 2, 1)):
        for j in range(count):
            across = (j - (count - 1) / 2) * r * 1.52
            spots.append(
                (
                    rng.uniform(0, 1.3) - abs(across) / 210,
                    (i - 4.1) * r * 1.3 + rng.uniform(-9, 9),
                    across + rng.uniform(-9, 9),
                )
            )
    spots.sort()
    gold, ripe = rng.randrange(len(spots) * 3 // 4, len(spots)), rng.choice((s.glow, s.accent))
    for i, (x, y) in enumerate(place(*(spot[1:] for spot in spots))):
        depth = i / len(spots)
        tone = mix(mix(s.dark, s.main, 0.5 + depth), s.soft, depth * 0.75 - 0.15 + rng.uniform(-0.12, 0.12))
        berry(sheet, s, x, y, r * (0.88 + 0.2 * depth), ripe if i == gold else tone)


def _reseau(sheet: Sheet, s: Scheme, rng: random.Random) -> None:
    """Two shores of one sea: water-lines as on old charts, and arcs that sail from port to port."""
    slope, north, south = rng.uniform(-0.12, 0.12), swell(rng, 1300, 4), swell(rng, 1100, 4)
    xs = range(-20, W + 21, 10)
    shores = [
        [(x, 285 + slope * (x - 800) + 105 * north(x)) for x in xs],
        [(x, 665 + slope * (x - 800) + 85 * south(x)) for x in xs],
    ]
    land, water = mix(s.ground, s.veil, 0.35), s.dark if s.ground != s.dark else s.main
    sheet.image.paste(land, (0, 0, *sheet.image.size))
    sea = shores[0] + shores[1][::-1]
    sheet.fill(sea, water)
    sheet.shade(sea, s.main, rng.choice((0, 180)), 0.9, 1.2)
    for k in range(1, 6):
        for shore, way in ((shores[0], 1), (shores[1], -1)):
            sheet.line([(x, y + way * (k * 11 + k * k * 1.4)) for x, y in shore], mix(s.soft, water, k / 7), 1.6)
    for shore, edge, angle in ((shores[0], -30, 90), (shores[1], H + 30, 270)):
        ground = [*shore, (W + 20, edge), (-20, edge)]
        sheet.fill(ground, land)
        sheet.shade(ground, s.glow, angle, 0.55, 2.4)
        sheet.line(shore, mix(s.dark, land, 0.25), 3)
    _ports(sheet, s, rng, shores)


def _ports(sheet: Sheet, s: Scheme, rng: random.Random, shores: list[list[Point]]) -> None:
    """The ports of each shore, the inland towns behind them, and the routes of the two that matter."""
    ports = [
        [shore[round((i + rng.uniform(0.25, 0.75)) * len(shore) / n)] for i in range(n)]
        for shore, n in zip(shores, (7, 6), strict=True)
    ]
    hub, second = ports[0][rng.randrange(2, 5)], ports[1][rng.randrange(1, 5)]
    for row, inland in zip(ports, (-1, 1), strict=True):
        for x, y in row:
            for _ in range(rng.choice((1, 2, 2, 3))):
                town = (x + rng.uniform(-110, 110), y + inland * rng.uniform(50, 170))
                sheet.line([(x, y), town], mix(s.soft, s.ground, 0.35), 2)
                sheet.disk(*town, rng.choice((5, 7, 9)), rng.choice((s.soft, s.soft, s.accent)))
    for port in ports[1]:
        sheet.line(bow(hub, port, 0.16 if port[0] > hub[0] else -0.16), s.glow, 3.5)
    for port in ports[0]:
        if port != hub:
            sheet.line(bow(second, port, 0.2 if port[0] < second[0] else -0.2), s.pale, 2.2)
    for i, port in enumerate(ports[0] + ports[1]):
        size = 9 + 5 * (i % 3)
        sheet.disk(*port, size + 7, s.pale)
        sheet.disk(*port, size, s.dark)
    for port, colour in ((second, s.glow), (hub, s.accent)):
        sheet.disk(*port, 42, s.pale)
        sheet.disk(*port, 34, colour)
        sheet.halo(around(*port, 34), s.dark, (port[0] - 12, port[1] - 14, 70), 0.7, 2)
        sheet.ring(*port, 62, mix(s.pale, s.glow, 0.5), 3)


def _solaire(sheet: Sheet, s: Scheme, rng: random.Random) -> None:
    """A sun whose rings set behind rows of panels that run to the horizon and carry its light to us."""
    horizon, cx = rng.uniform(430, 480), rng.uniform(430, 1170)
    cy, size = horizon - rng.uniform(20, 110), rng.uniform(120, 150)
    warm = mix(s.glow, s.accent, 0.32 if s.glow[2] > 150 else 0.1)
    for k in range(10, 0, -1):
        r = size + k * (46 + 5 * k)
        sheet.disk(cx, cy, r, mix(warm, s.ground, (k / 10.5) ** 0.75))
        sheet.halo(around(cx, cy, r), mix(warm, s.ground, (k / 10.5) ** 0.75 - 0.14), (cx, cy, r), 0.8, 7)
    sheet.disk(cx, cy, size, s.accent)
    sheet.shade(around(cx, cy, size), s.glow, 270, 0.9, 1.5)
    crest = swell(rng, 900)
    hills = [(x, horizon - 16 + 15 * crest(x)) for x in range(-10, W + 11, 10)]
    sheet.fill([*hills, (W, H), (0, H)], mix(s.main, s.dark, 0.6))
    sheet.fill(box(0, horizon, W, H), mix(s.dark, INK, 0.4))
    vanish = cx + rng.uniform(-260, 260)
    for k in range(24, -1, -1):
        near = 1 + k * 0.8 + k * k * 0.02
        _panels(sheet, s, (vanish, horizon), (cx, near, near + 0.58))


def _panels(sheet: Sheet, s: Scheme, eye: Point, row: tuple[float, float, float]) -> None:
    """One row of panels between two depths, brighter under the sun; its cells are ruled when near enough to be seen."""
    (vx, horizon), (cx, near, far) = eye, row
    depth, span, rule = H - horizon + 60, 330 / near, mix(s.dark, s.main, 0.35)
    low, top = horizon + depth / near, horizon + depth / far - 6 / near
    reach = math.ceil(1700 / span)
    for i in range(-reach, reach):
        (a, b), k = (vx + (i + 0.025) * span, vx + (i + 0.975) * span), near / far
        d, c = vx + (a - vx) * k, vx + (b - vx) * k
        if max(b, c) < 0 or min(a, d) > W:
            continue
        quad, gleam = [(a, low), (b, low), (c, top), (d, top)], math.exp(-((((a + b) / 2 - cx) / 210) ** 2))
        sheet.fill(quad, mix(s.main, s.glow, gleam * 0.6 / near**0.2))
        if near < 7:
            sheet.shade(quad, mix(s.soft, s.glow, gleam), 270, 0.9, 1.4)
            for t in (1 / 6, 2 / 6, 3 / 6, 4 / 6, 5 / 6):
                sheet.line([(a + (b - a) * t, low), (d + (c - d) * t, top)], rule, 2 / near**0.6)
            for t in (1 / 3, 2 / 3):
                y = low + (top - low) * t
                sheet.line([(a + (d - a) * t, y), (b + (c - b) * t, y)], rule, 2 / near**0.6)


def _textile(sheet: Sheet, s: Scheme, rng: random.Random) -> None:
    """Warp and weft: close cloth on one side, and on the other the bare threads it is made of."""
    backdrop(sheet, s, 0)
    tilt, twill, shift, mirrored = (
        rng.choice((-1, 1)) * rng.uniform(9, 16),
        rng.choice((2, 3)),
        rng.randrange(3),
        rng.random() < 0.5,
    )
    weft, y, accent = [], -330.0, rng.randrange(5, 8)
    while y < H + 330:
        wide = (120, 44, 84, 84)[len(weft) % 4]
        colour = (
            s.accent
            if len(weft) == accent
            else (s.pale, s.glow, mix(s.glow, s.pale, 0.5), s.glow)[(len(weft) + shift) % 4]
        )
        weft.append((y, y + wide, colour))
        y += wide + 20
    warp, x = [], -190.0
    while x < W + 190:
        wide = max(7.0, 104 * (1 - (x + 190) / 1750))
        warp.append((x, x + wide, (s.main, s.dark, s.main, s.soft)[len(warp) % 4]))
        x += wide + 14 + 26 * (x + 190) / 1980

    def piece(x0: float, y0: float, x1: float, y1: float, colour: Colour, along: float) -> None:
        quad = [(W - px, py) if mirrored else (px, py) for px, py in turn(box(x0, y0, x1, y1), tilt, (W / 2, H / 2))]
        sheet.fill(quad, colour)
        lean = 180 - along - tilt if mirrored else along + tilt
        for end in (lean, lean + 180) if abs(x1 - x0) > 30 else ():
            sheet.shade(quad, mix(colour, s.dark, 0.75), end, 0.85, 3.4)

    for x0, x1, colour in warp:
        piece(x0, -500, x1, H + 500, colour, 90)
    for j, (y0, y1, colour) in enumerate(weft):
        piece(-300, y0, W + 300, y1, colour, 0)
        for i, (x0, x1, thread) in enumerate(warp):
            if (i + j) % twill == 0:
                piece(x0, y0 - 20, x1, y1 + 20, thread, 90)
            else:
                piece(x0 - 7, y0, x1 + 7, y1, colour, 0)


def _mer(sheet: Sheet, s: Scheme, rng: random.Random) -> None:
    """A hull under a large sun, and swell upon swell between it and us."""
    horizon, side = rng.uniform(400, 440), rng.choice((-1, 1))
    backdrop(sheet, s, 270)
    sun = (W / 2 - side * rng.uniform(60, 300), horizon - rng.uniform(30, 110), rng.uniform(185, 225))
    sheet.disk(*sun, s.glow)
    sheet.shade(around(*sun), s.accent, 90, 0.95, 1.3)
    for k in range(7):
        crest = swell(rng, 500 + 190 * k, 2)
        top, reach = horizon + k * (26 + 7.5 * k), 4 + 8.5 * k
        line = [(x, top + reach * crest(x)) for x in range(-10, W + 11, 8)]
        ink = mix(mix(s.soft, s.main, k / 3), s.dark, (k - 3) / 3)
        sheet.fill([*line, (W + 10, H + 10), (-10, H + 10)], ink)
        sheet.shade([*line, *((x, y + 60 + 30 * k) for x, y in line[::-1])], mix(ink, s.pale, 0.5), 270, 0.7, 2.2)
        for n in range(k):
            sheet.line([(x, y + 7 + n * (7 + k)) for x, y in line], mix(ink, s.pale, 0.45 - n * 0.05), 1.6)
        for _ in range(9 - k if k < 5 else 0):
            x, y = rng.gauss(sun[0], 62), top + rng.uniform(8, 20 + 9 * k)
            half = rng.uniform(14, 60) * (1 - abs(x - sun[0]) / 300)
            sheet.line([(x - half, y), (x + half, y)], mix(s.glow, ink, 0.1 + 0.12 * k), 3)
        if k == 1:
            _ship(sheet, s, rng, (W / 2 + side * rng.uniform(40, 220), horizon + 62, side))


def _ship(sheet: Sheet, s: Scheme, rng: random.Random, place: tuple[float, float, int]) -> None:
    """A container ship in profile, its bow towards `place`'s side; the next wave hides its waterline."""

    def at(*points: Point) -> list[Point]:
        return [(place[0] + place[2] * x, place[1] + y) for x, y in points]

    iron, stacks = mix(s.dark, INK, 0.55), (3, 4, 4, 3, 4, 4, 3, 3, 2, 2)
    for i, height in enumerate(stacks):
        for j in range(height - (rng.random() < 0.4)):
            colour = (
                s.accent if rng.random() < 0.2 else (s.main, s.dark, s.soft)[(i * 5 + j * 3 + rng.randrange(2)) % 3]
            )
            sheet.fill(at(*box(-190 + i * 44, -84 - j * 25, -148 + i * 44, -61 - j * 25)), colour)
    tower = at((-280, -58), (-280, -178), (-216, -178), (-204, -58))
    sheet.fill(tower, s.pale)
    sheet.shade(tower, s.soft, 90, 0.9, 1.4)
    sheet.fill(at(*box(-292, -190, -198, -174)), iron)
    sheet.fill(at(*box(-272, -228, -244, -190)), s.accent)
    sheet.line(at((-222, -190), (-222, -244)), iron, 4)
    hull = at((-322, -60), (262, -60), (290, -82), (372, -92), (300, 44), (-300, 44))
    sheet.fill(hull, iron)
    sheet.shade(hull, s.main, 270, 0.75, 1.8)
    sheet.fill(at((-306, 14), (316, 14), (300, 44), (-300, 44)), s.accent)


def _rotor(sheet: Sheet, s: Scheme, c: Point, r: float, n: int) -> None:
    """A turbine wheel: swept blades, each lit on one edge."""
    sheet.disk(*c, r, mix(s.dark, INK, 0.45))
    for i in range(n):
        a = 360 * i / n
        root = [(c[0] + r * 0.24, c[1] - r * 0.02), (c[0] + r * 0.24, c[1] + r * 0.06)]
        tips = turn([(c[0] + r * 0.95, c[1]), (c[0] + r * 0.95, c[1] + r * 3.6 / n)], 300 / n + 10, c)
        blade = turn([*bow(root[0], tips[0], 0.13, 16), *bow(root[1], tips[1], 0.13, 16)[::-1]], a, c)
        sheet.fill(blade, mix(s.main, s.soft, 0.5 + 0.5 * math.cos(math.radians(a + 135))))
        sheet.halo(blade, s.pale, (*c, r * 1.15), 0.9, 2.2)
    sheet.ring(*c, r, s.soft, r * 0.035)
    for k, colour in ((0.27, s.dark), (0.22, s.accent), (0.1, s.dark), (0.06, s.glow)):
        sheet.disk(*c, r * k, colour)
    sheet.shade(around(*c, r * 0.22), s.glow, 230, 0.8, 2)
    sheet.disk(*c, r * 0.09, s.dark)


def _gear(
    sheet: Sheet, s: Scheme, c: Point, teeth: int, module: float, phase: float, inks: tuple[Colour, Colour]
) -> None:
    """A toothed wheel of pitch radius teeth × module / 2, its first tooth at `phase` degrees."""
    r, step = teeth * module / 2, 2 * math.pi / teeth
    profile = ((-0.29, -1.05), (-0.15, 0.85), (0.15, 0.85), (0.29, -1.05))
    rim = [
        (
            c[0] + (r + h * module) * math.cos((i + t) * step + math.radians(phase)),
            c[1] + (r + h * module) * math.sin((i + t) * step + math.radians(phase)),
        )
        for i in range(teeth)
        for t, h in profile
    ]
    sheet.fill(rim, inks[0])
    sheet.shade(rim, inks[1], 50, 0.9, 1.5)
    sheet.disk(*c, r - 2.6 * module, mix(inks[0], inks[1], 0.55))
    sheet.ring(*c, r - 2.6 * module, mix(inks[0], s.pale, 0.5), 2.5)
    for i in range(6):
        x, y = turn([(c[0] + r * 0.5, c[1])], 60 * i + phase, c)[0]
        sheet.disk(x, y, r * 0.15, s.ground)
    sheet.disk(*c, r * 0.22, inks[0])
    sheet.disk(*c, r * 0.1, s.ground)


def _train(rng: random.Random, s: Scheme) -> tuple[tuple[int, float, tuple[Colour, Colour]], ...]:
    """The two driven wheels: teeth, heading from the wheel before, inks."""
    gold, clay = (s.glow, mix(s.glow, s.accent, 0.6)), (s.accent, mix(s.accent, s.dark, 0.5))
    return (18, rng.uniform(-26, -16), gold), (12, rng.uniform(48, 78), clay)


def _atelier(sheet: Sheet, s: Scheme, rng: random.Random) -> None:
    """One great turbine, and the wheels it drives, reduced to circles and teeth."""
    backdrop(sheet, s, 45)
    side, module = rng.choice((-1, 1)), 24.0
    big = (W / 2 - side * rng.uniform(250, 340), H / 2 + rng.uniform(-30, 30))
    _gear(sheet, s, big, 40, module, 0, (s.soft, s.main))
    wheels, at, teeth, phase = [], big, 40, 0.0
    for n, heading, inks in _train(rng, s):
        angle = heading if side > 0 else 180 - heading
        reach = (teeth + n) * module / 2
        spot = (at[0] + reach * math.cos(math.radians(angle)), at[1] + reach * math.sin(math.radians(angle)))
        phase = angle + 180 + (angle - phase) * teeth / n + 180 / n
        wheels.append((spot, n, phase, inks))
        at, teeth = spot, n
    for spot, n, turned, inks in wheels:
        _gear(sheet, s, spot, n, module, turned, inks)
    _rotor(sheet, s, big, 400, 26)


def _agro(sheet: Sheet, s: Scheme, rng: random.Random) -> None:
    """Terraces seen from the air: each step follows the hill, ploughed, sown or planted with olive trees."""
    olive, straw, edges = _rgb("#87905f"), mix(SAND, PAPER, 0.5), [-420.0]
    tints = [
        straw,
        SAND,
        olive,
        mix(SAND, olive, 0.5),
        mix(olive, s.main, 0.45),
        mix(s.accent, SAND, 0.35),
        mix(s.soft, olive, 0.4),
        straw,
    ]
    tilt, hill, flat = rng.choice((-1, 1)) * rng.uniform(12, 24), swell(rng, 1500, 2), swell(rng, 1900, 2)
    while edges[-1] < H + 420:
        edges.append(edges[-1] + rng.choice((64, 96, 128, 160)))

    def level(y: float) -> list[Point]:
        blend = (y + 420) / (H + 840)
        line = [(x, y + 95 * (hill(x) * (1 - blend) + flat(x + 300) * blend)) for x in range(-260, W + 261, 10)]
        return turn(line, tilt, (W / 2, H / 2))

    last, stone = -1, mix(s.dark, INK, 0.3)
    for y0, y1 in zip(edges, edges[1:], strict=False):
        cuts = sorted({0, 212, *(rng.randrange(30, 180) for _ in range(2))})
        upper, lower = level(y0), level(y1)
        for a, b in zip(cuts, cuts[1:], strict=False):
            last = rng.choice([i for i in range(len(tints)) if i != last])
            parcel = upper[a : b + 1] + lower[a : b + 1][::-1]
            sheet.fill(parcel, tints[last])
            sheet.shade(parcel, mix(tints[last], s.dark, 0.5), 90 + tilt, 0.6, 1.6)
            rows = max(1, round((y1 - y0) / 42))
            if y1 - y0 > 70 and rng.random() < 0.5:
                for k in range(rows):
                    _trees(sheet, s, rng, level(y0 + (y1 - y0) * (k + 0.5) / rows)[a + 2 + k % 2 * 2 : b - 2 : 4])
            else:
                for k in range(1, rows * 4):
                    sheet.line(level(y0 + (y1 - y0) * k / (rows * 4))[a : b + 1], mix(tints[last], s.dark, 0.32), 1.8)
            sheet.line([upper[b], lower[b]], stone, 3)
        sheet.line(lower, stone, 6)
        sheet.line([(x, y + 5) for x, y in lower], mix(PAPER, straw, 0.4), 4)


def _trees(sheet: Sheet, s: Scheme, rng: random.Random, row: list[Point]) -> None:
    """Olive trees from above, each with the long shadow of the afternoon."""
    crown, shadow = mix(s.dark, s.main, 0.35), mix(s.dark, INK, 0.45)
    for x, y in row:
        x, y, r = x + rng.uniform(-3, 3), y + rng.uniform(-3, 3), rng.uniform(10.5, 14)
        for k in (0.35, 0.7, 1.05):
            sheet.disk(x + r * k, y + r * k * 0.8, r * (1 - k * 0.12), shadow)
        sheet.disk(x, y, r, crown)
        sheet.halo(
            around(x, y, r, 20), mix(s.soft, SAND, 0.35), (x - r * 0.4, y - r * 0.4, r * 1.3), 1.0, 1.0, inward=True
        )


def _numerique(sheet: Sheet, s: Scheme, rng: random.Random) -> None:
    """A signal crosses a grid of cells; the closer it passes, the finer the grid divides to follow it."""
    wave, swing, middle = swell(rng, 1250, 3), rng.uniform(170, 215), H / 2 + rng.uniform(-25, 25)
    night = s.ground == SCHEMES[1].ground

    def cell(x: float, y: float, side: float) -> None:
        gap = abs(y + side / 2 - middle - swing * wave(x + side / 2))
        if side > 25 and gap < side * 0.86 + (20 if side < 100 else 0):
            for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1)):
                cell(x + dx * side / 2, y + dy * side / 2, side / 2)
        else:
            _module(sheet, s, rng, (x, y, side), gap, night)

    for i in range(8):
        for j in range(5):
            cell(i * 200, j * 200 - 50, 200)


def _module(
    sheet: Sheet, s: Scheme, rng: random.Random, spot: tuple[float, float, float], gap: float, night: bool
) -> None:
    """One cell: a tone that fades with its distance from the signal, and a quarter disk, a disk or nothing in it."""
    x, y, side = spot
    margin, away = 2.5, min(1.0, gap / 330)
    quad = box(x + margin, y + margin, x + side - margin, y + side - margin)
    if side <= 25 and gap < 24:
        sheet.fill(quad, s.accent if gap < 11 else s.glow)
        return
    tone = mix(s.main, s.veil, away**0.6 + rng.uniform(-0.08, 0.08)) if not night else mix(s.soft, s.veil, away**0.5)
    sheet.fill(quad, tone)
    sheet.shade(quad, mix(tone, s.dark, 0.35), rng.choice((45, 135, 225, 315)), 0.6, 2)
    shape, ink = rng.random(), rng.choice((mix(tone, s.pale, 0.45), mix(tone, s.dark, 0.55)))
    if side >= 50 and shape < 0.34:
        corner = rng.randrange(4)
        arc = around(0, 0, side - margin * 2, 80)[corner * 20 : corner * 20 + 21]
        cx, cy = (
            x + (margin if corner in (0, 3) else side - margin),
            y + (margin if corner in (0, 1) else side - margin),
        )
        wedge = [(cx, cy), *((cx + px, cy + py) for px, py in arc), (cx, cy)]
        sheet.fill(wedge, ink)
        sheet.shade(wedge, mix(ink, s.dark, 0.4), 45, 0.6, 2)
    elif side >= 50 and shape < 0.5:
        sheet.disk(x + side / 2, y + side / 2, side * 0.3, ink)


def _territoires(sheet: Sheet, s: Scheme, rng: random.Random) -> None:
    """Eight territories cut out of paper, each with its own relief, held together by the same shore."""
    sea = s.dark if s.ground in (SCHEMES[1].ground, SCHEMES[0].ground) else s.main
    sheet.fill(box(0, 0, W, H), sea)
    sheet.shade(box(0, 0, W, H), mix(sea, INK, 0.5), rng.choice((45, 90, 135)), 0.8, 1.4)
    sites = [
        (
            W / 2 + (i - 1.5) * 310 + rng.uniform(-60, 60) + (60 if j else -60),
            H / 2 + (j - 0.5) * 280 + rng.uniform(-45, 45),
        )
        for j in range(2)
        for i in range(4)
    ]
    tints = [
        s.glow,
        s.accent,
        s.soft,
        mix(s.pale, s.soft, 0.3),
        mix(SAND, s.accent, 0.5),
        mix(s.soft, s.pale, 0.4),
        mix(SAND, PAPER, 0.5),
        mix(s.soft, s.main, 0.35),
    ]
    rng.shuffle(tints)
    cells = [_cell(rng, site, [other for other in sites if other != site]) for site in sites]
    for k in range(4, 0, -1):
        for cell, site in zip(cells, sites, strict=True):
            sheet.fill(_towards(cell, site, 1 + 0.07 * k), mix(sea, s.soft, 0.09 * (5 - k)))
    for cell, site, tint in zip(cells, sites, tints, strict=True):
        peak, shadow = (
            (site[0] + rng.uniform(-40, 40), site[1] + rng.uniform(-30, 30)),
            mix(mix(tint, s.dark, 0.8), INK, 0.3),
        )
        for k in range(7):
            level = _towards(
                cell, (site[0] + (peak[0] - site[0]) * k / 6, site[1] + (peak[1] - site[1]) * k / 6), 0.98 - k * 0.142
            )
            sheet.fill([(x + 6 - k * 0.5, y + 8 - k * 0.6) for x, y in level], shadow)
            sheet.fill(level, mix(tint, PAPER, k * 0.075))
            sheet.shade(level, mix(tint, s.dark, 0.5), 50, 0.75, 2.0)


def _towards(points: Sequence[Point], centre: Point, k: float) -> list[Point]:
    return [(centre[0] + (x - centre[0]) * k, centre[1] + (y - centre[1]) * k) for x, y in points]


def _cell(rng: random.Random, site: Point, others: Sequence[Point]) -> list[Point]:
    """The softened Voronoi cell of `site` as a polar outline: the nearest bisector bounds each ray, the sea the others."""
    waves, outline = [(n, rng.uniform(0, 2 * math.pi)) for n in (2, 3, 5, 9, 14)], []
    for i in range(240):
        a = math.pi * i / 120
        coast = 1 / (245 * (1 + sum(0.16 / n**0.7 * math.sin(n * a + p) for n, p in waves)))
        near = [
            (dx * math.cos(a) + dy * math.sin(a)) * 2 / (dx * dx + dy * dy)
            for dx, dy in ((x - site[0], y - site[1]) for x, y in others)
        ]
        r = sum(max(0.0, bound) ** 11 for bound in (*near, coast)) ** (-1 / 11)
        outline.append((site[0] + r * math.cos(a), site[1] + r * math.sin(a)))
    return outline


_DRAWINGS: dict[str, Callable[[Sheet, Scheme, random.Random], None]] = {
    "grappe": _grappe, "reseau": _reseau, "solaire": _solaire, "textile": _textile, "mer": _mer,
    "atelier": _atelier, "agro": _agro, "numerique": _numerique, "territoires": _territoires,
}  # fmt: skip
MOTIFS: tuple[str, ...] = tuple(_DRAWINGS)


def draw(motif: str, seed: int, size: tuple[int, int] = (1600, 900)) -> Image.Image:
    """The cover of `motif` for `seed` as an RGB picture, always the same for the same arguments."""
    if motif not in _DRAWINGS:
        raise ValueError(f"unknown motif {motif!r}; expected one of {', '.join(MOTIFS)}")
    rng = random.Random(f"{motif}/{seed}")  # noqa: S311 (a drawing, not a secret)
    scheme = SCHEMES[(seed + MOTIFS.index(motif)) % len(SCHEMES)]
    sheet = Sheet(scheme.ground, rng, OVERSAMPLING * max(1.0, size[0] / W, size[1] / H))
    _DRAWINGS[motif](sheet, scheme, rng)
    picture = ImageOps.fit(sheet.image, size, Image.Resampling.LANCZOS)
    return _grain(picture, rng)


def _grain(picture: Image.Image, rng: random.Random) -> Image.Image:
    """A tooth of paper over the whole print: a few levels lighter or darker, never a colour."""
    noise = Image.frombytes("L", picture.size, rng.randbytes(picture.width * picture.height)).point(
        lambda v: 122 + v // 20
    )
    return ImageChops.add(picture, Image.merge("RGB", (noise, noise, noise)), offset=-128)
