"""Who does something: a row of `settings.AUTH_USER_MODEL`, which lives where we may not look."""

from typing import Any

Actor = Any
