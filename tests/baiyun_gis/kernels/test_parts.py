"""Pairs of parts stand in place of the pairs of pieces that were cut."""

from __future__ import annotations

import numpy as np
import pytest
from kernel_builders import Piece, segments

from baiyun_gis.kernels.linking import JOINED, TEE, Contacts, Links
from baiyun_gis.kernels.listing import Closer
from baiyun_gis.kernels.part_pairs import Asking, Found, Listed, near_parts, spliced
from baiyun_gis.kernels.parts import CHAIN0, IS_FIRST, IS_LAST, cut_pieces, extended
from baiyun_gis.kernels.segments import FLAT0, FLAT1, WIDTH, X0, X1, Z1, pair_rows, table_of


def contacts_at(*places: tuple[int, float, float]) -> Contacts:
    """Contacts of rows at x, y."""
    spot = np.array([[TEE, x, y, x, y, 0.0] for _, x, y in places])
    return Contacts(np.array([row for row, _, _ in places]), spot)


def test_pieces_are_cut_on_both_sides_of_a_contact_and_abeam_of_each_other() -> None:
    seg = segments(Piece((0, 0, 0), (10, 0, 0)), Piece((2, 0, 0), (12, 1, 0)))
    rows = pair_rows(seg, np.array([0], np.int32), np.array([1], np.int32))
    sigma = np.array([0.0, 1.0]), np.array([1.0, 3.0])
    parts = cut_pieces(
        rows, contacts_at((0, 4.0, 0.0)), (*sigma, *sigma), np.array([1.0, 3.0]), 0.5
    )
    assert parts.rows.tolist() == [0]
    first = slice(parts.first[0, 0], parts.last[0, 0])
    assert parts.from_m[first] == pytest.approx([0, 1, 3, 5, 7])
    assert parts.table[first, X1] == pytest.approx([1, 3, 5, 7, 10])
    assert parts.table[first, FLAT0].tolist() == [1, 0, 0, 0, 0]
    assert parts.table[first, FLAT1].tolist() == [0, 0, 0, 0, 1]
    assert parts.sigma[first, 0] == pytest.approx([0, 0.1, 0.3, 0.5, 0.7])
    second = slice(parts.first[0, 1], parts.last[0, 1])
    assert parts.table[second, X0] == pytest.approx([2, 3, 5, 7])
    assert parts.owner[second].tolist() == [1] * 4
    # One is left over behind each piece.
    assert len(parts.owner) == 5 + 1 + 4 + 1
    bare = seg._replace(half_width=np.zeros(2))
    rows = pair_rows(bare, np.array([0], np.int32), np.array([1], np.int32))
    known, cell = np.ones(2, dtype=np.bool_), np.zeros(1, dtype=np.int32)
    sure = np.zeros(2), np.zeros(2), known, Closer(15.0, 2.0, 0.5, 0.001)
    of, i, j = near_parts(parts, rows, Asking(np.array([0.05]), cell, *sure, 0.0))
    assert of.tolist() == [0] * len(i)
    assert {2, 3} & set(i.tolist()) == {3}
    assert (j >= 2 + parts.first[0, 1]).all()


def test_parts_stand_behind_all_segments_with_what_is_known_of_their_piece() -> None:
    seg = segments(Piece((0, 0, 0), (10, 0, 5)), Piece((2, 0, 0), (12, 1, 0), (0.4, 0.3)))
    seg = seg._replace(chain0=np.array([100.0, 200.0]))
    rows = pair_rows(seg, np.array([0], np.int32), np.array([1], np.int32))
    sigma = np.array([0.0, 1.0]), np.array([1.0, 3.0])
    parts = cut_pieces(rows, contacts_at((0, 4.0, 0.0)), (*sigma, *sigma), np.array([1.0]), 0.5)
    no, yes = np.zeros(2, dtype=np.bool_), np.ones(2, dtype=np.bool_)
    flags = yes, yes, np.array([True, False]), no, yes
    whole = extended(table_of(seg), seg.chain0, (*sigma, *sigma), flags, parts)
    assert whole.table[:2].tolist() == table_of(seg).tolist()
    assert whole.table[2:].tolist() == parts.table.tolist()
    assert whole.numbers[: WIDTH + 2].tolist() == whole.table[:, : WIDTH + 2].T.tolist()
    # The first line in three parts and the last again, then the second.
    assert whole.pipe.tolist() == [0, 1, *[0] * 4, *[1] * 4]
    assert whole.numbers[CHAIN0, :6] == pytest.approx([100, 200, 100, 103, 105, 105])
    assert whole.numbers[Z1, 2:6] == pytest.approx([1.5, 2.5, 5.0, 5.0])
    assert whole.numbers[CHAIN0 + 1, :6] == pytest.approx([0, 1, 0, 0.3, 0.5, 0.5])
    assert whole.flags[0].tolist() == [False, True, *[False] * 4, *[True] * 4]
    assert whole.flags[IS_FIRST].tolist() == [True, True, *[True, False, False, False] * 2]
    assert whole.flags[IS_LAST].tolist() == [True, True, *[False, False, True, True] * 2]
    assert whole.flags[IS_LAST + 1].tolist() == [True, False, *[True] * 4, *[False] * 4]


def test_a_contact_that_the_pieces_pass_far_from_cuts_nothing() -> None:
    seg = segments(Piece((0, 0, 0), (10, 0, 0)), Piece((0, 0, 0), (10, 1, 0)))
    rows = pair_rows(seg, np.array([0], np.int32), np.array([1], np.int32))
    none = np.zeros(2)
    parts = cut_pieces(
        rows, contacts_at((0, 4.0, 50.0)), (none, none, none, none), np.array([1.0]), 0.5
    )
    assert len(parts.rows) == len(parts.owner) == 0


def test_parts_take_the_place_of_their_pair_with_their_reasons() -> None:
    i = np.arange(4, dtype=np.int32)
    pairs = Listed(i, i + 10, np.full(4, 1, np.uint16), i + 20, i + 30)
    links = Links(np.array([1, 2]), np.array([JOINED, TEE], np.int8), np.ones(2), np.ones(2))
    of = np.array([1, 1], dtype=np.int32)
    at = np.array([50, 51], dtype=np.int32)
    found = Found(of, at, at + 10, np.full(2, 2, np.uint16))
    theirs = Links(np.array([1]), np.array([TEE], np.int8), np.zeros(1), np.ones(1))
    # Of the first that was cut no parts are near each other: it stays as it is.
    out, both = spliced(pairs, links, np.array([1, 2]), found, theirs)
    assert out.i.tolist() == [0, 1, 50, 51, 3]
    assert out.marks.tolist() == [1, 1, 2, 2, 1]
    assert out.pair.tolist() == [20, 21, 22, 22, 23]
    assert out.cell.tolist() == [30, 31, 32, 32, 33]
    assert both.rows.tolist() == [1, 3]
    assert both.reason.tolist() == [JOINED, TEE]
    assert both.distance_m.tolist() == [1.0, 0.0]
