"""Names of fields and enum values in text protos that not every release knows.

Parsers of text refuse a name that their release's protos do not have, where those of bytes pass over it. Rows hold a full name
and its releases from 1.15 on: `{"name":"tensorflow.NodeDef.experimental_type","since":"2.7"}`; a name without a row is known to all.
"""

from __future__ import annotations

from analyzer.tables.releases import ORDER, index
from analyzer.tables.rows import Rows

_TABLE = Rows("text_names.jsonl", "name")
_OLDEST = ORDER["1.15"]


def is_known(name: str, release: str) -> bool:
    """Whether the protos of a release have a name, `tensorflow.DataType.DT_INT4`; older ones are taken for 1.15."""
    return name not in _TABLE or _TABLE.holding(name, max(index(release), _OLDEST), ORDER) is not None


def releases_knowing(name: str) -> tuple[str, ...]:
    """The releases, in order, whose protos have a name of the table."""
    return tuple(each for each in ORDER if ORDER[each] >= _OLDEST and is_known(name, each))
