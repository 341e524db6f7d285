"""Why a level is suspected, in words: what was, what it probably was, and what agrees with that."""

from __future__ import annotations

import numpy as np

from baiyun_gis.diagnosis.causes import Cause
from baiyun_gis.diagnosis.springs import Tie
from baiyun_gis.diagnosis.suspects import LevelDiagnosis
from baiyun_gis.diagnosis.units import UnitSort
from baiyun_gis.language import Message, msg

MOST_REASONS = 4
LEAST_GAIN = 1.0


def sentence_of(diagnosis: LevelDiagnosis, row: int) -> Message:
    """One sentence: what is suspected, what it probably was, and why it came about."""
    suspects = diagnosis.suspects
    off = float(suspects.recorded_m[row] - suspects.likely_m[row])
    numbers = {
        "pipe": str(suspects.pipe_id[row]),
        "node": str(suspects.node_id[row]) or "-",
        "recorded": f"{suspects.recorded_m[row]:.3f}",
        "likely": f"{suspects.likely_m[row]:.3f}",
        "off": f"{off:+.3f}",
        "cause": cause_words(Cause(int(suspects.cause[row]))),
        "count": int(suspects.end_count[row]),
    }
    match UnitSort(int(suspects.sort[row])):
        case UnitSort.END:
            return msg(
                "Suspected: the level of {pipe} at point {node}, recorded {recorded} m, is probably"
                " {likely} m ({cause})",
                **numbers,
            )
        case UnitSort.POINT:
            return msg(
                "Suspected: the level of point {node} ({count} line ends), recorded {recorded} m,"
                " is probably {likely} m ({cause})",
                **numbers,
            )
        case UnitSort.PIPE:
            return msg(
                "Suspected: both ends of {pipe} are off by {off} m; at point {node} recorded"
                " {recorded} m, probably {likely} m ({cause})",
                **numbers,
            )
        case UnitSort.DIRECTION:
            return msg(
                "Suspected: start and end of {pipe} were swapped; at point {node} recorded"
                " {recorded} m, probably {likely} m ({cause})",
                **numbers,
            )
        case UnitSort.BATCH:
            return msg(
                "Suspected: a whole batch ({count} line ends, {pipe} among them) is off by"
                " {off} m ({cause})",
                **numbers,
            )


def cause_words(cause: Cause) -> Message:
    """The cause as words."""
    return {
        Cause.TRANSPOSED: msg("two digits swapped"),
        Cause.DROPPED: msg("a digit left out"),
        Cause.UNIT: msg("wrong unit"),
        Cause.TOP_FOR_INVERT: msg("top and invert confused"),
        Cause.NEIGHBOUR: msg("the neighbouring row's record"),
        Cause.DATUM: msg("an offset of the datum, or another cause"),
        Cause.REVERSED: msg("direction reversed"),
    }[cause]


def evidence_of(diagnosis: LevelDiagnosis, row: int) -> tuple[Message, ...]:
    """What speaks for the correction, the weightiest first."""
    springs, ends = diagnosis.springs, diagnosis.ends
    change = (diagnosis.moves[row] @ springs.by_end).tocsr()
    index = change.indices.astype(np.int64)
    before = springs.residual_m(ends.z_m)[index]
    after = before + change.data
    gain = springs.log_likelihood_of(after, index) - springs.log_likelihood_of(before, index)
    reasons: list[tuple[float, Message]] = []
    for tie in Tie:
        of_tie = np.flatnonzero((springs.tie[index] == tie) & (np.abs(change.data) > 1e-6))
        if len(of_tie) and float(gain[of_tie].sum()) > 0:
            best = of_tie[np.argmax(gain[of_tie])]
            words = _words(tie, len(of_tie), float(before[best]), float(after[best]))
            reasons.append((float(gain[of_tie].sum()), words))
    reasons += _by_arithmetic(diagnosis, row)
    reasons.sort(key=lambda reason: -reason[0])
    telling = [words for gained, words in reasons if gained >= LEAST_GAIN][:MOST_REASONS]
    return tuple(telling or [words for _, words in reasons[:1]])


def _words(tie: Tie, count: int, before_m: float, after_m: float) -> Message:
    numbers = {"count": count, "before": f"{abs(before_m):.2f}", "after": f"{abs(after_m):.2f}"}
    match tie:
        case Tie.JOINT:
            return msg(
                "Against the other lines of its points it is off by {before} m, then by {after} m",
                **numbers,
            )
        case Tie.ALONG:
            return msg(
                "From the line through its neighbours it is off by {before} m, then by {after} m",
                **numbers,
            )
        case Tie.PIPE:
            return msg(
                "Between the two ends of a pipe {before} m are unusual, then {after} m", **numbers
            )
        case Tie.FALL:
            return msg("The fall along the flow is off by {before} m, then by {after} m", **numbers)
        case Tie.DEPTH:
            return msg(
                "Its depth is off what lines of its kind have by {before} m, then by {after} m",
                **numbers,
            )
        case Tie.BELOW_GROUND:
            return msg("It would stand {before} m above ground", **numbers)
        case Tie.ABOVE_BOTTOM:
            return msg("It would lie {before} m below the bottom of its chamber", **numbers)
        case Tie.CONFLICT:
            return msg("{count} conflicts hang on it", **numbers)


def _by_arithmetic(diagnosis: LevelDiagnosis, row: int) -> list[tuple[float, Message]]:
    suspects, ends = diagnosis.suspects, diagnosis.ends
    off = float(ends.unexplained_m[suspects.end[row]])
    if not np.isfinite(off) or abs(off) < 0.03 or bool(suspects.depth_follows[row]):
        return []
    left = off + float(suspects.likely_m[row] - suspects.recorded_m[row])
    if abs(left) > 0.03:
        return []
    words = msg("Ground minus depth gives another level, by {off} m", off=f"{-off:+.2f}")
    return [(10.0, words)]
