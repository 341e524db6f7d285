"""Answers of a rule set that are the same for the same classes of lines, worked out once.

A run asks for the same numbers in several checks, and a live re-check asks for those of the
whole city again and again.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

from baiyun_gis.rules.ruleset import RuleSet

_KEPT = 96
_WRITING = Lock()

Answer = TypeVar("Answer")


def remembered(
    rule_set: RuleSet, question: Hashable, about: object, work: Callable[[], Answer]
) -> Answer:
    """The answer of `work` to a question about one object, by that object's identity."""
    answers: dict[Hashable, tuple[object, Any]] = rule_set.answers
    key = (question, id(about))
    known = answers.get(key)
    if known is not None:
        return known[1]
    answer = work()
    with _WRITING:
        answers[key] = (about, answer)  # keeping `about` keeps its identity its own
        while len(answers) > _KEPT:
            answers.pop(next(iter(answers)))
    return answer
