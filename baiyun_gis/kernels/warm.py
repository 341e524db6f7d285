"""Every kernel compiled, or fetched from disk, before somebody waits for it."""

from __future__ import annotations

import numpy as np

from baiyun_gis.arrays import F64, I32, I64, Bool
from baiyun_gis.kernels import beside, beside_runs, classes, laid
from baiyun_gis.kernels.abreast import ABREAST, abreast
from baiyun_gis.kernels.axis_lines import Basis, Straight, Survey, chainages_of, deviations_of
from baiyun_gis.kernels.bodies import body_gap
from baiyun_gis.kernels.box_grid import CROWD, MANY, pairs_with_boxes
from baiyun_gis.kernels.candidates import candidate_pairs, in_order, near_pairs
from baiyun_gis.kernels.chains import Lines, sections_of
from baiyun_gis.kernels.chambers import Kin, Plans, chamber_boxes, ends_inside
from baiyun_gis.kernels.chances import chances_of_either, falling_short
from baiyun_gis.kernels.chunks import run_in_chunks
from baiyun_gis.kernels.covers import Asked, doubtful, grounds_of, settled
from baiyun_gis.kernels.cuts import cuts_of
from baiyun_gis.kernels.encounters import FEW, encounters_of, neighbours_of
from baiyun_gis.kernels.end_errors import Surveyed, none_cut_up
from baiyun_gis.kernels.extents import any_beyond, extent_of, placed_tips_of, tips_of
from baiyun_gis.kernels.first_look import Asked as AskedOfPairs
from baiyun_gis.kernels.found_in_height import Over, found_in_height
from baiyun_gis.kernels.found_in_plan import found_along, found_beside
from baiyun_gis.kernels.found_in_space import found_in_space
from baiyun_gis.kernels.further_cuts import cut_further
from baiyun_gis.kernels.holding import surely_holds
from baiyun_gis.kernels.intervals import (
    hold_within,
    least_of_each,
    spans_of_each,
    stretches_of,
)
from baiyun_gis.kernels.joining import chains_of, ends_at, joined_ends
from baiyun_gis.kernels.leaving import ends_alongside
from baiyun_gis.kernels.lifts import Lifts
from baiyun_gis.kernels.linking import Near, Nearness, Network, links_of
from baiyun_gis.kernels.listing import (
    Closer,
    Scope,
    asked_about,
    listed,
    looked_closer,
    rows_in_company,
)
from baiyun_gis.kernels.measuring import (
    FLAGS,
)
from baiyun_gis.kernels.naming import Sides, digests_of, digests_of_texts, words_of, written
from baiyun_gis.kernels.ordering import (
    HANDFUL,
    Grouped,
    few_numbered,
    keys_of_groups,
    numbered,
)
from baiyun_gis.kernels.outlines import Outlines
from baiyun_gis.kernels.overlapping import (
    ByCell,
    InPlan,
    Joined,
    KnownOfBoth,
    KnownOfEach,
    Room,
    Terms,
    looked_over,
    lying_over,
    near_enough,
    over_in_plan,
    traits_of,
)
from baiyun_gis.kernels.pair_columns import AskedOf, Judging, Laid, Paired, Told
from baiyun_gis.kernels.pairing import (
    Ends,
    Settling,
    clusters_of,
    settled_pairs,
    worse_of_both,
)
from baiyun_gis.kernels.part_pairs import (
    Asking,
    Found,
    Listed,
    in_place_of_pieces,
    marks_of_parts,
    near_parts,
)
from baiyun_gis.kernels.parts import cut_pieces, extended
from baiyun_gis.kernels.passages import CHAMBER_COLUMNS, Doubt, passages_of
from baiyun_gis.kernels.plain_crossings import CrossingHeights, Enough, crossing_heights
from baiyun_gis.kernels.plan import near_in_plan, plan_crossing, plan_stretch
from baiyun_gis.kernels.polygons import are_near_polygons, candidate_polygon_pairs
from baiyun_gis.kernels.quiet import sifted, told
from baiyun_gis.kernels.reaches import Doubts, doubted, reaches_of, undersides_of
from baiyun_gis.kernels.recorded import flags_of, of_either
from baiyun_gis.kernels.segments import Segments, pair_rows, table_of, take
from baiyun_gis.kernels.sides import LineTraits, sides_of
from baiyun_gis.kernels.slants import Slant, met_rows, met_with
from baiyun_gis.kernels.sliding_room import Bounds, fits
from baiyun_gis.kernels.spring_gains import best_free_shifts, gains, log_densities
from baiyun_gis.kernels.standings import FoundRows, Grades, graded
from baiyun_gis.kernels.stations import runs_of, stations_along_runs
from baiyun_gis.kernels.tallying import ends_of_pairs, ends_of_subjects, first_codes


def _two_pipes() -> Segments:
    """One pipe over another, at a slant too slight to be a crossing."""
    flags = np.array([True, False])
    start, stop, half = np.zeros(2), np.ones(2), np.full(2, 0.1)
    tilt = np.array([0.0, 0.01])
    pipe = np.arange(2, dtype=np.int32)
    return Segments(
        start, start, start, stop, tilt, tilt, half, half, flags, flags, flags, pipe, start
    )


def warm_up() -> None:
    """Run each kernel once on two pipes and a triangle; some seconds on a new machine."""
    seg = _two_pipes()
    i, j = candidate_pairs(seg, np.ones(2))
    none = np.zeros(len(i))
    above, code = np.ones(len(i), dtype=np.bool_), np.zeros(len(i), dtype=np.int8)
    body_gap(seg, i, j)
    plan_stretch(seg, i, j, np.ones(len(i)))
    plan_crossing(seg, i, j)
    near_in_plan(seg, i, j, crossing_angle_deg=15.0)
    two = np.zeros(2)
    stations_along_runs(seg, i, (two, two), (none, none), none)
    _warm_overlaps(seg, i, j)
    _warm_found(seg, i, j)
    enough = Enough(two, i, 2.0)
    crossing_heights(seg, i, j, sigma_m=(two, two, two, two), enough=enough)
    grouped = Grouped(i, i, i, j)
    keys_of_groups(grouped, np.zeros(1, dtype=np.int64))
    first_codes(i, code, 1)
    ends_of_subjects(i, code, above, above, codes=1, settled=code[:1])
    ends_of_subjects(i, code, above, above, codes=1, settled=None)
    rows = np.arange(len(i))
    pieces = i, code, above, above
    ends_of_pairs(
        pieces, code[:1], (rows[:0], rows[:0], rows[:0]), None, (0, 0, 0), (0, 0), codes=1
    )
    joint = np.arange(4, dtype=np.int32)
    axes = np.array([0, 2, 4]), np.zeros((4, 2)), np.zeros(4)
    lines = Lines(np.zeros(2, dtype=np.int8), np.ones(2), *axes, joint)
    sections_of(np.arange(2), lines)
    wanted = np.ones(2, dtype=np.bool_)
    ends_alongside(joint, np.arange(2), *axes[:2], wanted=wanted, within_deg=15.0)
    boxes = np.array([[0.0, 1.0, 1.0, 2.0]])
    near, polygons = candidate_polygon_pairs(seg, boxes, 1.0)
    crowd = take(seg, np.zeros(CROWD, dtype=np.int64))
    candidate_polygon_pairs(crowd, np.repeat(boxes + 1e3, MANY, axis=0), 1.0)
    slant = Slant(two, two, 1.0, 10.0, 5.0)
    met_with(seg, seg, boxes, slant, looks=None)
    run_in_chunks(met_rows, len(i), table_of(seg), i, table_of(seg), j, slant)
    are_near_polygons(seg, near, boxes, polygons, np.zeros(len(near)), np.zeros(len(near)))
    triangle = np.array([[0.0, 1.0], [1.0, 1.0], [1.0, 2.0], [0.0, 1.0]])
    outlines = Outlines(triangle, np.array([0, 4]), np.array([0, 1]))
    surely_holds(outlines, np.zeros(1, np.int64), outlines, np.zeros(1, np.int64))
    doubts = Doubts(two, two, 1.0, np.ones(2, dtype=np.bool_), 0.0)
    grown = np.repeat(reaches_of(seg, np.zeros(2, dtype=np.int32), two, doubts)[:1], CROWD)
    heads = Lifts(np.zeros(MANY), undersides_of(crowd), 1.0)
    pairs_with_boxes(table_of(crowd), grown, np.repeat(boxes, MANY, axis=0), heads)
    word = np.zeros(1, dtype=np.int32)
    side = Sides(word, word)
    digest, _ = digests_of(words_of(["a"]), (word, word), (side, side), lone=np.zeros(1, np.bool_))
    written(digest, digits=12, ordinal=np.ones(1, dtype=np.int64))
    digests_of_texts(["a"])
    _warm_heights(i, j)
    _warm_network(seg)
    _warm_ground(seg, outlines, boxes)
    _warm_springs()


def _warm_overlaps(seg: Segments, i: I32, j: I32) -> None:
    """Lines over each other: where they do, what is asked of them."""
    none, flags = np.zeros(len(i)), np.ones(len(i), dtype=np.bool_)
    runs = runs_of(seg, np.zeros(2), np.ones(2))
    abreast(seg, i, j, none, runs=runs, crossing_angle_deg=15.0)
    rows, codes = np.arange(len(i)), np.zeros(len(i), dtype=np.int8)
    by, terms = ByCell(none, none, codes, np.zeros_like(i)), Terms(0.0, 0.0, 0.0, 2.0)
    known = KnownOfBoth(flags, flags, 0.5)
    room = Room(none, none, flags, known)
    joined, marks = Joined(rows, codes, none, none, 4.0), np.zeros(len(i), dtype=np.uint16)
    of_runs = Grouped(i, i, i, j)
    lying_over(marks, joined)
    traits_of(marks, pair_rows(seg, i, j), rows, KnownOfEach(np.ones(2, dtype=np.bool_), flags))
    looked_over(rows, by, joined, room, of_runs, terms)
    near_enough(by, joined, marks, of_runs, crossing=1)
    in_plan = InPlan(marks, of_runs, np.ones(2, dtype=np.bool_), 0.5)
    over_in_plan(by, joined, in_plan, crossing=1)


def _warm_found(seg: Segments, i: I32, j: I32) -> None:
    """What checks of two lines find of a pair."""
    two, known = np.zeros(2), np.ones(2, dtype=np.bool_)
    joint, of = np.zeros(4, dtype=np.int32), seg.pipe
    surveyed = Surveyed(of, two, two, two, two, known, known, joint, of, of, 2, none_cut_up())
    runs = runs_of(seg, two, np.ones(2))
    laid = Laid(table_of(seg), known, known, known, runs, of, two, surveyed, two)
    rows, count = np.arange(len(i)), len(i)
    pairs = Paired(i, j, np.zeros_like(i), np.zeros(count, dtype=np.uint16), 1)
    none, codes, flags = np.zeros(count), np.zeros(count, dtype=np.int8), np.zeros(count, np.bool_)
    asked = AskedOf(ByCell(none, none, codes, np.zeros_like(i)), np.zeros_like(i), codes, none)
    by = Judging(15.0, Terms(0.0, 0.0, 0.0, 2.0), 0.05, 0.5, 0.01, 0.01)
    found = FoundRows(
        np.empty((count, 6)),
        np.empty((count, 9)),
        np.empty((count, 2), dtype=np.int32),
        np.empty_like(i),
        np.empty(count, dtype=np.bool_),
    )
    told = Told(found, np.empty((FLAGS, count), np.bool_), np.empty((2, count), np.bool_))
    found_in_space(rows, pairs, laid, by, told)
    over = Over(
        rows,
        flags,
        KnownOfBoth(~flags, ~flags, 0.5),
        CrossingHeights(none, flags, none, none),
    )
    lain = np.zeros((ABREAST, count))
    found_in_height(rows, lain, over, asked, (laid, pairs), by, False, 1, codes, told)
    found_beside(rows, flags, asked, (laid, pairs), by, (1, 1), codes, told)
    found_along(rows, flags, asked, (laid, pairs), by, 1, codes, told)


def _warm_heights(i: I32, j: I32) -> None:
    """Errors of two lines' ends, chances, stretches, and room to slide."""
    none, flags, two = np.zeros(len(i)), np.zeros(len(i), dtype=np.bool_), np.zeros(2)
    chances_of_either((none, none), (none, none), none)
    falling_short(none, none, none, tolerance_m=0.0)
    of_either(i, j, (np.zeros(2, dtype=np.int8),) * 6, np.stack([flags_of(0)] * 6))
    _warm_standings(two[:1], flags[:1])
    key, first = np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)
    one = two[:1]
    stretches_of(key, one, one, one, 0.0, first, np.zeros((2, 1)))
    hold_within(key, 1, one, one, one, np.ones(1, dtype=np.bool_), one)
    least_of_each(key, two[:1], 1, first)
    spans_of_each(key, two[:1], two[:1], np.zeros(1), np.zeros(1))
    axis = np.zeros((2, 2))
    fits(axis, two, axis, axis, Bounds(*np.ones(len(Bounds._fields)).tolist()))


def _warm_standings(one: F64, no: Bool) -> None:
    """One judged piece."""
    codes = np.zeros(4, dtype=np.int8)
    graded(one, one, one, no, Grades(np.ones(4), np.ones(5, np.int8), codes), tolerance_m=0.0)


def _warm_network(seg: Segments) -> None:
    """Two pipes end to end: joints, chainage, deviations and pairs of pipes."""
    offsets, xy = np.array([0, 2, 4]), np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 0.0], [2.0, 0.0]])
    chainage, length, _ = chainages_of(offsets, xy)
    extent_of(offsets, xy, np.zeros(4))
    tips_of(np.array([0, 4]), xy)
    any_beyond(xy[:, 0], 0.0, 1.0)
    node, codes = np.array([-1, 0, 0, -1], dtype=np.int32), np.zeros(2, dtype=np.int32)
    joint, degree = joined_ends(node, codes, xy, nodes=1, reach_m=0.001)
    run, _, _ = chains_of(joint, degree, codes, length)
    flags, none = np.ones(2, dtype=np.bool_), np.full(2, -1, dtype=np.int32)
    basis = Basis(
        codes, flags, flags, codes, none, np.zeros((1, 4)), none, none, xy[:1, 0].copy(),
        xy[:1, 0].copy(), length, length, codes.astype(np.int8), 1,
    )  # fmt: skip
    straight = Straight(length, length, length, length)
    survey, codes_of = Survey(straight, basis), np.arange(6, dtype=np.int8)
    deviations_of(offsets, chainage, chainage, survey, numbers=np.ones(5), codes=codes_of)
    placed_tips_of(offsets, xy, (none, none), there=flags)
    _warm_laying((offsets, xy, np.zeros(4)), joint, degree)
    i, j = np.zeros(1, dtype=np.int32), np.ones(1, dtype=np.int32)
    ends = Ends(seg.pipe, joint, codes, clusters_of(i, j, 3), flags, flags)
    days = np.zeros(2, dtype=np.int64)
    by_pipe = Settling(days, days, codes.astype(np.int8), flags)
    settled_pairs(ends, i, j, by_pipe, joined=1, never=2)
    known, sigma = (flags, flags), (length, length)
    sides = sides_of(
        seg,
        ends,
        LineTraits(codes, codes, flags, flags, flags, np.ones(1)),
        known=known,
        xy_m=sigma,
        z_m=sigma,
        sigmas=2.0,
        unsized_m=0.5,
        least_m=0.0,
    )
    two = np.ones(2)
    found = near_pairs(seg, sides, AskedOfPairs(two, two, two, two, 1, 2.0, 0.5), steep_deg=15.0)
    told(sifted(found.pairs, found.look, 2)[2])
    everyone = np.ones(2, dtype=np.bool_)
    scope = Scope(everyone, everyone, everyone, run)
    pairs, look = asked_about(
        np.ones(1, dtype=np.int64), np.zeros(1, dtype=np.int64), seg.pipe, scope
    )
    i, j, cell, marks, pair, _, _ = listed(pairs, look, in_order(pairs, 2), seg.pipe, 2)
    closer = Closer(15.0, 2.0, 0.5, 0.001)
    rows = pair_rows(seg, i, j)
    run_in_chunks(looked_closer, 1, rows, cell, two, (length, length), flags, closer, marks)
    rows_in_company(pair, marks, 1, 1)
    _warm_contacts(seg, Network(ends, degree, xy, xy[0].copy(), length), (i, j))
    worse_of_both(length, length, i, j)
    numbered(np.repeat([0, 1 << 62], HANDFUL))  # too far apart for the quick way
    numbered(np.repeat(days, HANDFUL))
    numbered(days)
    few_numbered(days)


def _warm_contacts(seg: Segments, net: Network, pair: tuple[I32, I32]) -> None:
    """Two pipes alongside each other from one place, cut beyond it."""
    rows, called, one = pair_rows(seg, *pair), np.zeros(1, dtype=np.int64), np.ones(1)
    links, contacts = links_of(
        rows, called, pair[0], 1, net, Nearness(0.1, 0.9, 0.1), Near(one, one, one, one), one
    )
    sigma = np.zeros(2)
    parts = cut_pieces(rows, contacts, (sigma, sigma, sigma, sigma), one, 1.0)
    flags = np.zeros(2, dtype=np.bool_)
    extended(rows.table, sigma, (sigma, sigma, sigma, sigma), (flags,) * 5, parts)
    whole = parts.owner, parts.table, parts.from_m
    cut_further(none_cut_up(), rows.table, *whole, (sigma, sigma, sigma, sigma))
    closer = Closer(15.0, 2.0, 0.5, 0.001)
    asking = Asking(one, pair[0], sigma, sigma, flags, closer, 0.0)
    of, i, j = near_parts(parts, rows, asking)
    marks = marks_of_parts(rows, rows, called, asking, np.zeros(1, dtype=np.uint16))
    pairs = Listed(*pair, marks, pair[0], pair[0])
    found = Found(of, i, j, marks[:0].copy())
    in_place_of_pieces(pairs, links, parts.rows, found, rows.table, net, contacts)


def _warm_laying(axes: tuple[I64, F64, F64], joint: I32, degree: I32) -> None:
    """Pipes end to end laid out as straight pieces, and their classes."""
    lines, none = laid.lines_of(*axes, least_m=0.1), np.zeros(4)
    shape, size = np.zeros(2, dtype=np.int8), lines.length_m
    sections = laid.Sections(shape, size, size, lines.is_laid, 0)
    laid.sections_of(sections)
    whole = laid.Axes(*axes, lines.chainage_m, joint, degree, none, none)
    code, cuts = np.zeros(2, dtype=np.int8), np.ones(1)
    recorded = classes.Recorded(code, code, code, code, size, size, size, size, size)
    bases, matters = np.ones(5, dtype=np.int64), np.ones((1, 4), dtype=np.bool_)
    told = classes.Told(cuts, cuts, matters, bases, np.ones((1, 3)), by_mpa=False)
    classes.keys_of(recorded, told)
    laid.laid_out(whole, sections, lines.pieces, origin=np.zeros(2), least_m=0.1)


def _warm_nodes(pipe: I32) -> None:
    """One node that is a chamber, and what ends there."""
    flags, one = np.ones(1, dtype=np.bool_), np.ones(1)
    code, boxes = np.zeros(1, dtype=np.int8), np.zeros(1, dtype=np.bool_)
    plans = Plans(flags, np.zeros((1, 2)), one, one, code, one, boxes)
    chamber_boxes(plans, origin=np.zeros(2), usual_m=0.1, sigmas=2.0)
    ends_at(pipe[:1], pipe[:1], flags)


def _warm_ground(seg: Segments, outlines: Outlines, boxes: F64) -> None:
    """Cuts of two pipes, ground and cover over them; chambers and ends beside them."""
    none, one, pipe = np.zeros(2), np.ones(2), seg.pipe
    cuts = cuts_of(seg, np.ones(2, dtype=np.int32), outlines)
    axes, given = (np.array([0, 2, 4]), np.zeros(4), one), ((none, none), (pipe, pipe), none)
    above = grounds_of(*given, (one, one), axes, by_terrain=False, offset_m=lambda: none)
    asked = Asked(
        pipe, np.ones((2, 2)), np.zeros((2, 2), dtype=np.int8), none, none, none > 0, 0.0, 1.0, 0.0
    )
    _, reason = settled(seg, above, asked, none == 0, step_m=1.0)
    doubtful(seg, above, asked, cuts, np.zeros(0), reason)
    owners = np.column_stack([pipe, pipe])
    encounters_of(seg, none, boxes, owner=pipe[:1], owners=owners)
    many = np.repeat(boxes + 1e3, FEW, axis=0)
    encounters_of(seg, none, many, owner=np.repeat(pipe[:1], FEW), owners=owners)
    spots = np.column_stack([none, one])
    neighbours_of(spots, one, pipe)
    neighbours_of(np.repeat(spots, 100, axis=0), np.repeat(one, 100), np.repeat(pipe, 100))
    doubted(seg, (none, none), sigmas=1.0)
    _warm_nodes(pipe)
    _warm_beside(seg, outlines, boxes)
    doubt = Doubt(none, none, none, none, neck_half=0.5, sigmas=2.0, tolerance=0.001)
    chamber = np.ones((1, CHAMBER_COLUMNS))
    kin = Kin(pipe, pipe[:1], np.zeros((4, 2)))
    ends_inside(pipe[:1], pipe[:1], kin, np.zeros((1, 2)), chamber, 1, np.zeros(1, dtype=np.int8))
    passages_of(seg, pipe[:1], chamber, pipe[:1], least_depth_m=none[:1], doubt=doubt)


def _warm_beside(seg: Segments, outlines: Outlines, boxes: F64) -> None:
    """A line that ends at a building."""
    pipe, one, two, flags = seg.pipe, np.ones(1), np.ones(2), np.ones(2, dtype=np.bool_)
    asked = beside.AskedLines(pipe, two, two, two, two, two, flags, flags)
    around = beside.Outlying(boxes, one, one, one)
    doubt = beside.Doubt(1.0, 0.5, 2.5, 0.001)
    near = beside.beside_buildings(seg, pipe[:1], pipe[:1], asked, around, outlines, doubt=doubt)
    ends = np.zeros(4, dtype=np.int32)
    runs = beside_runs.OnRuns(two, two, ends, np.zeros((4, 2)), ends[:1])
    terms = beside_runs.Terms(2.5, 1.5, 8.0, 0.001, 0.0, 0.5, 0.05, 0.01, True, (0.0, 0.0))
    of = beside_runs.OfSegments(table_of(seg), two, flags, flags, flags)
    beside_runs.answers_of_runs(pipe[:1], 1, near, of, runs, outlines, terms)


def _warm_springs() -> None:
    """One unit on one spring."""
    one, none = np.ones(1), np.zeros(1)
    law = (one, none, one, np.zeros(1, dtype=np.bool_), 20.0)
    rows, start = np.zeros(1, dtype=np.int64), np.array([0, 1], dtype=np.int64)
    now = log_densities(one, *law)
    gains(rows, one, start, rows, one, one, now, *law)
    best_free_shifts(start, rows, one, one, now, *law)


if __name__ == "__main__":
    warm_up()
