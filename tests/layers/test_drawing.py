"""What layers hand to whoever draws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from builders import network, pipe
from window_builders import many_pipes, report_on, small_street

from baiyun_gis.model.vocabulary import Provenance, Utility
from layers import style
from layers.conflicts import LAYER as CONFLICTS
from layers.nodes import LAYER as NODES
from layers.pipes import LAYER as PIPES
from layers.primitives import LabelBatch, LineBatch, PointBatch, PolygonBatch, TubeBatch
from layers.request import DrawRequest
from layers.stack import default_stack
from layers.structures import LAYER as STRUCTURES

EVERYTHING = DrawRequest(None, 1.0, np.datetime64("NaT", "D"))


@pytest.mark.parametrize("seed", range(5))
def test_culling_equals_brute_force(seed: int) -> None:
    state = many_pipes(3000, seed)
    chance = np.random.default_rng(seed + 100)
    x, y = chance.random(2) * 800
    request = replace(EVERYTHING, extent=(x, y, x + 150, y + 90))
    (lines,) = PIPES.draw(state, None, request)
    assert isinstance(lines, LineBatch)
    ends = state.pipes.xy.reshape(-1, 2, 2)
    low, high = ends.min(axis=1), ends.max(axis=1)
    grow = 2.0
    expected = np.flatnonzero(
        (high[:, 0] >= x - grow) & (low[:, 0] <= x + 150 + grow)
        & (high[:, 1] >= y - grow) & (low[:, 1] <= y + 90 + grow)
    )  # fmt: skip
    assert sorted(lines.feature.tolist()) == expected.tolist()


def test_drawn_vertices_are_the_features_own_less_the_origin() -> None:
    state = many_pipes(50)
    (lines,) = PIPES.draw(state, None, replace(EVERYTHING, origin=(400.0, 300.0, 0.0)))
    assert isinstance(lines, LineBatch)
    for i, row in enumerate(lines.feature):
        drawn = lines.xyz[lines.offsets[i] : lines.offsets[i + 1]]
        whole = state.pipes.xy[state.pipes.offsets[row] : state.pipes.offsets[row + 1]]
        np.testing.assert_allclose(drawn, whole - (400.0, 300.0), atol=1e-3)


def test_a_line_is_shown_from_the_day_it_was_laid() -> None:
    state = small_street()
    before = PIPES.draw(state, None, replace(EVERYTHING, as_of=np.datetime64("2009-12-31")))
    after = PIPES.draw(state, None, replace(EVERYTHING, as_of=np.datetime64("2010-01-01")))
    assert sorted(before[0].feature.tolist()) == [0, 2]
    assert sorted(after[0].feature.tolist()) == [0, 1, 2]


def test_a_utility_switched_off_is_not_drawn_nor_its_nodes() -> None:
    state = small_street()
    stack = default_stack().with_part("pipes", "sewage", visible=False)
    drawn = stack.draw(state, None, replace(EVERYTHING, metres_per_px=0.1))
    features = {p.layer: set(p.feature.tolist()) for p in drawn}  # type: ignore[union-attr]
    assert features["pipes"] == {0, 1}
    assert "nodes" not in features


def test_colours_follow_the_standard_in_both_themes_and_schemes() -> None:
    for theme in ("light", "dark"):
        for scheme in ("cjj61", "safe"):
            request = replace(EVERYTHING, theme=theme, scheme=scheme)
            (lines,) = PIPES.draw(small_street(), None, request)
            assert isinstance(lines, LineBatch)
            shown = dict(zip(lines.feature.tolist(), map(tuple, lines.color.tolist()), strict=True))
            water = style.utility_color(Utility.WATER, scheme=scheme, theme=theme)
            gas = style.utility_color(Utility.GAS, scheme=scheme, theme=theme)
            assert shown[0] == water
            assert shown[1] == gas


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("scheme", ["cjj61", "safe"])
def test_every_utility_stands_out_from_the_ground(theme: str, scheme: str) -> None:
    ground = style.named_color("ground", theme)  # type: ignore[arg-type]
    for utility in Utility:
        color = style.utility_color(utility, scheme=scheme, theme=theme)  # type: ignore[arg-type]
        assert contrast(color, ground) >= 2.0, utility.key


def contrast(a: style.RGBA, b: style.RGBA) -> float:
    """WCAG contrast of two colours."""

    def luminance(color: style.RGBA) -> float:
        parts = [c / 255 for c in color[:3]]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_unknown_levels_are_dashed_on_the_map_and_lie_on_the_ground_in_the_scene() -> None:
    state = network(
        pipe("known", Utility.WATER, [(0, 0, 8), (50, 0, 8)]),
        pipe("unknown", Utility.WATER, [(0, 5, np.nan), (50, 5, np.nan)],
             level_source=Provenance.UNKNOWN, start_ground_m=10.0),
    )  # fmt: skip
    flat = next(
        p for p in PIPES.draw(state, None, replace(EVERYTHING, metres_per_px=0.5))
        if isinstance(p, LineBatch)
    )  # fmt: skip
    assert dict(zip(flat.feature.tolist(), flat.is_dashed.tolist(), strict=True)) == {
        0: False, 1: True,
    }  # fmt: skip
    bodies = PIPES.draw(state, None, replace(EVERYTHING, dimension=3))
    tube = next(p for p in bodies if isinstance(p, TubeBatch))
    line = next(p for p in bodies if isinstance(p, LineBatch))
    assert tube.feature.tolist() == [0]
    np.testing.assert_allclose(tube.half_width_m, [0.15])
    assert line.feature.tolist() == [1]
    assert line.is_dashed.all()
    np.testing.assert_allclose(line.xyz[:, 2], 10.0)


def test_lines_take_their_true_width_when_near() -> None:
    state = small_street()
    near = PIPES.draw(state, None, replace(EVERYTHING, metres_per_px=0.02))[0]
    far = PIPES.draw(state, None, replace(EVERYTHING, metres_per_px=5.0))[0]
    assert isinstance(near, LineBatch)
    assert isinstance(far, LineBatch)
    widths = dict(zip(near.feature.tolist(), near.width_px.tolist(), strict=True))
    assert widths == {0: 15.0, 1: 15.0, 2: 40.0}
    assert far.width_px.max() < 2.0


def test_labels_come_only_near_and_say_kind_and_size_in_the_language_asked_for() -> None:
    state = small_street()
    assert not any(isinstance(p, LabelBatch) for p in PIPES.draw(state, None, EVERYTHING))
    near = PIPES.draw(state, None, replace(EVERYTHING, metres_per_px=0.1, lang="zh"))
    labels = next(p for p in near if isinstance(p, LabelBatch))
    assert "给水 DN300" in labels.text.tolist()


def test_chambers_have_their_true_outline_near_and_a_body_in_the_scene() -> None:
    state = small_street()
    (outline,) = NODES.draw(state, None, replace(EVERYTHING, metres_per_px=0.05))
    assert isinstance(outline, PolygonBatch)
    size = outline.xy.max(axis=0) - outline.xy.min(axis=0)
    np.testing.assert_allclose(size, [1.2, 1.2], atol=1e-3)
    (body,) = NODES.draw(state, None, replace(EVERYTHING, dimension=3))
    assert isinstance(body, PolygonBatch)
    assert body.base_m is not None
    assert body.top_m is not None
    np.testing.assert_allclose([body.base_m[0], body.top_m[0]], [5.5, 10.0])
    assert NODES.draw(state, None, replace(EVERYTHING, metres_per_px=3.0)) == ()


def test_conflicts_are_coloured_by_how_sure_they_are_and_settled_ones_are_grey() -> None:
    state = small_street()
    (markers,) = CONFLICTS.draw(state, report_on(state), EVERYTHING)
    assert isinstance(markers, PointBatch)
    shown = dict(zip(markers.feature.tolist(), map(tuple, markers.color.tolist()), strict=True))
    from baiyun_gis.model.vocabulary import Verdict

    assert shown[0] == style.verdict_color(Verdict.CERTAIN, "light")
    assert shown[2] == style.named_color("settled", "light")


def test_the_gap_is_drawn_between_the_nearest_points_when_near() -> None:
    state = small_street()
    drawn = CONFLICTS.draw(state, report_on(state), replace(EVERYTHING, metres_per_px=0.05))
    gaps = next(p for p in drawn if isinstance(p, LineBatch))
    at = gaps.feature.tolist().index(1)
    ends = gaps.xyz[gaps.offsets[at] : gaps.offsets[at + 1]]
    np.testing.assert_allclose(ends, [[20, 0.15], [20, 1.85]], atol=1e-5)
    assert 3 not in gaps.feature.tolist()


def test_opacity_thins_every_colour_of_a_layer() -> None:
    state = small_street()
    stack = default_stack().with_opacity("structures", 0.5)
    drawn = [p for p in stack.draw(state, None, EVERYTHING) if p.layer == "structures"]
    (whole,) = STRUCTURES.draw(state, None, EVERYTHING)
    assert isinstance(drawn[0], PolygonBatch)
    assert isinstance(whole, PolygonBatch)
    assert drawn[0].fill[0, 3] == round(whole.fill[0, 3] * 0.5)


def test_every_layer_draws_an_empty_project_without_complaint() -> None:
    from baiyun_gis.project import ProjectState

    for dimension in (2, 3):
        wish = replace(EVERYTHING, dimension=dimension)  # type: ignore[arg-type]
        assert default_stack().draw(ProjectState(), None, wish) == ()


def test_the_legend_counts_what_is_drawn() -> None:
    state = small_street()
    items = PIPES.legend(state, None, replace(EVERYTHING, as_of=np.datetime64("2000-01-01")))
    assert {item.label: item.count for item in items} == {"给水": 1, "污水": 1}
