"""System checks: a view that nobody may use because nobody said who may is found at the start."""

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import ResolverMatch

from clinic.policy import policy_of


def walk(
    resolver: URLResolver, namespaces: tuple[str, ...] = (), app_name: str = ""
) -> Iterator[tuple[str, URLPattern, str]]:
    """Every route: its full name, its pattern, and the app it belongs to."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from walk(pattern, inner, pattern.app_name or app_name)
        else:
            yield ":".join((*namespaces, pattern.name or "")), pattern, app_name


@register()
def every_view_has_a_policy(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    del app_configs, kwargs
    return [
        Error(f"The route {name or pattern.pattern!s} has no policy.", id="clinic.E001")
        for name, pattern, app_name in walk(get_resolver())
        if policy_of(as_match(name, pattern, app_name)) is None
    ]


def as_match(name: str, pattern: URLPattern, app_name: str) -> ResolverMatch:
    *spaces, url_name = name.split(":")
    namespaces: list[str | None] = [*spaces]
    return ResolverMatch(
        pattern.callback,
        (),
        {},
        url_name,
        app_names=[app_name] if app_name else [],
        namespaces=namespaces,
    )
