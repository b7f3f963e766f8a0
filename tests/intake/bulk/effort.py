"""How hard the property tests of this folder try: ``XINHENG_FUZZ=20`` multiplies the examples."""

import os

from hypothesis import HealthCheck, settings

TIMES = int(os.environ.get("XINHENG_FUZZ", "1"))


def effort(examples: int) -> settings:
    """Settings for ``examples`` examples (times ``XINHENG_FUZZ``); what fails is printed with its seed."""
    return settings(
        max_examples=examples * TIMES,
        deadline=None,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
    )
