"""What a finger may press around each dot of a map: rectangles that share nothing, as large as their neighbours let them.

Apart from the map because it is a puzzle of its own, with a rule of its own: a target of 24 px (WCAG 2.5.8).
"""

from collections import defaultdict
from collections.abc import Sequence

LEFT, TOP, RIGHT, BOTTOM = range(4)
Reach = list[float]
"""How far a target goes from its dot: to the left, up, to the right, down."""


class Targets:
    """The targets of some points.

    Two neighbours part along the axis on which they are farther apart, at first in the middle between them. A dot that is
    left with too little takes what is free on its other side, then what a neighbour can give and make up for on its own
    other side. Among many that are very near each other some stay small: the table beside the map has the same links (the
    exception that WCAG 2.5.8 calls « equivalent »).
    """

    def __init__(
        self, points: Sequence[tuple[float, float]], size: tuple[float, float], wanted: float, least: float
    ) -> None:
        """
        Args:
            points: where the dots are.
            size: width and height of the sheet, which no target leaves.
            wanted: side of a target.
            least: how near to its dot a target may end when it gives way.
        """
        self.wanted, self.least = wanted, least
        self.edges = [(x, y, size[0] - x, size[1] - y) for x, y in points]
        self.beside = self._neighbours(points)
        self.reach: list[Reach] = [
            [min(wanted / 2, self.edges[n][side], *(apart / 2 for apart, _other in self.beside[n][side])) for side in range(4)]
            for n in range(len(points))
        ]  # fmt: skip
        for ask in (self._extend, self._be_given):
            for n in range(len(points)):
                for side in range(4):
                    ask(n, side)

    def _neighbours(self, points: Sequence[tuple[float, float]]) -> list[list[list[tuple[float, int]]]]:
        """For each point and side, the points that it parts from there: (how far apart on that axis, which)."""
        near = 2 * self.wanted
        cells: dict[tuple[int, int], list[int]] = defaultdict(list)
        for n, (x, y) in enumerate(points):
            cells[int(x // near), int(y // near)].append(n)
        found: list[list[list[tuple[float, int]]]] = []
        for n, (x, y) in enumerate(points):
            found.append([[], [], [], []])
            column, row = int(x // near), int(y // near)
            for other in (
                m for dx in (-1, 0, 1) for dy in (-1, 0, 1) for m in cells.get((column + dx, row + dy), ()) if m != n
            ):
                across, down = points[other][0] - x, points[other][1] - y
                side = (RIGHT if across > 0 else LEFT) if abs(across) >= abs(down) else (BOTTOM if down > 0 else TOP)
                found[n][side].append((max(abs(across), abs(down)), other))
        return found  # fmt: skip

    def _room(self, n: int, side: int) -> float:
        """How far a target may go on one side as things stand."""
        opposite = (side + 2) % 4
        return min(self.edges[n][side], *(apart - self.reach[other][opposite] for apart, other in self.beside[n][side]), self.wanted)  # fmt: skip

    def _missing(self, n: int, side: int) -> float:
        return self.wanted - self.reach[n][side] - self.reach[n][(side + 2) % 4]

    def _extend(self, n: int, side: int) -> None:
        """Take on one side what is missing, if it is free."""
        if (missing := self._missing(n, side)) > 0:
            own = self.reach[n]
            own[side] = max(own[side], min(own[side] + missing, self._room(n, side)))

    def _be_given(self, n: int, side: int) -> None:
        """Have the neighbours on one side give way, as far as they can make up for it on their other side."""
        opposite = (side + 2) % 4
        for apart, other in self.beside[n][side]:
            theirs = self.reach[other]
            asked = self._missing(n, side) - (apart - self.reach[n][side] - theirs[opposite])
            gives = min(asked, theirs[opposite] - self.least, self._room(other, side) + theirs[opposite] - self.wanted)
            if gives > 0:
                theirs[opposite] -= gives
                theirs[side] = max(theirs[side], self.wanted - theirs[opposite])
        self._extend(n, side)
