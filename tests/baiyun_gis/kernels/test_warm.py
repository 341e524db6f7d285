"""Warming up leaves nothing to compile."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

from numba.core.registry import CPUDispatcher

import baiyun_gis.kernels
from baiyun_gis.kernels.warm import warm_up

# Called from the interpreter, each over a range of rows.
ENTRIES = {
    "_crossings",
    "_box_pairs",
    "_counted_boxes",
    "_few_pairs",
    "_held",
    "_raised",
    "_reached",
    "_grown",
    "_reaches",
    "_undersides",
    "_filled_boxes",
    "_chainages",
    "_chains",
    "_clustered",
    "_cut_up",
    "_deviations",
    "_doubtful",
    "_encounters",
    "_few",
    "_join_at_nodes",
    "_join_at_places",
    "sifted",
    "strips_of",
    "_gathered",
    "_links",
    "_neighbours",
    "_numbered_in_order",
    "_put_boxes",
    "_put_lines",
    "_radix_order",
    "_settled",
    "_sources",
    "_near_pairs",
    "near_parts",
    "links_of",
    "cut_pieces",
    "extended",
    "cut_further",
    "_marked",
    "in_place_of_pieces",
    "near_rows_in_plan",
    "asked_about",
    "listed",
    "looked_closer",
    "rows_in_company",
    "told",
    "_crossing_heights",
    "lie_abreast",
    "_looked_over",
    "lying_over",
    "_traits",
    "ends_inside",
    "_over_in_plan",
    "_near_enough",
    "_along_runs",
    "_worse",
    "_surely_enough",
    "_extent",
    "_any_beyond",
    "_keys",
    "met_rows",
    "_met_of_few",
    "_boxes",
    "_ends_at",
    "_placed_tips",
    "_lines",
    "_lay",
    "_alongside",
    "_labelled",
    "_within",
    "_mean_extent",
    "stretches_in_plan",
    "_ends",
    "_ends_of_pairs",
    "_of_either",
    "_grade",
    "least_of_each",
    "hold_within",
    "stretches_of",
    "spans_of_each",
    "fits",
    "_few_in_order",
    "_encounters_of_few",
    "_neighbours_of_few",
    "pair_gaps",
    "_measured_beside",
    "_answers_of_runs",
    "_by_number",
    "_passages",
    "found_in_space",
    "found_in_height",
    "found_beside",
    "found_along",
}


def entries() -> dict[str, Any]:
    """All compiled kernels of the package that the interpreter calls."""
    found: dict[str, Any] = {}
    for module in pkgutil.iter_modules(baiyun_gis.kernels.__path__):
        names = vars(importlib.import_module(f"baiyun_gis.kernels.{module.name}"))
        found |= {k: v for k, v in names.items() if isinstance(v, CPUDispatcher) and k in ENTRIES}
    return found


def test_every_kernel_is_compiled_for_just_one_set_of_types() -> None:
    warm_up()
    kernels = entries()
    assert set(kernels) == ENTRIES
    assert {name: len(kernel.signatures) for name, kernel in kernels.items()} == dict.fromkeys(
        ENTRIES, 1
    )
