"""Joints and runs of a whole project, kept up to date while a few pipes change.

Everything counts in **slots**: a pipe keeps its slot when others are deleted, and slots are in
the order of rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from baiyun_gis.live.members import Members
from baiyun_gis.model.columns import F64, I32, I64, Bool
from baiyun_gis.model.tables import PipeTable
from baiyun_gis.model.topology import Topology

_NEAR_M = 0.002


@dataclass(frozen=True, slots=True)
class Links:
    """What some pipes are linked to; `slots` sorted, ends as in `Topology`, labels the whole's."""

    slots: I64
    joint: I64
    run: I64
    offset_m: F64
    sign: F64
    end_xy: F64

    def put_into(self, other: Links) -> Links:
        """The other links, with these where both know a pipe."""
        at = np.searchsorted(self.slots, other.slots)
        at = np.minimum(at, max(len(self.slots) - 1, 0))
        hit = np.flatnonzero(self.slots[at] == other.slots) if len(self.slots) else at[:0]
        if not len(hit):
            return other
        here, ends = at[hit], ends_of(hit)
        joint, run, xy = other.joint.copy(), other.run.copy(), other.end_xy.copy()
        offset, sign = other.offset_m.copy(), other.sign.copy()
        joint[ends], xy[ends] = self.joint[ends_of(here)], self.end_xy[ends_of(here)]
        run[hit], offset[hit], sign[hit] = self.run[here], self.offset_m[here], self.sign[here]
        return replace(other, joint=joint, run=run, offset_m=offset, sign=sign, end_xy=xy)


class Network:
    """The links of all pipes; made from the topology and the node references of a state."""

    def __init__(self, topology: Topology, node: I64) -> None:
        self.joint = topology.joint.astype(np.int64)
        self.degree = topology.joint_degree.astype(np.int32)
        self._labels = len(topology.joint_degree)
        self.run = topology.run.astype(np.int64)
        self.offset_m = topology.run_offset_m.copy()
        self.sign = topology.run_sign.copy()
        self.end_xy = topology.end_xy.copy()
        self.node = node.astype(np.int64)
        self.at_joint = Members(self.joint)
        self.in_run = Members(self.run)
        self.at_node = Members(self.node)

    def __len__(self) -> int:
        return len(self.run)

    def add(self, count: int) -> None:
        """Room for `count` more pipes, linked to nothing yet."""
        size = len(self)
        none = np.full(2 * count, -1, dtype=np.int64)
        self.joint = np.concatenate([self.joint, none])
        self.node = np.concatenate([self.node, none])
        self.run = np.concatenate([self.run, np.arange(size, size + count)])
        self.offset_m = np.concatenate([self.offset_m, np.zeros(count)])
        self.sign = np.concatenate([self.sign, np.ones(count)])
        self.end_xy = np.concatenate([self.end_xy, np.full((2 * count, 2), np.nan)])

    def links(self, slots: I64) -> Links:
        """The links of some pipes, sorted slots."""
        ends = ends_of(slots)
        return Links(
            slots,
            self.joint[ends],
            self.run[slots],
            self.offset_m[slots],
            self.sign[slots],
            self.end_xy[ends],
        )

    def topology(self, links: Links, family: I32) -> Topology:
        """The links as the topology of a table of just these pipes, heads of runs included."""
        labels, joint = np.unique(links.joint, return_inverse=True)
        return Topology(
            joint=joint.reshape(-1).astype(np.int32),
            joint_degree=self.degree[labels],
            family=family,
            run=np.searchsorted(links.slots, links.run).astype(np.int32),
            run_offset_m=links.offset_m,
            run_sign=links.sign,
            end_xy=links.end_xy,
        )

    def partners(self, slots: I64) -> I64:
        """Pipes that share a joint with any of these, themselves included."""
        return np.unique(self.at_joint.of(self.joint[ends_of(slots)]) // 2)

    def runmates(self, slots: I64) -> I64:
        """All pipes of the runs of these."""
        return self.in_run.of(self.run[slots])

    def rewire(self, slots: I64, node: I64, end_xy: F64) -> None:
        """Pipes now end at these nodes and places, two ends each."""
        ends = ends_of(slots)
        changed = np.flatnonzero(self.node[ends] != node)
        before = self.node[ends][changed]
        touched = np.unique(np.concatenate([before, node[changed]]))
        self.node[ends] = node
        self.end_xy[ends] = end_xy
        mine = ends[changed]
        for label in touched[touched >= 0].tolist():
            known = np.union1d(self.at_node.of(np.array([label])), mine)
            self.at_node.put(label, known[self.node[known] == label])

    def meeting(self, slots: I64, near: I64) -> I64:
        """Pipes that now end at a node or place where one of `slots` ends; `near` may do so."""
        by_node = self.at_node.of(self.node[ends_of(slots)]) // 2
        mine, theirs = self.end_xy[ends_of(slots)], self.end_xy[ends_of(near)]
        with np.errstate(invalid="ignore"):
            close = (np.abs(mine[:, None, :] - theirs[None]) <= _NEAR_M).all(axis=2).any(axis=0)
        by_place = near[close.reshape(-1, 2).any(axis=1)]
        return np.unique(np.concatenate([by_node, by_place]))

    def relink(self, wanted: I64, links: Links, degree: I32) -> Bool:
        """Take over new links of the pipes `wanted` and of all that share a joint with them.

        `links` knows those and their neighbours, with joints counted from 0 (`degree` by that
        number). Gives which of `wanted` are linked otherwise than before: an end's degree, or
        the make-up of the run.
        """
        inside = np.searchsorted(links.slots, wanted)
        before_degree = self.degree_at(ends_of(wanted))
        before_run, before_size = self.run[wanted].copy(), self._run_sizes(wanted)
        self._relabel(links, degree, np.unique(links.joint[ends_of(inside)]))
        self.run[wanted] = links.run[inside]
        self.offset_m[wanted], self.sign[wanted] = links.offset_m[inside], links.sign[inside]
        for head in np.unique(self.run[wanted]).tolist():
            self.in_run.put(head, wanted[self.run[wanted] == head])
        run = self.run[wanted]
        differs = (self.degree_at(ends_of(wanted)) != before_degree).reshape(-1, 2).any(axis=1)
        moved = run != before_run
        heads = np.concatenate([run[moved], before_run[moved]])
        regrouped = np.isin(run, heads) | np.isin(before_run, heads)
        return differs | regrouped | (self._run_sizes(wanted) != before_size)

    def _relabel(self, links: Links, degree: I32, touched: I64) -> None:
        """Joints under new labels, so that what is known of the old ones stays true of then."""
        fresh = np.full(len(degree), -1, dtype=np.int64)
        fresh[touched] = self._labels + np.arange(len(touched))
        if self._labels + len(touched) > len(self.degree):
            room = np.zeros(len(self.degree) // 4 + len(touched) + 1024, dtype=np.int32)
            self.degree = np.concatenate([self.degree, room])
        self.degree[self._labels : self._labels + len(touched)] = degree[touched]
        self._labels += len(touched)
        all_ends, label = ends_of(links.slots), fresh[links.joint]
        hit = np.flatnonzero(label >= 0)
        ends, label = all_ends[hit], label[hit]
        self.joint[ends] = label
        self.end_xy[all_ends] = links.end_xy
        order = np.argsort(label, kind="stable")
        heads = np.flatnonzero(np.diff(label[order], prepend=-1))
        for items in np.split(order, heads[1:]):
            if len(items):
                self.at_joint.put(int(label[items[0]]), np.sort(ends[items]))

    def degree_at(self, ends: I64) -> I32:
        """How many ends meet at each end; 0 at an end not linked yet."""
        label = self.joint[ends]
        return np.where(label >= 0, self.degree[np.maximum(label, 0)], 0).astype(np.int32)

    def _run_sizes(self, slots: I64) -> I64:
        heads, of = np.unique(self.run[slots], return_inverse=True)
        sizes = [len(self.in_run.of(np.array([head]))) for head in heads]
        return np.array(sizes, dtype=np.int64)[of.reshape(-1)]


def ends_of(slots: I64) -> I64:
    """Both ends of each pipe, start then end; shape (2 n,)."""
    return (2 * slots[:, None] + np.array([0, 1])).reshape(-1)


def node_of_ends(pipes: PipeTable) -> I64:
    """The node of every end, −1 for none; shape (2 n,)."""
    out = np.empty(2 * len(pipes), dtype=np.int64)
    out[0::2], out[1::2] = pipes.start_node, pipes.end_node
    return out
