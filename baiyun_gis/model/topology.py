"""What is joined to what: joints of pipe ends, runs, tees, unjoined ends.

A **joint** is one place where ends of lines of one family meet: they share a node, or their ends
coincide to the millimetre. A **run** is a chain of joined pipes of one utility through joints
that join just two. All answers are columns; nothing loops over pipes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from baiyun_gis.model.columns import F64, I8, I32, Bool
from baiyun_gis.model.tables import PipeTable
from baiyun_gis.model.vocabulary import Utility

COINCIDENT_M = 0.001
"""Ends this near are one point: the finest step survey tables are written in."""

_GRAVITY_FAMILY = int(Utility.DRAINAGE)


@dataclass(frozen=True, slots=True)
class Topology:
    """Joints and runs of a pipe table; pipe `i` has ends `2 i` (start) and `2 i + 1` (end).

    `joint` labels ends, shape (2 n,); `joint_degree` counts the ends of a joint, per label.
    `run` labels pipes by the smallest pipe row of their run; `run_offset_m` and `run_sign` turn
    chainage along a pipe into chainage along its run: `offset + sign × chainage`.
    """

    joint: I32
    joint_degree: I32
    family: I32
    run: I32
    run_offset_m: F64
    run_sign: F64
    end_xy: F64

    def shared_ends(self, a: I32, b: I32) -> tuple[I32, I32]:
        """The ends by which pipes `a` and `b` are joined (0 start, 1 end), −1 where not.

        When they are joined at both ends the first match is given; see `same_both_ends`.
        """
        end_a = np.full(len(a), -1, dtype=np.int32)
        end_b = np.full(len(a), -1, dtype=np.int32)
        for of_a in (1, 0):
            for of_b in (1, 0):
                same = self.joint[2 * a + of_a] == self.joint[2 * b + of_b]
                end_a[same] = of_a
                end_b[same] = of_b
        return end_a, end_b

    def same_both_ends(self, a: I32, b: I32) -> Bool:
        """Pairs that run between the same two joints."""
        sa, ea, sb, eb = (self.joint[2 * p + e] for p, e in ((a, 0), (a, 1), (b, 0), (b, 1)))
        return (sa != ea) & (((sa == sb) & (ea == eb)) | ((sa == eb) & (ea == sb)))

    def is_joined(self, a: I32, b: I32) -> Bool:
        return self.shared_ends(a, b)[0] >= 0


def family_of(pipes: PipeTable) -> I32:
    """Families of pipes; lines of one family may be joined to each other."""
    return family_codes(pipes.utility)


def family_codes(utility: I8) -> I32:
    """Families by utility: the gravity kinds are one, every other kind is its own."""
    table = np.array([_GRAVITY_FAMILY if u.is_gravity else int(u) for u in Utility], dtype=np.int32)
    return table[utility.astype(np.int64)]


def topology_of(
    pipes: PipeTable, *, there: Bool | None = None, length_m: F64 | None = None
) -> Topology:
    """Joints and runs of all pipes, whether they are tested or not.

    Pipes that are not `there` (n,) end nowhere; `length_m` (n,) are the plan lengths of the others
    where they are known already.
    """
    count = len(pipes)
    if count == 0:
        none = np.zeros(0, dtype=np.int32)
        return Topology(none, none, none, none, np.zeros(0), np.zeros(0), np.zeros((0, 2)))
    ends, node = _ends(pipes, there)
    family = family_of(pipes)
    joint, degree = _joints(node, family, ends)
    run, offset, sign = _runs(pipes, joint, degree, length_m)
    return Topology(joint, degree, family, run, offset, sign, ends)


def _ends(pipes: PipeTable, there: Bool | None) -> tuple[F64, I32]:
    """Places and nodes of all ends."""
    from baiyun_gis.kernels.extents import placed_tips_of

    if there is not None and not there.all():
        nodes = pipes.start_node, pipes.end_node
        return placed_tips_of(pipes.offsets, pipes.xy, nodes, there=there)
    node = np.empty(2 * len(pipes), dtype=np.int32)
    node[0::2], node[1::2] = pipes.start_node, pipes.end_node
    return end_points(pipes), node


def end_points(pipes: PipeTable) -> F64:
    """Plan position of all ends, shape (2 n, 2); NaN for pipes without geometry."""
    from baiyun_gis.kernels.extents import tips_of

    return tips_of(pipes.offsets, pipes.xy)


def _joints(node: I32, family: I32, ends: F64) -> tuple[I32, I32]:
    from baiyun_gis.kernels.joining import joined_ends

    nodes = int(node.max(initial=-1)) + 1
    return joined_ends(node, family, ends, nodes=nodes, reach_m=COINCIDENT_M)


def _runs(pipes: PipeTable, joint: I32, degree: I32, length: F64 | None) -> tuple[I32, F64, F64]:
    """Run label, chainage offset and direction of every pipe, from the smaller end row."""
    from baiyun_gis.kernels.axis_lines import chainages_of
    from baiyun_gis.kernels.joining import chains_of

    if length is None:
        _, length, _ = chainages_of(pipes.offsets, pipes.xy)
    return chains_of(joint, degree, pipes.utility.astype(np.int32), length)
