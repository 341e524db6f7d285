"""A project as plain lines and pieces, for the slow oracle of a whole run.

Shares no code with the checks, the kernels or the topology: joints and runs are found anew by
comparing all ends with all ends.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import shapely
from oracle.slow_bodies import Solid, solids_of
from oracle.slow_plan import strip_outline
from oracle.slow_rules import DRAINS, Facts

from baiyun_gis.model.vocabulary import Burial, Material, PressureClass, Shape, Utility
from baiyun_gis.project import ProjectState

QUARTER = 96
"""Points a quarter circle: outlines of 1 m pipes are true to 2e-5 m."""

NOT_IN_THE_GROUND = {"overhead", "ground", "rack"}


@dataclass(eq=False)
class Line:
    """One pipe; sizes NaN where unknown, `points` shape (n, 3) with NaN levels where unknown."""

    row: int
    id: str
    facts: Facts
    points: np.ndarray
    width: float
    height: float
    is_box: bool
    sigma_xy: float
    sigma_z: float
    enclosure: str
    span: tuple[np.datetime64, np.datetime64]
    ground: tuple[float, float]
    nodes: tuple[int, int]
    chain: np.ndarray = field(init=False)
    joint_at: list[list[tuple[Line, int]]] = field(init=False)
    run: Run = field(init=False)

    def __post_init__(self) -> None:
        step = np.hypot(*np.diff(self.points[:, :2], axis=0).T)
        self.chain = np.concatenate([[0.0], np.cumsum(step)])
        self.joint_at = [[], []]

    @property
    def family(self) -> str:
        return "drain" if self.facts.utility in DRAINS else self.facts.utility

    @cached_property
    def pieces(self) -> list[Piece]:
        return [Piece(self, k) for k in range(len(self.points) - 1)]

    def end(self, which: int) -> np.ndarray:
        return self.points[-1 if which else 0]


@dataclass(eq=False)
class Run:
    """Joined lines of one kind; `offset` and `sign` turn a line's chainage into the run's."""

    label: int
    offset: dict[int, float]
    sign: dict[int, float]

    def along(self, line: Line, chainage: float) -> float:
        return self.offset[line.row] + self.sign[line.row] * chainage

    def on(self, line: Line, station: float) -> float:
        return (station - self.offset[line.row]) * self.sign[line.row]


@dataclass(eq=False)
class Piece:
    """One straight piece of a line, in the form the slow geometry reads: arrays of one."""

    line: Line
    k: int

    def __post_init__(self) -> None:
        p, q = self.line.points[self.k], self.line.points[self.k + 1]
        last = self.k == len(self.line.points) - 2
        self.p, self.q = p, q
        self.x0, self.y0, self.z0 = (np.array([c]) for c in p)
        self.x1, self.y1, self.z1 = (np.array([c]) for c in q)
        self.w = 0.0 if np.isnan(self.line.width) else self.line.width / 2
        self.h = 0.0 if np.isnan(self.line.height) else self.line.height / 2
        self.half_width, self.half_height = np.array([self.w]), np.array([self.h])
        self.is_rectangle = np.array([self.line.is_box])
        self.is_first, self.is_last = self.k == 0, last
        self.flat0 = np.array([self.is_first and not self.line.joint_at[0]])
        self.flat1 = np.array([last and not self.line.joint_at[1]])

    @property
    def has_level(self) -> bool:
        return bool(np.isfinite(self.p[2] + self.q[2]))

    @cached_property
    def length(self) -> float:
        return float(np.hypot(*(self.q - self.p)[:2]))

    @cached_property
    def axis(self) -> shapely.Geometry:
        return shapely.LineString([self.p[:2], self.q[:2]])

    @cached_property
    def strip(self) -> shapely.Geometry:
        """The plan projection; an unknown slope counts as level, an unknown width as none."""
        if self.w == 0.0:
            return self.axis
        if self.has_level:
            return strip_outline(self, 0, quarter=QUARTER)  # type: ignore[arg-type]
        level = Piece(self.line, self.k)
        level.z0 = level.z1 = np.zeros(1)
        return strip_outline(level, 0, quarter=QUARTER)  # type: ignore[arg-type]

    @cached_property
    def bare(self) -> shapely.Geometry:
        """The strip without what its ends add: within the plan projection, quick to measure."""
        along = (self.q - self.p)[:2] / self.length
        aside = np.array([-along[1], along[0]]) * self.w
        p, q = self.p[:2], self.q[:2]
        return shapely.Polygon([p - aside, q - aside, q + aside, p + aside])

    @cached_property
    def solids(self) -> list[Solid]:
        return solids_of(self, 0)  # type: ignore[arg-type]

    def at(self, t: float) -> np.ndarray:
        return self.p + (self.q - self.p) * t

    def along_run(self, t: float) -> float:
        chainage = float(self.line.chain[self.k]) + t * self.length
        return self.line.run.along(self.line, chainage)

    def cross_line(self, t: np.ndarray) -> np.ndarray:
        """Lines across the strip, half width to either side, at stations t."""
        along = (self.q - self.p)[:2] / self.length
        across = np.array([-along[1], along[0]]) * self.w
        middle = self.p[:2] + np.outer(t, (self.q - self.p)[:2])
        return shapely.linestrings(np.stack([middle - across, middle + across], axis=1))


def lines_of(state: ProjectState, as_of: np.datetime64) -> list[Line]:
    """The lines in the ground on the day, joined and numbered into runs."""
    lines = [_line(state, row) for row in range(len(state.pipes))]
    lines = [line for line in lines if _is_there(line, as_of)]
    _join(lines)
    _number_runs(lines)
    return [line for line in lines if line.facts.burial not in NOT_IN_THE_GROUND]


def _is_there(line: Line, as_of: np.datetime64) -> bool:
    first, last = line.span
    if last < first:  # contradictory dates say nothing
        return True
    if np.isnat(as_of):
        return True
    return not (first > as_of) and not (last <= as_of)


def _line(state: ProjectState, row: int) -> Line:
    pipes = state.pipes
    values = pipes.row(row)
    own = slice(int(pipes.offsets[row]), int(pipes.offsets[row + 1]))
    width, height = float(values["outer_width_m"]), float(values["outer_height_m"])
    nominal = float(values["nominal_mm"])
    facts = Facts(
        utility=Utility(values["utility"]).key,
        burial=Burial(values["burial"]).key,
        size_mm=nominal if nominal > 0 else np.nan_to_num(width * 1000),
        pressure=PressureClass(values["pressure_class"]).key,
        voltage_kv=float(np.nan_to_num(values["voltage_kv"])),
        material=Material(values["material"]).key,
    )
    return Line(
        row=row,
        id=str(values["id"]),
        facts=facts,
        points=np.column_stack([pipes.xy[own], pipes.axis_level[own]]),
        width=width,
        height=height,
        is_box=values["shape"] not in {Shape.CIRCLE, Shape.UNKNOWN},
        sigma_xy=float(values["sigma_xy_m"]),
        sigma_z=float(values["sigma_z_m"]),
        enclosure=str(values["enclosure"]),
        span=(values["valid_from"], values["valid_to"]),
        ground=(float(values["start_ground_m"]), float(values["end_ground_m"])),
        nodes=(int(values["start_node"]), int(values["end_node"])),
    )


def _join(lines: list[Line]) -> None:
    """Ends of one family that share a node or a place."""
    for a in lines:
        for b in lines:
            if a is b or a.family != b.family:
                continue
            for of_a in (0, 1):
                for of_b in (0, 1):
                    same_node = a.nodes[of_a] == b.nodes[of_b] >= 0
                    apart = np.hypot(*(a.end(of_a) - b.end(of_b))[:2])
                    if same_node or apart <= 0.001:
                        a.joint_at[of_a].append((b, of_b))


def _number_runs(lines: list[Line]) -> None:
    """Chains through joints of just two ends of one kind, walked from either end."""
    done: set[int] = set()
    for line in lines:
        if line.row in done:
            continue
        run = Run(line.row, {}, {})
        _walk(line, run, 0.0, 1.0)
        run.label = min(run.offset)
        for other in lines:
            if other.row in run.offset:
                other.run = run
                done.add(other.row)


def _walk(line: Line, run: Run, offset: float, sign: float) -> None:
    run.offset[line.row], run.sign[line.row] = offset, sign
    for which in (0, 1):
        joined = line.joint_at[which]
        if len(joined) != 1 or joined[0][0].facts.utility != line.facts.utility:
            continue
        other, of_other = joined[0]
        if other.row in run.offset:
            continue
        here = offset + sign * (float(line.chain[-1]) if which else 0.0)
        outward = sign if which else -sign
        turned = -outward if of_other else outward
        start = here - turned * float(other.chain[-1]) if of_other else here
        _walk(other, run, start, turned)
