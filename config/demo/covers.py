"""Hides how the demonstration covers are drawn: geometry, palette, grain and shading, with Pillow alone.
It exists so that the demo newsroom opens on handsome front pages without shipping or licensing a single picture."""

import math
import random
from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageOps

Point = tuple[float, float]
Colour = tuple[int, int, int]
Light = float | tuple[float, float, float]  # a heading in degrees (0 = right, 90 = down), or a spot: x, y, reach
_INKS = ("ground", "veil", "dark", "main", "soft", "pale", "accent", "glow")
Scheme = NamedTuple("Scheme", [(ink, Colour) for ink in _INKS])

W, H, OVERSAMPLING = 1600, 900, 2  # motifs are composed in W×H units; their subject stays in the central 5:2 band
INK, SAND, PAPER, OLIVE = (ImageColor.getrgb(code)[:3] for code in ("#17211f", "#e2b46a", "#f2efe7", "#87905f"))
_CODES = """f2efe7 e4ddcb 123f45 0a5a63 5d9494 dfe9e6 a8431f e2b46a
            123f45 1b5057 0c2a2f 17666e 6fa5a4 dfe9e6 c4582f e2b46a
            ecd2a0 e2b46a 123f45 0a5a63 5d9494 fbfaf6 a8431f f6e6c4
            dfe9e6 c6d9d5 123f45 0a5a63 5d9494 fbfaf6 a8431f e2b46a"""
DAY, NIGHT, NOON, MIST = SCHEMES = [Scheme(*map(tuple, map(bytes.fromhex, r.split()))) for r in _CODES.splitlines()]


def mix(a: Colour, b: Colour, t: float) -> Colour:
    """The colour at `t` (clamped to 0…1) of the way from `a` to `b`."""
    return tuple(round(p + (q - p) * min(1.0, max(0.0, t))) for p, q in zip(a, b, strict=True))


class Sheet:
    """An oversampled sheet of paper addressed in W×H units: flat inks, lines, and stippled shades."""

    def __init__(self, ground: Colour, rng: random.Random, scale: float) -> None:
        self.scale, self.image = scale, Image.new("RGB", (round(W * scale), round(H * scale)), ground)
        self.pen, noise = ImageDraw.Draw(self.image), Image.frombytes("L", (W, H), rng.randbytes(W * H))
        self.noise = noise.resize(self.image.size, Image.Resampling.BILINEAR)

    def px(self, points: Sequence[Point], dx: float = 0, dy: float = 0) -> list[Point]:
        return [(x * self.scale - dx, y * self.scale - dy) for x, y in points]

    def line(self, points: Sequence[Point], colour: Colour, width: float = 2) -> None:
        self.pen.line(self.px(points), fill=colour, width=max(1, round(width * self.scale)), joint="curve")

    def fill(self, points: Sequence[Point], colour: Colour, *shade: Colour | Light) -> None:
        self.pen.polygon(self.px(points), fill=colour)
        if shade:
            self.shade(points, *shade)

    def shade(self, points: Sequence[Point], ink: Colour, light: Light, load: float = 0.9, power: float = 1.6) -> None:
        """Stipples the outline denser along a heading or away from a spot; a negative load gathers at the spot."""
        xs, ys = zip(*self.px(points), strict=True)
        left, top = max(0, math.floor(min(xs))), max(0, math.floor(min(ys)))
        w, h = min(self.image.width, math.ceil(max(xs))) - left, min(self.image.height, math.ceil(max(ys))) - top
        w, h = max(1, w), max(1, h)  # a shape off the sheet leaves no mark
        if isinstance(light, tuple):
            (x, y), k = self.px([light[:2]], left, top)[0], 127 / light[2] / self.scale
            ramp, matrix = Image.radial_gradient("L"), (k, 0, 128 - x * k, 0, k, 128 - y * k)
        else:
            x, y = math.cos(math.radians(light)), math.sin(math.radians(light))
            k, ramp = 250 / (abs(w * x) + abs(h * y)), Image.linear_gradient("L")
            matrix = (0, 0, 128, x * k, y * k, 128 - (w * x + h * y) * k / 2)
        ramp = ramp.transform((w, h), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR, fillcolor=255)
        levels = [round(255 * abs(load) * (v / 255) ** power) for v in range(256)][:: 1 if load > 0 else -1]
        grains = ImageChops.subtract(ramp.point(levels), self.noise.crop((left, top, left + w, top + h)), 0.2)
        mask = Image.new("L", (w, h))
        ImageDraw.Draw(mask).polygon(self.px(points, left, top), fill=255)
        self.image.paste(ink, (left, top), ImageChops.multiply(mask, grains))


def around(x: float, y: float, r: float, n: int = 90) -> list[Point]:
    return [(x + r * math.cos(2 * math.pi * i / n), y + r * math.sin(2 * math.pi * i / n)) for i in range(n + 1)]


def box(x0: float, y0: float, x1: float, y1: float) -> list[Point]:
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]


def turn(points: Sequence[Point], degrees: float, centre: Point = (W / 2, H / 2)) -> list[Point]:
    c, s, (cx, cy) = math.cos(math.radians(degrees)), math.sin(math.radians(degrees)), centre
    return [(cx + (x - cx) * c - (y - cy) * s, cy + (x - cx) * s + (y - cy) * c) for x, y in points]


def bow(a: Point, b: Point, bulge: float, n: int = 40) -> list[Point]:
    """A quadratic curve from `a` to `b`, swollen to its left by `bulge` times its length."""
    x, y = (a[0] + b[0]) / 2 + (b[1] - a[1]) * bulge, (a[1] + b[1]) / 2 - (b[0] - a[0]) * bulge
    weights = [((1 - i / n) ** 2, 2 * i / n * (1 - i / n), (i / n) ** 2) for i in range(n + 1)]
    return [(p * a[0] + q * x + r * b[0], p * a[1] + q * y + r * b[1]) for p, q, r in weights]


def swell(rng: random.Random, base: float, octaves: int = 3) -> Callable[[float], float]:
    """A smooth random function of x within about ±1, whose longest wave is `base` units."""
    terms = [(0.58**k, 2 * math.pi * 1.9**k / base, rng.uniform(0, 2 * math.pi)) for k in range(octaves)]
    return lambda x: sum(a * math.sin(f * x + p) for a, f, p in terms) / sum(term[0] for term in terms)


def _berry(sheet: Sheet, s: Scheme, x: float, y: float, r: float, colour: Colour) -> None:
    night, shadow, outline = mix(s.dark, INK, 0.55), (x + r * 0.1, y + r * 0.12, r * 1.2), around(x, y, r)
    sheet.shade(around(*shadow), night, shadow, -3)
    sheet.fill(outline, colour, mix(colour, s.pale, 0.42), (x - r * 0.34, y - r * 0.38, r * 1.1), -0.95, 1.5)
    sheet.shade(outline, mix(colour, night, 0.8), (x - r * 0.36, y - r * 0.4, r * 1.62), 1.0, 1.9)
    sheet.shade(outline, s.pale, (x - r * 0.42, y - r * 0.46, r * 0.34), -0.95, 1.1)


def _grappe(sheet: Sheet, s: Scheme, rng: random.Random) -> None:
    """A bunch laid across the sheet like a still life: many grow together, one has turned to gold."""
    axis, r, cx, cy = rng.uniform(20, 34), 70.0, W / 2 + rng.uniform(-30, 110), H / 2 + 20
    sun = (cx + rng.uniform(-60, 280), cy + rng.uniform(-190, -60), rng.uniform(300, 340))
    sheet.fill(around(*sun), mix(s.glow, s.ground, 0.15), s.ground, rng.uniform(60, 120), 1.0, 1.1)
    marks = [(cx + x * r, cy + y * r) for x, y in ((-5.9, 0), (-9.2, -0.4), (-4.3, -4.6), (-9.3, 2.5))]
    bud, tip, high, back = turn(marks, axis, (cx, cy))
    sheet.line(bow(bud, tip, 0.1), mix(s.dark, s.accent, 0.3), 13)
    for end, bulge in ((back, 0.42), (high, 0.5)):
        sheet.fill(bow(bud, end, bulge), mix(s.main, s.soft, 0.35), s.dark, 0, 0.4)
        sheet.fill(bow(bud, end, -bulge), mix(s.main, s.dark, 0.45))
        sheet.line([bud, end], mix(s.soft, s.pale, 0.5), 2.5)
    rows = [(i, j - (n - 1) / 2) for i, n in enumerate((3, 4, 5, 4, 5, 4, 3, 2, 1)) for j in range(n)]
    rows.sort(key=lambda spot: rng.uniform(0, 1.3) - abs(spot[1]) * r / 138)
    spots = [(cx + r * (i * 1.3 - 5.3 + rng.gauss(0, 0.07)), cy + r * (j * 1.52 + rng.gauss(0, 0.07))) for i, j in rows]
    bare, outside, ripe = sheet.image.copy(), Image.new("L", sheet.image.size, 255), (s.glow, s.accent)[s == NOON]
    for i, (x, y) in enumerate(turn(spots, axis, (cx, cy))):
        depth = i / len(spots)
        tone = mix(mix(s.dark, s.main, 0.5 + depth), s.soft, depth * 0.75 - 0.15 + rng.uniform(-0.12, 0.12))
        _berry(sheet, s, x, y, r * (0.88 + 0.2 * depth), ripe if i == len(spots) - 1 else tone)
        ImageDraw.Draw(outside).polygon(sheet.px(around(x, y, r * (0.88 + 0.2 * depth))), fill=0)
    sheet.image.paste(bare, mask=outside)  # the shadows fall on the berries only: the bunch keeps a clean edge


def _reseau(sheet: Sheet, s: Scheme, rng: random.Random) -> None:
    """Two shores of one sea: water-lines as on old charts, and arcs that sail from port to port."""
    slope, shores, coasts = rng.uniform(-0.12, 0.12), [], ((290, 100, -1), (660, 85, 1))
    land, water, deep = mix(s.ground, s.veil, 0.35), *((s.main, s.dark) if s == NIGHT else (s.dark, s.main))
    sheet.fill(box(0, 0, W, H), water, deep, rng.choice((0, 180)), 0.9, 1.2)
    for middle, reach, way in coasts:
        coast = swell(rng, 1200, 4)
        shores.append([(x, middle + slope * (x - 800) + reach * coast(x)) for x in range(-20, W + 21, 10)])
        sheet.fill([*shores[-1], (W, 450 + way * 480), (0, 450 + way * 480)], land, s.glow, -90 * way, 0.55, 2.4)
        for k in range(1, 9):
            sheet.line([(x, y + way * k * (12 + k * 2.2)) for x, y in shores[-1]], mix(land, s.soft, 0.36 - k * 0.03))
            sheet.line([(x, y - way * k * (9 + k * 0.9)) for x, y in shores[-1]], mix(s.soft, water, k / 8))
        sheet.line(shores[-1], mix(s.dark, land, 0.25), 3)
    _ports(sheet, s, rng, [[shore[i * 23 + rng.randrange(8, 19)] for i in range(7)] for shore in shores])


def _ports(sheet: Sheet, s: Scheme, rng: random.Random, ports: list[list[Point]]) -> None:
    """The ports of each shore, the towns behind them, and the routes of the two ports that matter."""
    hub, second = ports[0][rng.randrange(2, 5)], ports[1][rng.randrange(2, 5)]
    for (x, y), way in [(port, way) for row, way in zip(ports, (-1, 1), strict=True) for port in row]:
        for lean in rng.choice(((0,), (-0.4, 0.4), (-0.75, 0, 0.75))):
            angle, reach = lean + rng.uniform(-0.2, 0.2), rng.uniform(80, 150)
            town = (x + reach * math.sin(angle), y + way * reach * math.cos(angle))
            sheet.line([(x, y), town], s.soft, 2)
            sheet.fill(around(*town, rng.choice((6, 8, 10))), s.soft if lean else s.accent)
    for start, goals, way, ink in ((hub, ports[1], 1, s.glow), (second, ports[0], -1, s.pale)):
        for goal in goals:
            sheet.line(bow(start, goal, math.copysign(0.18, goal[0] - start[0]) * way), ink, 2.8)
    for i, (x, y) in enumerate(ports[0] + ports[1]):
        sheet.fill(around(x, y, 16 + 5 * (i % 3)), s.pale)
        sheet.fill(around(x, y, 9 + 5 * (i % 3)), s.dark)
    for (x, y), colour in ((second, s.glow), (hub, s.accent)):
        sheet.fill(around(x, y, 42), s.pale)
        sheet.fill(around(x, y, 34), colour, s.dark, (x - 12, y - 14, 70), 0.7, 2)
        sheet.line(around(x, y, 62), mix(s.pale, s.glow, 0.5), 3)


def _solaire(sheet: Sheet, s: Scheme, rng: random.Random) -> None:
    """A sun whose rings set behind rows of panels that run to the horizon and carry its light to us."""
    horizon, cx, size, hill = rng.uniform(430, 480), rng.uniform(430, 1170), rng.uniform(120, 150), swell(rng, 900)
    cy, eye, warm = horizon - rng.uniform(20, 110), (cx + rng.uniform(-260, 260), horizon), mix(SAND, s.accent, 0.12)
    for k in range(10, 0, -1):
        ring, fade = (cx, cy, size + k * (46 + 5 * k)), (k / 10.5) ** 0.75
        sheet.fill(around(*ring), mix(warm, s.ground, fade), mix(warm, s.ground, fade - 0.14), ring, 0.8, 7)
    sheet.fill(around(cx, cy, size), s.accent, s.glow, 270, 0.9, 1.5)
    sheet.fill([(0, H), *((x, horizon - 9 + 9 * hill(x)) for x in range(0, 1601, 8)), (W, H)], mix(s.main, s.dark, 0.6))
    sheet.fill(box(0, horizon, W, H), mix(s.dark, INK, 0.4))
    for k in range(24, -1, -1):
        _panels(sheet, s, eye, cx, 1 + k * 0.8 + k * k * 0.02)


def _panels(sheet: Sheet, s: Scheme, eye: Point, sun: float, near: float) -> None:
    """The row of panels at depth `near`, brighter under the sun; its cells are ruled where they can be seen."""
    depth, span, k, rule = H - eye[1] + 60, 330 / near, near / (near + 0.58), mix(s.dark, s.main, 0.35)
    low, top = eye[1] + depth / near, eye[1] + depth * k / near - 6 / near
    for i in range(-math.ceil(2300 / span), math.ceil(2300 / span)):
        a, b = (i + 0.025) * span, (i + 0.975) * span
        gleam = math.exp(-(((eye[0] + (a + b) / 2 - sun) / 210) ** 2))
        quad = [(eye[0] + x, y) for x, y in ((a, low), (b, low), (b * k, top), (a * k, top))]
        sheet.fill(quad, mix(s.main, s.glow, gleam * 0.6), mix(s.soft, s.glow, gleam), 270, 0.9 / near**0.4, 1.4)
        for x in [a + (b - a) * t / 6 for t in range(1, 6)] if near < 7 else ():
            sheet.line([(eye[0] + x, low), (eye[0] + x * k, top)], rule, 2 / near**0.6)


def _textile(sheet: Sheet, s: Scheme, rng: random.Random) -> None:
    """Warp and weft: close cloth on one side, and on the other the bare threads it is made of."""
    tilt, step = rng.choice((-1, 1)) * rng.uniform(9, 16), rng.choice((2, 3))
    weft, warp, clay = [(-370.0, -330.0, s.glow)], [(-220.0, -190.0, s.main)], rng.randrange(4, 6)
    sands = [mix(SAND, PAPER, t) for t in rng.sample((0.0, 0.35, 0.6, 0.8), 4)]
    while weft[-1][1] < H + 330:
        n, y = len(weft), weft[-1][1] + 24
        weft.append((y, y + (170, 56, 120, 120)[n % 4], s.accent if n == clay else sands[n % 4]))
    while warp[-1][1] < W + 190:
        x, thread = warp[-1][1] + 18 + (warp[-1][1] + 190) / 50, (s.main, s.dark, s.main, s.soft)[len(warp) % 4]
        warp.append((x, x + max(9.0, 150 * (1 - (x + 190) / 1800)), thread))
    for x0, x1, thread in warp:
        sheet.fill(turn(box(x0, -500, x1, H + 500), tilt), thread)
    for j, (y0, y1, colour) in enumerate(weft):
        sheet.fill(turn(box(-300, y0, W + 300, y1), tilt), colour)
        for x0, x1, thread in warp[j % step :: step]:
            reach, over = 12 + (x1 - x0) * 0.3, turn(box(x0, y0 - 24, x1, y1 + 24), tilt)
            sheet.shade(turn(box(x0 - reach, y0, x0, y1), tilt), mix(colour, s.dark, 0.7), tilt)
            sheet.shade(turn(box(x1, y0, x1 + reach, y1), tilt), mix(colour, s.dark, 0.7), tilt + 180)
            sheet.fill(over, thread, mix(thread, INK, 0.6), tilt + 90, 0.9, 3.5)
            sheet.shade(over, mix(thread, INK, 0.6), tilt - 90, 0.9, 3.5)


def _mer(sheet: Sheet, s: Scheme, rng: random.Random) -> None:
    """A hull under a large sun, and swell upon swell between it and us."""
    horizon = rng.uniform(400, 440)
    sun = (W / 2 - rng.uniform(60, 300), horizon - rng.uniform(30, 110), rng.uniform(185, 225))
    sheet.fill(around(*sun), s.glow, s.accent, 90, 0.95, 1.3)
    for k in range(7):
        crest, top = swell(rng, 500 + 190 * k, 2), horizon + k * (26 + 7.5 * k)
        ink = mix(mix(s.soft, s.main, k / 3), s.dark, k / 3 - 1)
        line = [(x, top + (4 + 8.5 * k) * crest(x)) for x in range(-10, W + 11, 8)]
        sheet.fill([*line, (W + 10, H + 10), (-10, H + 10)], ink)
        sheet.shade([*line, *((x, y + 60 + 30 * k) for x, y in line[::-1])], mix(ink, s.pale, 0.5), 270, 0.7, 2.2)
        for n in range(k):
            sheet.line([(x, y + 7 + n * (7 + k)) for x, y in line], mix(ink, s.pale, 0.45 - n * 0.05), 1.6)
        for _ in range(9 - k if k < 5 else 0):
            x, y, half = rng.gauss(sun[0], 62), top + rng.uniform(8, 20 + 9 * k), rng.uniform(10, 46)
            sheet.line([(x - half, y), (x + half, y)], mix(s.glow, ink, 0.1 + 0.12 * k), 3)
        if k == 1:
            _ship(sheet, s, rng, (W / 2 + rng.uniform(40, 220), horizon + 62))


def _ship(sheet: Sheet, s: Scheme, rng: random.Random, place: Point) -> None:
    """A container ship in profile, amidships at `place`; the next wave hides its waterline."""
    iron, tints = mix(s.dark, INK, 0.55), (s.main, s.pale if s == NIGHT else s.dark, s.soft, s.soft, s.accent)
    parts = [(s.pale, box(-280, -178, -212, -58)), (s.accent, box(-272, -228, -244, -190))]
    parts += [(iron, box(-292, -190, -198, -174)), (iron, box(-224, -244, -220, -190))]
    for i, height in enumerate((3, 4, 4, 3, 4, 4, 3, 3, 2, 2)):
        for y in range(-61, -61 - 25 * (height - (rng.random() < 0.4)), -25):
            parts.append((rng.choice(tints), box(-190 + i * 44, y - 23, -148 + i * 44, y)))
    parts.append((iron, [(-322, -60), (262, -60), (290, -82), (372, -92), (316, 14), (-306, 14)]))
    parts.append((s.accent, [(-306, 14), (316, 14), (300, 44), (-300, 44)]))
    for colour, part in parts:
        sheet.fill([(place[0] + x, place[1] + y) for x, y in part], colour, mix(colour, s.main, 0.6), 90, 0.5, 1.4)


def _gear(sheet: Sheet, s: Scheme, c: Point, teeth: int, phase: float, inks: tuple[Colour, Colour]) -> None:
    """A toothed wheel of pitch radius 12 × teeth, its first tooth at `phase` degrees."""
    r, profile = teeth * 12.0, ((-0.29, -25), (-0.15, 20), (0.15, 20), (0.29, -25))
    rim = [turn([(c[0] + r + h, c[1])], phase + 360 * (i + t) / teeth, c)[0] for i in range(teeth) for t, h in profile]
    sheet.fill(rim, inks[0], inks[1], 50, 0.9, 1.5)
    sheet.fill(around(*c, r - 62), mix(inks[0], inks[1], 0.55))
    sheet.line(around(*c, r - 62), mix(inks[0], s.pale, 0.5), 2.5)
    for x, y in turn(around(*c, r * 0.5, 6), phase, c):
        sheet.fill(around(x, y, r * 0.15), s.ground)
    sheet.fill(around(*c, r * 0.2), inks[0])


def _atelier(sheet: Sheet, s: Scheme, rng: random.Random) -> None:
    """One great turbine, and the wheels it drives, reduced to circles and teeth."""
    way, n = rng.choice((-1, 1)), rng.choice((20, 26, 32))
    c = at = (W / 2 - rng.uniform(250, 320), H / 2 + rng.uniform(-25, 25))
    gold, clay = [(mix(SAND, s.accent, t), mix(mix(SAND, s.accent, t + 0.4), s.dark, t * 0.5)) for t in (0.1, 1.0)]
    teeth, phase, lamp = 40, 0.0, (*c, 460.0)
    _gear(sheet, s, c, teeth, phase, (s.soft, s.main))
    for m, angle, inks in ((18, -way * rng.uniform(15, 24), gold), (12, way * rng.uniform(48, 76), clay)):
        at = turn([(at[0] + (teeth + m) * 12, at[1])], angle, at)[0]
        teeth, phase = m, angle + 180 + (angle - phase) * teeth / m + 180 / m
        _gear(sheet, s, at, teeth, phase, inks)
    sheet.fill(around(*c, 400), mix(s.dark, INK, 0.45))
    for i in range(n):
        tips = turn([(c[0] + 380, c[1]), (c[0] + 380, c[1] + 1440 / n)], 300 / n + 10, c)
        edges = bow((c[0] + 96, c[1] - 8), tips[0], 0.13, 16) + bow((c[0] + 96, c[1] + 24), tips[1], 0.13, 16)[::-1]
        blade = turn(edges, 360 * i / n, c)
        sheet.fill(blade, mix(s.main, s.soft, 0.5 + 0.5 * math.cos(6.28 * i / n + 2.36)), s.pale, lamp, 0.9, 2.2)
    sheet.line(around(*c, 393), s.soft, 14)
    for r, colour in ((108, s.dark), (88, s.accent), (36, s.dark)):
        sheet.fill(around(*c, r), colour, s.glow if r == 88 else s.dark, 230, 0.8, 2)


def _agro(sheet: Sheet, s: Scheme, rng: random.Random) -> None:
    """Terraces seen from the air: each step follows the hill, ploughed, sown or planted with olive trees."""
    stone, last, tilt = mix(s.dark, INK, 0.3), -1, rng.choice((-1, 1)) * rng.uniform(12, 24)
    hill, flat, edges, xs = swell(rng, 1500, 2), swell(rng, 1900, 2), [], range(-260, W + 261, 10)
    tints = [mix(SAND, c, 0.6) for c in (SAND, PAPER, s.accent)] + [mix(OLIVE, c, 0.5) for c in (OLIVE, SAND, s.main)]
    for y in accumulate(rng.choices((64, 96, 128, 160), k=19), initial=-420):
        t = (y + 420) / (H + 840)
        edges.append(turn([(x, y + 95 * (hill(x) * (1 - t) + flat(x + 300) * t)) for x in xs], tilt))
    for upper, lower in pairwise(edges):
        cuts, height = (0, rng.randrange(30, 90), rng.randrange(115, 180), 212), math.dist(upper[0], lower[0])
        for a, b in pairwise(cuts):
            last = (last + rng.randrange(1, len(tints))) % len(tints)
            parcel, rows = upper[a : b + 1] + lower[a : b + 1][::-1], max(1, round(height / 42))
            sheet.fill(parcel, tints[last], mix(tints[last], s.dark, 0.5), 90 + tilt, 0.6)
            planted = height > 70 and rng.random() < 0.5
            for k in range(rows if planted else rows * 4):
                t = (k + 0.5) / (rows if planted else rows * 4)
                row = [(x + (v - x) * t, y + (w - y) * t) for (x, y), (v, w) in zip(upper, lower, strict=True)]
                if planted:
                    _trees(sheet, s, rng, mix(tints[last], s.dark, 0.6), row[a + 2 + k % 2 * 2 : b - 2 : 4])
                else:
                    sheet.line(row[a : b + 1], mix(tints[last], s.dark, 0.32), 1.8)
            sheet.line([upper[b], lower[b]], stone, 3)
        sheet.line(lower, stone, 6)


def _trees(sheet: Sheet, s: Scheme, rng: random.Random, shadow: Colour, row: list[Point]) -> None:
    for x, y in row:
        x, y, r = x + rng.uniform(-3, 3), y + rng.uniform(-3, 3), rng.uniform(11, 14.5)
        sheet.line([(x, y), (x + r * 0.8, y + r * 0.6)], shadow, r * 1.8)
        sheet.fill(around(x, y, r, 24), s.dark, mix(s.soft, SAND, 0.35), (x - r * 0.4, y - r * 0.4, r * 1.3), -1.0, 1.0)


def _numerique(sheet: Sheet, s: Scheme, rng: random.Random) -> None:
    """A signal crosses a grid of cells; the closer it passes, the finer the grid divides to follow it."""
    wave, swing, middle = swell(rng, 1250, 3), rng.uniform(170, 215), H / 2 + rng.uniform(-25, 25)
    cells = [(i % 8 * 200.0, i // 8 * 200.0 - 50, 200.0) for i in range(40)]
    for x, y, side in cells:
        gap = min(abs(y + side / 2 - middle - swing * wave(x + side * t / 4)) for t in range(5))
        if side > 25 and gap < side * (0.86 if side < 100 else 0.7):
            cells += [(x + dx, y + dy, side / 2) for dx in (0, side / 2) for dy in (0, side / 2)]
        else:
            _module(sheet, s, rng, (x, y, side), gap)


def _module(sheet: Sheet, s: Scheme, rng: random.Random, spot: tuple[float, float, float], gap: float) -> None:
    """One cell: a tone that fades with its distance from the signal, and a quarter disk, a disk or nothing in it."""
    (x, y, side), quad = spot, box(spot[0] + 2.5, spot[1] + 2.5, spot[0] + spot[2] - 2.5, spot[1] + spot[2] - 2.5)
    base, deep, signal = s.soft if s == NIGHT else s.main, s.dark, (s.accent, s.glow)
    if s == NOON:  # teal over sand turns to mud: there the field is clay and the signal is sea
        base, deep, signal = mix(s.accent, SAND, 0.3), s.accent, (s.dark, s.main)
    tone = mix(base, mix(s.veil, s.ground, s == NOON), min(1.0, gap / 330) ** 0.55 + rng.uniform(-0.08, 0.08))
    tone, shape = signal[gap > 9] if side <= 25 and gap < 20 else tone, rng.random()
    corner, ink = rng.randrange(4), rng.choice((mix(tone, s.pale, 0.45), mix(tone, deep, 0.55)))
    sheet.fill(quad, tone, mix(tone, deep, 0.35), rng.choice((45, 135, 225, 315)), 0.6, 2)
    if side >= 50 and shape < 0.34:
        wedge = [quad[corner], *turn(around(*quad[corner], side - 5, 80)[:21], 90 * corner, quad[corner])]
        sheet.fill(wedge, ink, mix(ink, deep, 0.4), 45, 0.6, 2)
    elif side >= 50 and shape < 0.5:
        sheet.fill(around(x + side / 2, y + side / 2, side * 0.3), ink)


def _territoires(sheet: Sheet, s: Scheme, rng: random.Random) -> None:
    """Eight territories cut out of paper, each with its own relief, held together by the same shore."""
    sea, sites = s.dark if s in (NIGHT, DAY) else s.main, []
    for i in range(8):
        x, y = W / 2 + (i % 4 - 1.5) * 305 + (i // 4 - 0.5) * 120, H / 2 + (i // 4 - 0.5) * 270
        sites.append((x + rng.uniform(-50, 50), y + rng.uniform(-38, 38)))
    warm = [mix(SAND, PAPER, 0.5), *(mix(SAND, s.accent, t) for t in (0, 0.5, 1))]
    tints = rng.sample([*warm, *(mix(s.soft, s.pale, t) for t in (0, 0.2, 0.4, 0.7))], 8)
    sheet.fill(box(0, 0, W, H), sea, mix(sea, INK, 0.5), rng.choice((45, 90, 135)), 0.8, 1.4)
    cells = [_cell(rng, site, sites) for site in sites]
    for k in range(32):
        sheet.fill(_level(cells[k % 8], sites[k % 8], 1.28 - 0.07 * (k // 8), 0), mix(sea, s.soft, 0.09 * (k // 8 + 1)))
    for cell, (x, y), tint in zip(cells, sites, tints, strict=True):
        dx, dy, shadow = rng.uniform(-6, 6), rng.uniform(-5, 5), mix(mix(tint, s.dark, 0.8), INK, 0.3)
        for k in range(7):
            outline = _level(cell, (x + dx * k, y + dy * k), 0.98 - k * 0.142, k / 9)
            sheet.fill([(px + 6 - k * 0.4, py + 8 - k * 0.5) for px, py in outline], shadow)
            sheet.fill(outline, mix(tint, PAPER, k * 0.075), mix(tint, s.dark, 0.5), 50, 0.75, 2)
            sheet.line([*outline, outline[0]], mix(tint, s.dark, 0.22), 1.5)


def _level(cell: Sequence[float], c: Point, scale: float, calm: float) -> list[Point]:
    """The outline at one altitude: the cell's rays scaled, and drawn by `calm` towards a circle."""
    return [turn([(c[0] + scale * (r + (165 - r) * calm), c[1])], i * 1.5, c)[0] for i, r in enumerate(cell)]


def _cell(rng: random.Random, site: Point, sites: Sequence[Point]) -> list[float]:
    """The softened Voronoi cell of `site` as 240 rays: the nearest bisector bounds each one, the sea the others."""
    waves, rays = [(n, rng.uniform(0, 2 * math.pi)) for n in (2, 3, 5, 9, 14)], []
    vectors = [(x - site[0], y - site[1]) for x, y in sites if (x, y) != site]
    for a in (math.pi * i / 120 for i in range(240)):
        coast = 1 / (222 * (1 + sum(0.16 / n**0.7 * math.sin(n * a + p) for n, p in waves)))
        near = [(dx * math.cos(a) + dy * math.sin(a)) * 2 / (dx * dx + dy * dy) for dx, dy in vectors]
        rays.append(sum(max(0.0, bound) ** 11 for bound in (*near, coast)) ** (-1 / 11))
    return rays


_DRAWINGS = (_grappe, _reseau, _solaire, _textile, _mer, _atelier, _agro, _numerique, _territoires)
MOTIFS: tuple[str, ...] = tuple(drawing.__name__[1:] for drawing in _DRAWINGS)


def draw(motif: str, seed: int, size: tuple[int, int] = (W, H)) -> Image.Image:
    """The cover of `motif` for `seed` as an RGB picture of `size`, always the same for the same arguments."""
    if motif not in MOTIFS:
        raise ValueError(f"unknown motif {motif!r}; expected one of {', '.join(MOTIFS)}")
    index, rng = MOTIFS.index(motif), random.Random(f"{motif}/{seed}")  # noqa: S311 — a drawing, not a secret
    scheme = SCHEMES[(seed + index) % 4]
    sheet = Sheet(scheme.ground, rng, OVERSAMPLING * max(1.0, size[0] / W, size[1] / H))
    sheet.shade(box(0, 0, W, H), scheme.veil, rng.choice((45, 90, 270)), 0.75, 2)
    _DRAWINGS[index](sheet, scheme, rng)
    picture = ImageOps.mirror(sheet.image) if rng.random() < 0.5 else sheet.image
    picture = ImageOps.fit(picture, size, Image.Resampling.LANCZOS)
    tooth = Image.frombytes("L", size, rng.randbytes(size[0] * size[1])).point([122 + v // 20 for v in range(256)])
    return ImageChops.add(picture, Image.merge("RGB", (tooth, tooth, tooth)), offset=-128)
