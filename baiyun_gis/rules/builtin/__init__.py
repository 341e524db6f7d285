"""The rule sets that ship with the program, one folder each."""

from __future__ import annotations

from functools import partial

from baiyun_gis.rules.loader import shipped

GB50289_2016 = partial(shipped, "gb50289-2016")
GB50014_2021 = partial(shipped, "gb50014-2021")
GB50217_2018 = partial(shipped, "gb50217-2018")
GB50838_2015 = partial(shipped, "gb50838-2015")
TEN_STATES = partial(shipped, "ten-states")
US_CGA = partial(shipped, "us-cga")
DIN_1998 = partial(shipped, "din-1998")
