"""What the environment may say, with one list of errors at the start.

Nothing set means the embedded clinic: SQLite under `var/`, mail kept on disk, this machine only.
`PRODUCTION=1` means what it says: no default secret, no debugging, hosts named.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

EMBEDDED_SECRET = "embedded-clinic-on-this-machine-only-never-in-production"  # noqa: S105 not a secret: refused by PRODUCTION
SHORTEST_SECRET = 50
SHORTEST_IN_AN_ADDRESS = 20
FEWEST_DIFFERENT = 10  # characters: fewer is somebody leaning on a key
PROJECT = Path(__file__).resolve().parent.parent


class Environment(BaseSettings):
    model_config = SettingsConfigDict(extra="ignore")

    production: bool = False
    debug: bool = False
    secret_key: str = EMBEDDED_SECRET
    secret_key_fallbacks: str = ""
    allowed_hosts: str = "127.0.0.1,localhost,[::1]"
    csrf_trusted_origins: str = ""
    https: bool | None = Field(default=None, description="Secure cookies and redirects")
    trusted_proxies: int = Field(default=0, ge=0, description="Proxies in front, for addresses")
    demo: bool = Field(default=True, description="Fill an empty database with a demo clinic")
    data_dir: Path = PROJECT / "var"
    database_url: str = ""
    email_url: str = ""
    sms_url: str = ""
    default_from_email: str = "clinique@localhost"
    alarm_email: str = Field(default="", description="Who is told what stopped; default managers")
    site_url: str = Field(default="", description="Where patients reach us; default HOST:PORT")
    sms_inbound_secret: str = Field(default="", description="Of the address for answers to texts")
    host: str = "127.0.0.1"
    port: int = 8000
    log_level: str = "INFO"

    @field_validator("site_url")
    @classmethod
    def refuse_half_an_address(cls, value: str) -> str:
        parts = urlsplit(value)
        is_whole = parts.scheme in {"http", "https"} and parts.hostname
        if value and (not is_whole or parts.query or parts.fragment):
            raise ValueError("SITE_URL must read https://host")
        return value

    @model_validator(mode="after")
    def refuse_an_unsafe_production(self) -> Self:
        problems = list(self._unsafe()) if self.production else []
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _unsafe(self) -> Iterator[str]:
        if self.debug:
            yield "DEBUG is on: it shows patients' data in error pages"
        too_short = len(self.secret_key) < SHORTEST_SECRET
        too_plain = len(set(self.secret_key)) < FEWEST_DIFFERENT
        if self.secret_key == EMBEDDED_SECRET or too_short or too_plain:
            yield f"SECRET_KEY must be set, with at least {SHORTEST_SECRET} characters"
        if 0 < len(self.sms_inbound_secret) < SHORTEST_IN_AN_ADDRESS:
            yield f"SMS_INBOUND_SECRET must have at least {SHORTEST_IN_AN_ADDRESS} characters"
        hosts = words(self.allowed_hosts)
        if "allowed_hosts" not in self.model_fields_set or not hosts or "*" in hosts:
            yield "ALLOWED_HOSTS must name the hosts of this clinic"
        is_told = bool(self.email_url or self.sms_url)
        if (is_told or self.site_url) and not self.site_url.startswith("https://"):
            yield "SITE_URL must be set and begin with https://: messages link to patients' pages"

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'clinic.sqlite3'}"

    @property
    def address(self) -> str:
        """Where patients reach the pages, without a slash at its end."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 all
        host = f"[{host}]" if ":" in host else host
        return (self.site_url or f"http://{host}:{self.port}").rstrip("/")

    @property
    def is_https(self) -> bool:
        return self.production if self.https is None else self.https


def words(text: str) -> list[str]:
    """A comma-separated setting as a list."""
    return [word.strip() for word in text.split(",") if word.strip()]
