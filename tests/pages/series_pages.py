"""What the tests of the series pages ask and read."""

from tests.factories import House

SWAP = {"HX-Request": "true", "HX-Target": "proposal"}
FIND = {"HX-Request": "true", "HX-Target": "patients-found"}
ENGLISH = {"Accept-Language": "en"}
ODD = ["\0", "x" * 10_000, "🙂", "2@", "-1", "½", "'; --", "%00", "\u202e"]


def asked(house: House, **more: object) -> dict[str, object]:
    return {"patient": house.patient.public_id, "protocol": house.protocol.pk, **more}


def errors(response) -> dict[str, list[str]]:
    return {field: list(found) for field, found in response.context["form"].errors.items()}


def starts(response) -> list[str]:
    return [f"{row.session.starts_at:%Y-%m-%d %H:%M}" for row in response.context["page"].rows]


def post_of(response) -> dict[str, object]:
    """What the one button of the page would send."""
    page = response.context["page"]
    return {
        "token": page.proposal.token,
        "key": str(response.context["key"]),
        "shown": [row.written for row in page.rows],
    }


def address(response) -> str:
    return response.wsgi_request.get_full_path()
