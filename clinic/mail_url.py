"""EMAIL_URL: smtp://user:password@host:587?tls=1, or smtps://… for TLS from the first byte."""

from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass(frozen=True)
class Smtp:
    host: str
    port: int
    user: str
    password: str
    ssl: bool
    tls: bool


def smtp_settings(url: str) -> Smtp:
    """Raises ValueError when the address is not one of a mail server."""
    parts = urlsplit(url)
    ssl = parts.scheme == "smtps"
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("EMAIL_URL must read smtp://user:password@host:port or smtps://…")
    return Smtp(
        host=parts.hostname,
        port=parts.port or (465 if ssl else 587),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        ssl=ssl,
        tls=not ssl and parse_qs(parts.query).get("tls") != ["0"],
    )
