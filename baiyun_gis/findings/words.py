"""The words findings and ledgers are told in."""

from __future__ import annotations

from functools import cache

from baiyun_gis.findings.conflicts import ConflictTable
from baiyun_gis.language import Message, msg
from baiyun_gis.model.vocabulary import (
    NodeKind,
    Provenance,
    StructureKind,
    Utility,
    Vocabulary,
)
from baiyun_gis.rules.labels import label, word
from baiyun_gis.rules.requirement import RuleState

CHECKS_IN_WORDS = {
    "collision": msg("Collision"),
    "horizontal_clearance": msg("Horizontal clearance"),
    "vertical_clearance": msg("Vertical clearance"),
    "vertical_order": msg("Vertical order"),
    "cover": msg("Cover"),
    "building_clearance": msg("Clearance to buildings"),
    "occupation": msg("Building on a line"),
    "chamber": msg("Foreign line through a chamber"),
    "unjoined_ends": msg("Unjoined ends"),
    "directly_above": msg("One line along the top of another"),
    "protection_zone": msg("Building in a protection zone"),
    "structure_clearance": msg("Clearance to trees, poles, kerbs and rails"),
    "thing_clearance": msg("Trees and poles beside kerbs"),
    "structure_vertical_clearance": msg("Clearance below culverts, rails and channels"),
    "river_bed": msg("Cover below river beds"),
    "crossing_angle": msg("Angle of crossings"),
    "road_order": msg("Order across a road"),
    "plot_order": msg("Order inside a plot"),
    "gravity_slope": msg("Slope of gravity lines"),
    "duplicate_lines": msg("Line recorded twice"),
}

RULE_STATES = {
    RuleState.CONFIRMED: msg("number confirmed by two or more sources"),
    RuleState.SINGLE_SOURCE: msg("number from a single source"),
    RuleState.UNCONFIRMED: msg("number unconfirmed: check it in the code before relying on it"),
    RuleState.USER: msg("number set by the user"),
}

LEVELS = {
    Provenance.SURVEYED: msg("surveyed"),
    Provenance.DERIVED: msg("derived from recorded depth or section"),
    Provenance.ASSUMED: msg("assumed"),
    Provenance.UNKNOWN: msg("unknown"),
}

ATTRIBUTES = {
    "burial": msg("way of laying"),
    "size": msg("size"),
    "pressure": msg("pressure class"),
    "voltage": msg("voltage"),
    "material": msg("material"),
    "surface": msg("kind of road surface"),
    "detail": msg("voltage, class or kind of the structure"),
}

MISSING = {
    "level_unknown": msg("A level is unknown; a surveyed level at the place would settle it."),
    "size_unknown": msg("A size is unknown; the recorded outer section would settle it."),
    "kind_unknown": msg("The kind of a line is unknown; which rule applies depends on it."),
    "ground_unknown": msg(
        "The ground level is unknown; surveyed ground levels or a terrain model would settle it."
    ),
    "chamber_bottom_unknown": msg(
        "The bottom of the chamber is unknown; its recorded depth would settle it."
    ),
    "chamber_neck_unknown": msg(
        "The width of the chamber's neck is unknown; its outer width would settle it."
    ),
    "structure_level_unknown": msg(
        "The level of the structure's underside is unknown; its recorded level would settle it."
    ),
    "structure_height_unknown": msg(
        "The line lies above the structure's base; its recorded height would settle it."
    ),
    "bed_level_unknown": msg(
        "The level of the planned bed is unknown; the watercourse's recorded level would settle it."
    ),
}
"""What a verdict of *cannot judge* lacks, and what would settle it."""

REMARKS = {
    "level_unknown": msg("a level is unknown"),
    "size_unknown": msg("a size is unknown; the distance is at most what is given"),
    "kind_unknown": msg("the kind of a line is unknown"),
    "ground_unknown": msg("the ground level is unknown"),
    "chamber_bottom_unknown": msg("the bottom of the chamber is unknown"),
    "chamber_neck_unknown": msg("the width of the chamber's neck is unknown"),
    "section_approximated": msg("the section was measured by its enclosing rectangle"),
    "section_assumed": msg("a section is assumed"),
    "level_assumed": msg("a level is assumed, not surveyed"),
    "sigma_default": msg("accuracy not recorded, taken as of hidden points"),
    "planned": msg("one of the lines is planned"),
    "dates_contradict": msg("the recorded end of a line lies before its beginning; taken as there"),
    "spans_run": msg("the stretch goes on along the run beyond this line"),
    "overlap": msg("one lies along the top of the other"),
    "foundation_is_footprint": msg("no foundation recorded, measured to the footprint"),
    "surface_unknown": msg("road surface unknown, the stricter number was taken"),
    "ground_surveyed": msg("ground as surveyed at the ends of the line"),
    "ground_terrain": msg("ground from the terrain model"),
    "depth_recorded": msg("cover from the recorded depth"),
    "structure_level_unknown": msg("the level of the structure is unknown"),
    "structure_height_unknown": msg("the height of the structure is unknown"),
    "bed_level_unknown": msg("the level of the bed is unknown"),
    "foundation_unknown": msg("no outline of the foundation recorded, measured to the point"),
    "flow_by_neighbours": msg("direction of flow not recorded, taken from both neighbours"),
    "flow_unknown": msg("direction of flow not recorded, the slope counts whichever way"),
    "friction_assumed": msg(
        "the soil's angle of friction is not recorded; the rule set's was taken"
    ),
    "trench_assumed": msg(
        "the trench's width is not recorded; the rule set's working space was taken"
    ),
    "foundation_depth_unknown": msg(
        "the foundation's depth is unknown; a line deeper than it may need more"
    ),
}
"""Remark keys of findings in words."""

SET_ASIDE = {
    "joined_at_node": msg("joined at a node"),
    "tee": msg("joined as a tee"),
    "unjoined_ends": msg("unjoined ends, reported as such"),
    "same_run": msg("neighbours in one run"),
    "shared_vertex": msg("connected at a shared vertex"),
    "same_enclosure": msg("in one casing, bank, trench or tunnel"),
    "never_together": msg("never there at the same time"),
    "own_chamber": msg("a line and its own chamber"),
    "ends_in_chamber": msg("a line that ends inside the chamber"),
    "no_chamber_size": msg("chamber of unknown size"),
    "crossing": msg("near only where they cross"),
    "beside_crossing": msg("part of a crossing"),
    "lies_above": msg("let off by the clause, one lies above"),
    "no_rule": msg("no number in the rule set"),
    "unknown_kind": msg("kind unknown"),
    "above_ground": msg("above ground"),
    "inside_a_structure": msg("inside a structure"),
    "pressure_outside_the_table": msg("pressure outside the table"),
    "reported_as_occupation": msg("reported as occupation"),
    "serves_building": msg("service connection of the building"),
    "levels_differ": msg("ends at different levels"),
    "duplicate_line": msg("one line recorded twice, reported as such"),
    "planned_replacement": msg("a planned line on the trace of the one it replaces"),
    "passes_above": msg("passes over the structure"),
    "direction_unknown": msg("direction of flow unknown"),
    "under_pressure": msg("under pressure"),
    "too_short": msg("too short for a slope"),
    "within_accuracy": msg("met as measured, but within survey accuracy"),
}
"""Why pairs are set aside, in words."""

UNTESTABLE = {
    "not_there": msg("not there on the date"),
    "not_selected": msg("not selected"),
    "no_geometry": msg("no plan geometry"),
    "impossible_place": msg("impossible place: check unit, axis order and reference system"),
    "above_ground": msg("above ground"),
}
"""Why pipes are not tested, in words."""


WITHOUT_RULES = {
    "unknown_kind": msg("kind unknown"),
    "pressure_outside_the_table": msg("pressure outside the table"),
    "no_rule_for_these_kinds": msg("the rule set has no distances for the kind"),
}
"""Why the rule set has no distance to other lines for a pipe, in words."""


def side_name(conflicts: ConflictTable, row: int, side: str) -> Message:
    """What a side of a finding is called: its kind and its id."""
    table = str(getattr(conflicts, f"{side}_table")[row])
    name = str(getattr(conflicts, f"{side}_id")[row])
    return feature_name(table, str(getattr(conflicts, f"{side}_kind")[row]), name)


def feature_name(table: str, kind: str, name: str) -> Message:
    """What a feature of a table is called: its kind and its id."""
    if table == "pipes":
        return msg("{kind} line {id}", kind=_kind(Utility, kind), id=name)
    if table == "nodes":
        return msg("{kind} {id}", kind=_kind(NodeKind, kind), id=name)
    if table == "buildings":
        return msg("building {id}", id=name)
    if table == "structures":
        return msg("{kind} {id}", kind=_kind(StructureKind, kind), id=name)
    return label(name)


@cache
def _kind(vocabulary: type[Vocabulary], key: str) -> Message:
    keys = {member.key for member in vocabulary}
    if key == "unknown":
        return msg("unknown")
    return word(vocabulary.from_key(key)) if key in keys else label(key)


def kind_name(utility: str) -> Message:
    """What a kind of line, by its key, is called."""
    return _kind(Utility, utility)
