"""What a drawing's layer names say: "规划燃气-中压A-DN200", "JS-DN300", "GAS_MP_PROPOSED"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from baiyun_gis.io.layer_kinds import holding_of_areas, utility_in
from baiyun_gis.io.synonyms import normal, word_for, words_of
from baiyun_gis.model.vocabulary import Material, PressureClass, Status, Utility

SIZE = re.compile(
    r"(?<![A-Za-z0-9])((?:DN|De|DE|OD|ID|dn|de|[dDΦφФфØø∅])\s*=?\s*\d{2,4}(?:\.\d+)?"
    r"|\d{3,4}\s*[xX×*]\s*\d{3,4}|\d{1,2}\s*孔)(?![0-9])"
)
_VOLTAGE = re.compile(r"(\d{1,3}(?:\.\d+)?)\s*(?:kV|KV|kv|千伏)")
_PLANNED = re.compile(
    r"规划|设计|拟建|新建|待建|(?<![a-z])(?:plan|planned|proposed|design|designed|new|gh|sj)(?![a-z])"
)
_ABANDONED = re.compile(r"废弃|废除|拆除|停用|(?<![a-z])(?:abandoned|disused|removed)(?![a-z])")
_NOT_LINES = re.compile(
    r"标注|注记|文字|图框|图例|尺寸|轴线|填充|表格|说明|高程点|等高线|defpoints|text|anno|dim|hatch|title"
    r"|border|frame|legend|label|viewport|grid",
    re.IGNORECASE,
)

_UNSURE_MATERIALS = {"CO", "CP", "CS", "AL", "ST", "GS", "SS", "AC", "VC", "BR", "FO", "RC", "CI"}


@dataclass(frozen=True, slots=True)
class DxfLayer:
    """What one layer's name says of the lines on it; empty and UNKNOWN where it says nothing."""

    name: str
    utility: Utility = Utility.UNKNOWN
    code: str = ""
    size: str = ""
    status: Status = Status.IN_USE
    pressure: PressureClass = PressureClass.UNKNOWN
    material: Material = Material.UNKNOWN
    voltage_kv: float = float("nan")
    holds: str = ""
    """"text" for annotation, "buildings" or "permits" for outlines, else empty."""


@cache
def dxf_layer(name: str) -> DxfLayer:
    """A layer's name read word by word."""
    lowered = name.lower()
    size = SIZE.search(name)
    bare = SIZE.sub(" ", name)
    utility, code, _ = utility_in([bare])
    voltage = _VOLTAGE.search(name)
    if voltage and utility is Utility.UNKNOWN:
        utility, code = Utility.POWER, "DL"
    status = Status.IN_USE
    if _PLANNED.search(lowered):
        status = Status.PLANNED
    elif _ABANDONED.search(lowered):
        status = Status.ABANDONED
    holds = "text" if _NOT_LINES.search(name) else ""
    if not holds and utility is Utility.UNKNOWN:
        outline = holding_of_areas((name, ""), (), {})
        holds = outline.table if outline.table in {"buildings", "permits"} else ""
    return DxfLayer(
        name=name,
        utility=utility,
        code=code,
        size=size[1].replace(" ", "") if size else "",
        status=status,
        pressure=_pressure(bare) if utility is Utility.GAS else PressureClass.UNKNOWN,
        material=_material(bare),
        voltage_kv=float(voltage[1]) if voltage else float("nan"),
        holds=holds,
    )


def _words(name: str) -> list[str]:
    return [w for w in re.split(r"[\s_\-./()（）\[\]【】,，|$]+", name) if w]


def _pressure(name: str) -> PressureClass:
    for word in _words(name):
        known = words_of("pressure").get(normal(word))
        if known is not None and len(normal(word)) >= 2:
            return PressureClass.from_key(known.key)
    chinese = word_for("pressure", "".join(_words(name)))
    return PressureClass.UNKNOWN if chinese is None else PressureClass.from_key(chinese.key)


def _material(name: str) -> Material:
    """Latin material codes as whole words, Chinese materials anywhere."""
    for word in re.findall(r"[A-Za-z]+[0-9]*", name):
        known = words_of("material").get(normal(word))
        if known is not None and len(word) >= 2 and word.upper() not in _UNSURE_MATERIALS:
            return Material.from_key(known.key)
    for word in re.findall(r"[\u4e00-\u9fff]{2,}", name):
        found = word_for("material", word)
        if found is not None and found.key not in {"unknown", "other"}:
            return Material.from_key(found.key)
    return Material.UNKNOWN
