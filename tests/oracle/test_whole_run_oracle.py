"""Whole runs on random networks against the slow oracle, finding by finding.

`BAIYUN_ORACLE_NETWORKS` asks for more networks than the usual ones.
"""

from __future__ import annotations

import os

NETWORKS = int(os.environ.get("BAIYUN_ORACLE_NETWORKS", "60"))
FIRST = int(os.environ.get("BAIYUN_ORACLE_FIRST", "0"))
