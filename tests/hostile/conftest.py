"""How long the suite looks, and the process that it looks in."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.hostile.watched import Watched

_EXAMPLES = int(os.environ.get("GRISTMILL_HOSTILE", "0"))  # of each property; 0: the quick profile
_QUICK = 60

settings.register_profile(
    "hostile",
    deadline=None,
    derandomize=not _EXAMPLES,  # the long one looks elsewhere each time, and prints what it found
    max_examples=_EXAMPLES or _QUICK,
    print_blob=bool(_EXAMPLES),
    database=None,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
HOSTILE = settings.get_profile("hostile")


@pytest.fixture(scope="session")
def watched() -> Iterator[Watched]:
    """One process for all tests of a pytest process; one that a parser kills is started again."""
    found = Watched()
    yield found
    found.close()
