"""How hard the properties are tried: 200 examples each, the same on every run; 20,000 at night."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "commit",
    max_examples=200,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile(
    "nightly", settings.get_profile("commit"), max_examples=20_000, derandomize=False
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "commit"))
