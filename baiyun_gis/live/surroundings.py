"""Where everything of a project lies and what it is linked to, following edits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from baiyun_gis.checks.joints import SHORT_M
from baiyun_gis.checks.snapshot import joining
from baiyun_gis.checks.usable import APART_M, is_impossible, usable
from baiyun_gis.language import Message, msg
from baiyun_gis.live.bounds import (
    beside,
    has_short,
    highest,
    holds_all,
    lies_in,
    lowest,
    witnesses,
)
from baiyun_gis.live.boxes import (
    BoxIndex,
    building_boxes,
    grown,
    node_boxes,
    piece_boxes,
    pipe_boxes,
    structure_boxes,
)
from baiyun_gis.live.changes import Touched
from baiyun_gis.live.cutout import CutOut, cut_out
from baiyun_gis.live.kept import KeptParts, Part, holds
from baiyun_gis.live.neighbourhood import Edit, Neighbourhood
from baiyun_gis.live.network import Links, Network, ends_of, node_of_ends
from baiyun_gis.live.reach import Reach
from baiyun_gis.live.sliding import ROOM_M, Room, slid
from baiyun_gis.model.columns import F64, I32, I64, Bool
from baiyun_gis.model.tables import BuildingTable, NodeTable, PipeTable
from baiyun_gis.model.topology import Topology, end_points, family_of, topology_of
from baiyun_gis.project import ProjectState
from baiyun_gis.time.lifespan import alive

_NEAR_M = 0.002
_NONE = np.zeros(0, dtype=np.int64)


class Surroundings:
    """Boxes and links of all features of a state; `follow` moves them on to the next state.

    Where `follow` gives a message instead of a neighbourhood, it has to be made anew.
    """

    def __init__(
        self,
        state: ProjectState,
        topology: Topology,
        as_of: np.datetime64,
        impossible: Bool,
    ) -> None:
        self._as_of = as_of
        self.impossible = impossible.copy()
        self._slot_of_row = np.arange(len(state.pipes))
        self.row_of_slot = self._slot_of_row
        self.row_before = self.row_of_slot
        self.network = Network(topology, node_of_ends(state.pipes))
        self._pipes = BoxIndex(pipe_boxes(state.pipes))
        self._nodes = BoxIndex(node_boxes(state.nodes))
        self._buildings = BoxIndex(building_boxes(state.buildings))
        self._structures = BoxIndex(structure_boxes(state.structures))
        known = state.pipes.xy[np.isfinite(state.pipes.xy).all(axis=1)]
        self._middle = np.median(known, axis=0) if len(known) else np.zeros(2)
        self._witnesses = witnesses(state, as_of)
        self._highest_m, self._lowest_m = highest(state.buildings), lowest(state.pipes)

    @property
    def has_own_slots(self) -> bool:
        """Whether slots may be other than rows: not before a pipe came or went."""
        return self.row_of_slot is not self._slot_of_row

    def slots_of(self, rows: I64) -> I64:
        """The slots of pipes in rows of the state now."""
        return self._slot_of_row[rows]

    def topology(self, state: ProjectState) -> Topology:
        """The whole project's topology, in its rows."""
        links = self.network.links(self._slot_of_row)
        return Topology(
            joint=links.joint.astype(np.int32),
            joint_degree=self.network.degree,
            family=family_of(state.pipes),
            run=self.row_of_slot[links.run].astype(np.int32),
            run_offset_m=links.offset_m,
            run_sign=links.sign,
            end_xy=links.end_xy,
        )

    def follow(
        self,
        before: ProjectState,
        after: ProjectState,
        touched: Touched,
        reach: Reach,
        known: KeptParts,
    ) -> Neighbourhood | Message:
        """The neighbourhood of an edit, or why everything has to be looked at."""
        slid_on = self._slid(before, after, touched, known)
        if slid_on is not None:
            return slid_on
        rows = after.pipes.take(touched.pipes)
        why = self._beyond(after, touched, rows)
        if why is not None:
            return why
        edit = self._placed(before, after, touched, rows)
        earlier = np.concatenate([self._earlier(edit.changed), edit.gone])
        links = self.network.links(np.sort(earlier))
        linked = self._relinked(edit, links)
        if linked is None:
            return msg("lines are linked in a way that only the whole shows")
        affected, links = linked
        seeds = np.union1d(affected, self.network.runmates(edit.changed))
        others = len(seeds) > len(edit.changed)
        seen = after.pipes.take(self.row_of_slot[seeds]) if others else edit.now
        lines = np.concatenate([edit.lines, piece_boxes(seen)])
        kept = None if len(edit.gone) else known.of(edit.changed)
        room = kept.room if kept is not None and known.open(edit.changed) is kept else None
        reach = self._deep(edit, seen, lines, reach)
        return self._cut(edit, seeds, lines, links, reach, kept, room)

    def _slid(
        self, before: ProjectState, after: ProjectState, touched: Touched, known: KeptParts
    ) -> Neighbourhood | None:
        """The neighbourhood where the edit slides on the line that was edited last."""
        if len(touched) != 1 or not len(touched.pipes) or len(before.pipes) != len(after.pipes):
            return None
        row = int(touched.pipes[0])
        edited = self._slot_of_row[row : row + 1]
        part = known.open(edited)
        if part is None or part.room is None:
            return None
        now = slid(part, part.room, before, after, row)
        if now is None:
            return None
        self.row_before = self.row_of_slot
        self._pipes.move(edited, now.box)
        self.network.end_xy[ends_of(edited)] = now.tips
        return Neighbourhood(
            before=lambda: part.cut,
            after=now.cut,
            bare=part.bare,
            untouched=frozenset({"buildings", "structures"}),
            edited=edited,
            changed=edited,
            gone=_NONE,
            mine=part.mine,
            own=part.own,
            alone=part.alone,
            kept=part,
            room=part.room,
            snapshot=now.snapshot,
        )

    def _deep(self, edit: Edit, seen: PipeTable, lines: F64, reach: Reach) -> Reach:
        """The reach with what the depth of the lines, or of foundations touched, may ask."""
        if not len(edit.after.buildings):
            return reach
        low = min(edit.low_m, lowest(seen))
        self._lowest_m = min(self._lowest_m, low)
        out = reach.below(self._highest_m, low)
        for _ in range(2):  # nearer by there may be no foundation as high
            near = self._buildings.near(grown(lines, out.to_things_m + ROOM_M))
            tables = (edit.before.buildings, edit.after.buildings)
            tables = tables[1:] if tables[0] is tables[1] else tables
            furthest = out
            out = reach.below(max(highest(t, near[near < len(t)]) for t in tables), low)
            if out == furthest:
                break
        if len(edit.touched.buildings):
            out = out.below(self._highest_m, self._lowest_m)
        return out

    def _beyond(self, after: ProjectState, touched: Touched, part: PipeTable) -> Message | None:
        """Why a neighbourhood would not show everything; `part` are the pipes touched."""
        with np.errstate(invalid="ignore"):
            is_near = np.abs(part.xy - self._middle) < APART_M / 2  # NaN is not near
        if not is_near.all() or is_impossible(part).any():
            return msg("a line lies in an impossible place")
        if len(touched.buildings) or len(touched.structures):
            now = witnesses(after, self._as_of)
            if not all(map(np.array_equal, self._witnesses, now)):
                return msg("the first building or structure of a kind came or went")
        return None

    def _earlier(self, slots: I64) -> I64:
        """Those of the slots that there were before the edit."""
        slots = slots[slots < len(self.row_before)]
        return slots[self.row_before[slots] >= 0]

    def _placed(
        self, before: ProjectState, after: ProjectState, touched: Touched, part: PipeTable
    ) -> Edit:
        """Move everything that was touched (`part`: its pipes) to where it is now."""
        gone = self._slot_of_row[touched.gone]
        self._renumber(touched, len(after.pipes))
        ending = np.unique(self.network.at_node.of(touched.nodes) // 2)
        ending = ending[self.row_of_slot[ending] >= 0]
        changed = np.union1d(self._slot_of_row[touched.pipes], ending)
        earlier = np.concatenate([self._earlier(changed), gone])
        was = before.pipes.take(self.row_before[earlier])
        others = len(changed) > len(part)
        now = after.pipes.take(self.row_of_slot[changed]) if others else part
        lines = piece_boxes(was)
        moved = highest(after.buildings, touched.buildings)
        self._highest_m = max(self._highest_m, moved)
        things: list[F64] = []
        for index, rows, boxes_of in (
            (self._nodes, touched.nodes, lambda r: node_boxes(after.nodes.take(r))),
            (
                self._buildings,
                touched.buildings,
                lambda r: building_boxes(after.buildings.take(r)),
            ),
            (
                self._structures,
                touched.structures,
                lambda r: structure_boxes(after.structures.take(r)),
            ),
        ):
            if len(rows):
                index.grow(max(int(rows[-1]) + 1, len(index.boxes)))
                things.append(index.boxes[rows])
                index.move(rows, boxes_of(rows))
                things.append(index.boxes[rows])
        rows = touched.pipes
        self.impossible[self._slot_of_row[rows]] = False  # else none of this is asked
        self._pipes.move(self._slot_of_row[rows], pipe_boxes(part))
        if len(gone):
            self._pipes.move(gone, np.full((len(gone), 4), np.nan))
        return Edit(
            before,
            after,
            touched,
            changed,
            gone,
            lines,
            np.concatenate([np.zeros((0, 4)), *things]),
            lowest(was),
            now,
            has_short(was) or has_short(now),
            np.unique(np.concatenate([node_of_ends(was), node_of_ends(now)])),
        )

    def _renumber(self, touched: Touched, count: int) -> None:
        """Slots of the rows after the edit; new pipes get new slots."""
        self.row_before = self.row_of_slot
        left = np.delete(self._slot_of_row, touched.gone) if len(touched.gone) else None
        left = self._slot_of_row if left is None else left
        added = count - len(left)
        if added or len(touched.gone):
            size = len(self.network)
            self.network.add(added)
            self._pipes.grow(size + added)
            self.impossible = np.concatenate([self.impossible, np.zeros(added, dtype=np.bool_)])
            self._slot_of_row = np.concatenate([left, size + np.arange(added)])
            self.row_of_slot = np.full(size + added, -1, dtype=np.int64)
            self.row_of_slot[self._slot_of_row] = np.arange(count)

    def _relinked(self, edit: Edit, links: Links) -> tuple[I64, Links] | None:
        """Pipes the edit links otherwise, with the changed ones; and all links as they were."""
        network, changed, gone = self.network, edit.changed, edit.gone
        beside = network.partners(links.slots)
        network.rewire(changed, node_of_ends(edit.now), end_points(edit.now))
        network.rewire(gone, np.full(2 * len(gone), -1), np.full((2 * len(gone), 2), np.nan))
        tips = network.end_xy[ends_of(changed)]
        near = self._pipes.near(grown(np.hstack([tips, tips]), _NEAR_M))
        met = network.meeting(changed, near)
        close = np.unique(np.concatenate([changed, beside, met, network.partners(met)]))
        wanted = np.setdiff1d(np.union1d(close, network.runmates(np.union1d(close, gone))), gone)
        around = np.setdiff1d(np.union1d(wanted, network.partners(wanted)), gone)
        before = links.put_into(network.links(np.union1d(around, gone)))
        now, degree = self._links_now(edit.after, around)
        if not np.isin(now.run[np.searchsorted(around, wanted)], wanted).all():
            return None
        differs = network.relink(wanted, now, degree)
        affected = np.union1d(changed, wanted[differs])
        return np.union1d(affected, self._cut_otherwise(edit, before)), before

    def _cut_otherwise(self, edit: Edit, before: Links) -> I64:
        """Pipes around that leave a joint beside another line now and did not, or no longer do:
        they are compared piece by piece."""
        kept = np.flatnonzero(~np.isin(before.slots, edit.gone))
        slots = before.slots[kept]
        was = beside(edit.before.pipes, self.row_before, before, self._as_of)[kept]
        now = beside(edit.after.pipes, self.row_of_slot, self.network.links(slots), self._as_of)
        return slots[(was != now).any(axis=1)]

    def _links_now(self, state: ProjectState, slots: I64) -> tuple[Links, I32]:
        """Links of some pipes worked out from them alone."""
        raw = state.pipes.take(self.row_of_slot[slots])
        bare = state.with_(pipes=raw, nodes=NodeTable.empty(), buildings=BuildingTable.empty())
        pipes = usable(bare).pipes
        there = alive(pipes.valid_from, pipes.valid_to, self._as_of) & ~self.impossible[slots]
        topology = topology_of(joining(pipes, there))
        links = Links(
            slots,
            topology.joint.astype(np.int64),
            slots[topology.run],
            topology.run_offset_m,
            topology.run_sign,
            topology.end_xy,
        )
        return links, topology.joint_degree

    def _cut(
        self,
        edit: Edit,
        seeds: I64,
        lines: F64,
        links: Links,
        reach: Reach,
        kept: Part | None,
        room: Room | None,
    ) -> Neighbourhood:
        """All that can matter to the seeds and to what else was touched, before and after; the
        rows of the part known where these are among them."""
        network, gone = self.network, edit.gone
        spare_m = ROOM_M if kept is None else 0.0
        far = reach.to_things_m + spare_m
        to_lines = np.concatenate(
            [grown(lines, reach.to_lines_m + spare_m), grown(edit.things, far)]
        )
        everything = grown(np.concatenate([lines, edit.things]), far)
        slots = np.union1d(self._pipes.near(to_lines), seeds)
        # What ends where one of these does says how it is cut.
        slots = np.setdiff1d(network.partners(slots), gone)
        slots = np.union1d(slots, network.run[slots])
        earlier = np.union1d(self._earlier(slots), gone)
        was = links.put_into(network.links(earlier))
        missing = np.setdiff1d(was.run, earlier)
        if len(missing):
            slots, earlier = np.union1d(slots, missing), np.union1d(earlier, missing)
        # The same things on both sides: what stands in one only would look like a change.
        ends = np.concatenate([network.node[ends_of(slots)], _nodes_of(edit, self, earlier)])
        nodes = np.union1d(self._nodes.near(everything), edit.touched.nodes)
        nodes = np.union1d(nodes, ends[ends >= 0])
        near = {
            "buildings": np.union1d(self._buildings.near(everything), edit.touched.buildings),
            "structures": np.union1d(self._structures.near(everything), edit.touched.structures),
        }
        buildings = np.union1d(near["buildings"], self._witnesses[0]).astype(np.int64)
        structures = np.union1d(near["structures"], self._witnesses[1]).astype(np.int64)
        bare = frozenset(table for table, rows in near.items() if not len(rows))
        mine, own = self._mine(edit, seeds, slots, lines, 2 * reach.doubt_m + spare_m)
        alone = len(seeds) == 1 and self._is_free(edit)
        if kept is not None:
            kept_holds = holds(kept.cut, slots, nodes, buildings, structures)
            kept_holds &= holds_all(kept.mine, mine) and holds_all(kept.own, own)
            kept_holds &= alone or not kept.alone
            if kept.bare <= bare and kept_holds:
                whole, mine, own, alone = kept.cut, kept.mine, kept.own, kept.alone
                slots, nodes, bare = whole.slots, whole.nodes, kept.bare
                buildings, structures, earlier = whole.buildings, whole.structures, whole.slots
            else:
                return self._cut(edit, seeds, lines, links, reach, None, None)

        def cut(state: ProjectState, rows: I64, known: Links) -> CutOut:
            return cut_out(
                state,
                rows,
                known,
                nodes=nodes[nodes < len(state.nodes)],
                buildings=buildings[buildings < len(state.buildings)],
                structures=structures[structures < len(state.structures)],
            )

        return Neighbourhood(
            lambda: cut(
                edit.before, self.row_before[earlier], links.put_into(network.links(earlier))
            ),
            cut(edit.after, self.row_of_slot[slots], network.links(slots)),
            bare,
            frozenset(name for name in near if not len(getattr(edit.touched, name))),
            edit.changed,
            seeds,
            gone,
            mine,
            own,
            alone,
            kept,
            self._room(edit, slots, reach) if kept is None else self._room_on(edit, room),
        )

    def _mine(
        self, edit: Edit, seeds: I64, slots: I64, lines: F64, near_m: float
    ) -> tuple[I64, I64] | tuple[None, None]:
        """Pipes such that each finding that may differ is of one of them, and those such that each
        without another line is; None: any may.

        Beside the seeds these are lines that pass the chambers the edited ones end in, and for
        pairs of lines ends that may lie on their axes; always whole runs, of which findings are
        one row.
        """
        if len(edit.things) or edit.is_short:  # a short one is a fitting: it links all beyond it
            return None, None
        network = self.network
        own = [seeds]
        chambers = edit.nodes[edit.nodes >= 0]
        if len(chambers):
            own.append(self._pipes.near(grown(self._nodes.boxes[chambers], near_m)))
        out = [*own, network.partners(edit.changed)]
        ends = ends_of(slots)
        free = ends[network.degree_at(ends) == 1]
        out.append(free[lies_in(network.end_xy[free], grown(lines, near_m))] // 2)
        # Where it is drawn on, it may be joined to these.
        tips = network.end_xy[ends_of(edit.changed)]
        by_tips = lies_in(network.end_xy[ends], grown(np.hstack([tips, tips]), near_m))
        out.append(ends[by_tips] // 2)
        mine, alone = (
            np.union1d(network.runmates(np.unique(np.concatenate(some))), edit.gone)
            for some in (out, own)
        )
        return mine, alone

    def _room(self, edit: Edit, slots: I64, reach: Reach) -> Room | None:
        """How far the line edited may be slid within what is now looked at; None: it may not."""
        changed = edit.changed
        if not self._is_free(edit):
            return None
        others = ends_of(slots[slots != changed[0]])
        low = lowest(edit.now) if reach.deep is not None else -np.inf
        return Room(
            slot=int(changed[0]),
            xy=edit.now.xy,
            low_m=low,
            half_m=_half_height_m(edit.now),
            least_m=SHORT_M + 0.01,
            tips=self.network.end_xy[others],
        )

    def _room_on(self, edit: Edit, room: Room | None) -> Room | None:
        """The room known for the line as it is after an edit that was no slide; None where it is
        linked to another by now."""
        if room is None or not self._is_free(edit):
            return None
        return replace(room, half_m=_half_height_m(edit.now))

    def _is_free(self, edit: Edit) -> bool:
        """Whether a single line was edited, and neither of its ends is another's."""
        network, changed = self.network, edit.changed
        if len(edit.touched) != 1 or len(changed) != 1 or edit.is_short or not len(edit.now.xy):
            return False
        is_end = network.degree_at(ends_of(changed)) == 1
        return bool(is_end.all()) and len(network.runmates(changed)) == 1


def _half_height_m(pipes: PipeTable) -> float:
    height = np.fmax(pipes.outer_height_m, pipes.outer_width_m)
    return float(np.nan_to_num(height, nan=0.0).max()) / 2


def _nodes_of(edit: Edit, around: Surroundings, slots: I64) -> I64:
    """Nodes that pipes ended in before the edit."""
    pipes, rows = edit.before.pipes, around.row_before[slots]
    return np.concatenate([pipes.start_node[rows], pipes.end_node[rows]]).astype(np.int64)
