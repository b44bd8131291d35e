"""What is secret of accounts: sealed together, under the keys of the channel's fields."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tocsin.kernel import sealing


def seal(secrets: Mapping[str, str]) -> bytes | None:
    """Sealed; None where there is nothing to keep."""
    kept = {key: value for key, value in secrets.items() if value}
    return sealing.seal(json.dumps(kept)) if kept else None


def unseal(sealed: bytes | memoryview | None) -> dict[str, str]:
    """The secrets again. Raises BadSetting when the installation's key is another than when they were
    sealed."""
    return {} if sealed is None else dict(json.loads(sealing.unseal(bytes(sealed))))
