"""Each problem that `rules.checks` finds, as a reason."""

from __future__ import annotations

from tocsin.incidents.reasons import PROBLEMS
from tocsin.incidents.rules.checks import Problems
from tocsin.kernel.errors import Refused
from tocsin.kernel.reasons import join


def refuse(problems: Problems) -> None:
    """Raise Refused with a sentence for each field, when there are any problems."""
    if problems:
        fields = {field: PROBLEMS[code]() for field, code in problems.items()}
        raise Refused(join(*dict.fromkeys(fields.values())), fields)
