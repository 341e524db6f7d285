"""What a check is: it looks at a snapshot and gives findings as columns and a ledger.

A new kind of rule is one file with a `Check` and one line in `plugins.CHECKS` (or an entry point
of the group `baiyun_gis.checks` in another distribution). Nothing else names it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np

from baiyun_gis.checks.once import made_once
from baiyun_gis.findings.conflicts import CheckLedger, ConflictTable, Outcome
from baiyun_gis.jobs import Job, silent
from baiyun_gis.language import Message, msg
from baiyun_gis.model.columns import I64
from baiyun_gis.rules.requirement import Requirement

if TYPE_CHECKING:
    from baiyun_gis.checks.building_pairs import Outlined
    from baiyun_gis.checks.found_pairs import FoundPairs
    from baiyun_gis.checks.near_buildings import NearBuildings
    from baiyun_gis.checks.overlaps import Overlaps
    from baiyun_gis.checks.pairs import PipePairs
    from baiyun_gis.checks.snapshot import Snapshot
    from baiyun_gis.io.raster import Terrain
    from baiyun_gis.kernels.end_errors import Surveyed
    from baiyun_gis.kernels.ordering import Grouped
    from baiyun_gis.kernels.pair_columns import Laid, Paired
    from baiyun_gis.kernels.stations import Runs
    from baiyun_gis.rules.resolved import PairRequirements
    from baiyun_gis.rules.resolver import PipeClasses
    from baiyun_gis.rules.ruleset import RuleSet


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check found.

    `findings.requirement` indexes `requirements`. `id`, `group` and the decision columns are
    filled in by the engine; `group` may be given where a check knows the cause better.
    """

    ledger: CheckLedger
    findings: ConflictTable | FoundPairs = field(default_factory=ConflictTable.empty)
    requirements: tuple[Requirement, ...] = ()

    def table(self) -> ConflictTable:
        """The findings as a table, whatever they are kept as."""
        found = self.findings
        return found if isinstance(found, ConflictTable) else found.table()


def _once(made: dict[Any, Any], key: tuple[object, ...], make: Callable[[], T]) -> T:
    if key not in made:
        made[key] = make()
    return made[key]


class CheckContext:
    """What all checks of one run share; costly things are made when first asked for.

    Checks may ask from several threads: what they get is never written to.
    A run on a part of a larger state takes the whole's `classes` and `terrain`, and what was made
    of these classes there (`of_classes`).
    """

    def __init__(
        self,
        snapshot: Snapshot,
        rules: RuleSet,
        *,
        job: Job | None = None,
        classes: PipeClasses | None = None,
        terrain: Callable[[], Terrain | None] | None = None,
        made_of_classes: dict[tuple[str, str], Any] | None = None,
    ) -> None:
        self.snapshot = snapshot
        self.rules = rules
        self.job = job or silent()
        self._classes = classes
        self._terrain = terrain
        self.made_of_classes = {} if made_of_classes is None else made_of_classes
        self._of_things: dict[tuple[object, ...], Any] = {}
        self.spares_none = False
        """Whether pairs that nothing can come of are measured all the same."""

    def of_classes(self, what: str, check: str, make: Callable[[], T]) -> T:
        """What follows from the rule set and which classes of lines there are, made once a run and
        for all parts of it."""
        return _once(self.made_of_classes, (what, check), make)

    def of_things(self, what: str, check: str, make: Callable[[], T]) -> T:
        """What a check makes of the classes of lines, and of things that are not lines, made once
        while those stay."""
        return _once(self._of_things, (what, check), make)

    def of_asked(self, what: str, check: str, make: Callable[[], T]) -> T:
        """What a check makes of the lines asked about, wherever their axes lie, made once while
        they are the same ones: by the very same array."""
        selected = self.snapshot.selected
        # Kept with what was made, the array's identity stays its own.
        key = what, check, id(selected)
        return _once(self._of_things, key, lambda: (selected, make()))[1]

    def of_other(self, snapshot: Snapshot, *names: str) -> CheckContext:
        """The context of a snapshot of the same classes and things, lines perhaps elsewhere; what
        was made under these names here is true there as well."""
        other = CheckContext(
            snapshot,
            self.rules,
            job=self.job,
            classes=self.classes,
            terrain=self._terrain,
            made_of_classes=self.made_of_classes,
        )
        other._of_things = self._of_things
        other.spares_none = self.spares_none
        other.__dict__.update((k, self.__dict__[k]) for k in names if k in self.__dict__)
        return other

    @made_once
    def classes(self) -> PipeClasses:
        """All pipes grouped by what the rule set can tell apart."""
        from baiyun_gis.rules.resolver import pipe_classes

        if self._classes is not None:
            return self._classes
        return pipe_classes(self.rules, self.snapshot.state.pipes)

    @made_once
    def selected_of_class(self) -> I64:
        """How many selected pipes there are of each class."""
        selected = self.snapshot.selected
        return self.of_asked(
            "of class",
            "",
            lambda: np.bincount(self.classes.class_of[selected], minlength=self.classes.count),
        )

    def asked_of(self, check: str) -> PairRequirements:
        """What one check of pairs asks of every two classes; found once a run."""
        from baiyun_gis.rules.resolver import resolve_pairs

        make = partial(resolve_pairs, self.rules, check, self.classes)
        return self.of_classes("asked", check, make)

    @made_once
    def footprints(self) -> Outlined:
        """The footprints of the buildings of the day."""
        from baiyun_gis.checks.building_pairs import footprints

        return footprints(self.snapshot)

    @made_once
    def foundations(self) -> Outlined:
        """Their foundations, the footprint where none is recorded."""
        from baiyun_gis.checks.building_pairs import foundations

        return foundations(self.snapshot, self.footprints)

    @made_once
    def near_buildings(self) -> NearBuildings:
        """Pairs of a segment and a building near enough for what the rules ask of them."""
        from baiyun_gis.checks.near_buildings import near_buildings

        return near_buildings(self)

    @made_once
    def pairs(self) -> PipePairs:
        """Segment pairs near enough for any pair rule, and the pairs of pipes they belong to."""
        from baiyun_gis.checks.pairs import pairs_of

        return pairs_of(self)

    @made_once
    def beyond(self) -> CheckContext | None:
        """The context with lines cut beyond their contacts; None where there are none to cut."""
        if not len(self.pairs.joints.contacts.rows):
            return None
        from baiyun_gis.checks.beyond_contacts import beyond_contacts

        return beyond_contacts(self)

    @property
    def paired(self) -> CheckContext:
        """The context that checks of pairs of lines are asked in: with lines that run on alongside
        each other from where they meet cut, so that they are compared beyond."""
        return self if self.beyond is None else self.beyond

    @made_once
    def surveyed(self) -> Surveyed:
        """How the ends of segments err, as the kernels read it."""
        from baiyun_gis.checks.told_pairs import surveyed_of

        return surveyed_of(self.snapshot)

    @made_once
    def along_runs(self) -> Runs:
        """Where segments lie along their runs, as the kernels read it."""
        from baiyun_gis.kernels.stations import runs_of

        topology = self.snapshot.topology
        return runs_of(self.snapshot.segments, topology.run_offset_m, topology.run_sign)

    @made_once
    def by_runs(self) -> Grouped:
        """Segment pairs by the runs of both, as the kernels read it."""
        from baiyun_gis.checks.pairs import by_runs

        return by_runs(self)

    @made_once
    def laid(self) -> Laid:
        """All segments, as the kernels of checks of two lines read them."""
        from baiyun_gis.checks.told_pairs import laid_of

        return laid_of(self)

    @made_once
    def pair_columns(self) -> Paired:
        """All segment pairs, as these kernels read them."""
        from baiyun_gis.checks.told_pairs import paired_of

        return paired_of(self)

    @made_once
    def overlaps(self) -> Overlaps:
        """Where pipes lie over each other in plan: crossings and stretches."""
        from baiyun_gis.checks.overlaps import overlaps_of

        return overlaps_of(self)

    def give_up(self, *names: str) -> None:
        """Forget what was made under these names, to have its memory; it is made again if asked."""
        for name in names:
            self.__dict__.pop(name, None)

    @made_once
    def terrain(self) -> Terrain | None:
        """The ground from the project's rasters, None where there is none."""
        from baiyun_gis.io.raster import open_terrain

        if self._terrain is not None:
            return self._terrain()
        return open_terrain(self.snapshot.state)


class Check(Protocol):
    """One kind of rule. `name` stands in reports, ledgers and `--only`.

    What it says of features may depend on nothing but what lies near them and on what kinds the
    project has at all; else it says `is_local = False`. `reach_m` where it looks further than its
    rows say, `things_reach_m` where it does so from lines to other things only.
    `beside = "buildings"` (or another table) where it looks at pairs of a line and a feature of
    that table, or of two features of it, and at nothing else; away from those a live re-check
    leaves it out. `of_one_run = True` where what it says of a run of lines depends on no other
    line: so with all that have `beside`. `of_two_runs = True` where what it says of two runs
    depends on no third line. `make_ready(ctx)` makes what an edit of a line may soon ask for.
    """

    name: str
    title: Message

    def run(self, ctx: CheckContext) -> CheckResult:
        """Look at the snapshot; raises `CheckError` where it could not run."""
        ...


def without_rules(ctx: CheckContext, name: str) -> CheckResult | None:
    """The result where the rule set has no rows for a check; None where it has some."""
    if ctx.rules.of_check(name):
        return None
    return not_run(name, msg("rule set {id} has no rows for this check", id=ctx.rules.id))


def not_run(name: str, reason: Message) -> CheckResult:
    """The result of a check that has nothing to go by; it says nothing about the ground."""
    return CheckResult(CheckLedger(name, Outcome.NOT_RUN, reason))
