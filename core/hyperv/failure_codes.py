"""What the errors of a host mean: a cause and a cure for each code that is known.

A host speaks its own language, and its messages differ from version to version. So an error is told by the HRESULTs
that stand in its text in every language, and where there is none by the code of its error id and the cmdlet; never by
words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from core.hyperv.known_failures import Explanation, known_failures
from core.remoting.records import ErrorRecord

_CODE = re.compile(r"0x([0-9a-fA-F]{8})(?![0-9a-fA-F])")
ACCESS_DENIED = 0x80070005


def codes_in(text: str) -> tuple[int, ...]:
    """The HRESULTs in ``text``, in order, each once."""
    return tuple(dict.fromkeys(int(found[1], 16) for found in _CODE.finditer(text)))


def explain(record: ErrorRecord) -> Explanation | None:
    """What an error means, or None when neither its codes nor its id are known.

    The cause stands last in a nested message, so the last known code counts.
    """
    cmdlet = record.cmdlet.rpartition("\\")[2]
    return explain_codes(codes_in(record.message), cmdlet) or _by_id(record.error_id.partition(",")[0], cmdlet)


def explain_codes(codes: Iterable[int], cmdlet: str = "") -> Explanation | None:
    """What the last known one of ``codes`` means; ``cmdlet`` reported it."""
    rows = [row for row in known_failures() if not row.cmdlets or cmdlet in row.cmdlets]
    for code in reversed(tuple(codes)):
        for row in rows:
            if code in row.codes:
                return row.explanation
    return None


def _by_id(code: str, cmdlet: str) -> Explanation | None:
    for row in known_failures():
        if code in row.ids and (not row.cmdlets or cmdlet in row.cmdlets):
            return row.explanation
    return None
