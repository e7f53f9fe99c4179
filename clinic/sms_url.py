"""SMS_URL: which gateways there are. The rest of the address is the gateway's own, see apprise."""

# Of apprise's some 170 services those that send to any number given with each message.
SCHEMES = (
    "octopush", "vonage", "twilio", "sinch", "msgbird", "seven", "46elks", "infobip", "plivo",
    "httpsms", "json", "jsons",
)  # fmt: skip
ALIASES = {"messagebird": "msgbird", "nexmo": "vonage"}


def plain_url(url: str) -> str:
    """With the scheme as apprise writes it."""
    scheme, colon, rest = url.partition("://")
    return f"{ALIASES.get(scheme.lower(), scheme.lower())}{colon}{rest}"


def scheme_of(url: str) -> str:
    return plain_url(url).partition("://")[0]


def checked(url: str) -> str:
    """Raises ValueError when it names none of our gateways; says nothing of the secrets in it."""
    if url and ("://" not in url or scheme_of(url) not in SCHEMES):
        known = ", ".join(f"{scheme}://" for scheme in SCHEMES)
        raise ValueError(f"SMS_URL must begin with one of {known}")
    return url
