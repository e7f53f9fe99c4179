"""The list and the page of a protocol, as each role that may see them gets them."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from clinic.models import Role
from protocols import editing
from protocols.models import Protocol
from tests.factories import make_clinic, make_user
from tests.protocols.making import NOW, make_draft, make_protocol

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(make_user(make_clinic(), Role.RECEPTION))
    return client


def text_of(html: str) -> str:
    """What is read, on one line."""
    main = html[html.index("<main") : html.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def rows_of(client: Client, query: str = "") -> list[tuple[str, str]]:
    response = client.get(f"/protocols/{query}")
    return [(row.protocol.slug, row.protocol.status) for row in response.context["overviews"]]


def test_the_list_shows_what_is_in_use_and_the_drafts(client: Client) -> None:
    retired = make_protocol(slug="c")
    make_protocol(slug="a")
    make_draft(slug="b")
    editing.retire(retired, by="me", now=NOW)
    assert rows_of(client) == [("a", "active"), ("b", "draft")]
    assert rows_of(client, "?status=retired") == [("c", "retired")]
    assert rows_of(client, "?status=nonsense") == [("a", "active"), ("b", "draft")]


def test_the_list_tells_a_protocol_in_one_row(client: Client, shipped: object) -> None:
    html = client.get("/protocols/?q=mesopecie").content.decode()
    assert "Hair mesotherapy (mésopécie) 4 × 1 week + 4 × 2 weeks Attack phase" in text_of(html)
    assert "2 × 1 month Maintenance Hair loss 30 min In use 1" in text_of(html)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("MÉSOPÉCIE", {"hair-mesopecie"}),
        ("nevralgie", {"pain-locomotor"}),
        ("hair loss", {"hair-mesopecie", "prp-hair", "rejuvenation"}),
        ("cuir chevelu prp", {"prp-hair"}),
        ("nothing of the kind", set()),
    ],
)
def test_the_list_is_found_by_words(
    client: Client, shipped: object, words: str, expected: set[str]
) -> None:
    assert {slug for slug, _status in rows_of(client, f"?q={words}")} == expected


def test_an_empty_list_says_what_to_do(client: Client) -> None:
    assert "load_catalogue" in text_of(client.get("/protocols/").content.decode())
    found_nothing = text_of(client.get("/protocols/?q=zzz").content.decode())
    assert "Show all protocols" in found_nothing


def test_the_page_shows_the_version_in_use(client: Client) -> None:
    first = make_protocol(slug="a")
    second = editing.revise(first, by="me")
    assert client.get("/protocols/a/").context["protocol"] == first
    editing.publish(second, by="me", now=NOW)
    editing.revise(second, by="me")
    assert client.get("/protocols/a/").context["protocol"] == second
    assert client.get("/protocols/a/1/").context["protocol"] == first
    shown = client.get("/protocols/a/3/")
    assert [version.version for version in shown.context["versions"]] == [3, 2, 1]
    assert "This is a draft" in text_of(shown.content.decode())


def test_the_page_of_a_draft_alone(client: Client) -> None:
    draft = make_draft(slug="a")
    assert client.get("/protocols/a/").context["protocol"] == draft


@pytest.mark.parametrize("path", ["/protocols/b/", "/protocols/a/2/", "/protocols/b/1/"])
def test_what_is_not_there_is_not_found(client: Client, path: str) -> None:
    make_protocol(slug="a")
    assert client.get(path).status_code == 404


def test_the_page_tells_the_course(client: Client, shipped: object) -> None:
    text = text_of(client.get("/protocols/skin-quality/").content.decode())
    assert "2 to 4 weeks (ideally 3 weeks) [3, l. 29]" in text
    assert "The source gives the range; the ideal in it is our choice" in text
    assert "30 min Numbing cream [4, l. 20] Preparation chair" in text
    assert "30 min Injections [3, l. 23] Practitioner, Treatment room, Mesotherapy gun" in text
    assert "open-ended" in text
    assert text.count("30 min Injections") == 2  # once a phase: the other visits are the same
    assert text.count("the same visit") == 4


def test_the_page_shows_alert_signs_before_expected_reactions(
    client: Client, shipped: object
) -> None:
    text = text_of(client.get("/protocols/skin-quality/").content.decode())
    parts = ["Alert signs", "Course of the series", "After the visit", "Expected reactions"]
    assert sorted(parts, key=text.index) == parts
    assert text.index("call 15 or 112") < text.index("an infection is possible")


def test_the_page_shows_where_sources_differ_and_which_is_kept(
    client: Client, shipped: object
) -> None:
    html = client.get("/protocols/skin-quality/").content.decode()
    reading = next(r for r in client.get("/protocols/skin-quality/").context["overview"].readings)
    assert reading.differ
    row = re.search(
        r"<tr>\s*<th scope=\"row\">Make-up</th>(.*?)</tr>", html[html.index("readings") :], re.S
    )
    kept, elsewhere = re.findall(r"<td.*?>(.*?)</td>", row[1], re.S)  # type: ignore[index]
    assert "Not for 24 hours at least." in kept
    assert "The stricter instruction." in kept
    assert "Possible the same evening." in elsewhere
    assert "no delay given" in elsewhere


def test_every_rule_cites_a_source_of_the_list(client: Client, shipped: object) -> None:
    for protocol in Protocol.objects.bookable():
        html = client.get(f"/protocols/{protocol.slug}/").content.decode()
        cited = set(re.findall(r'href="#source-([\w-]+)"', html))
        assert cited == set(re.findall(r'id="source-([\w-]+)"', html)) != set()


def test_the_page_is_in_the_language_of_the_reader(client: Client, shipped: object) -> None:
    english = text_of(client.get("/protocols/pain-weekly/").content.decode())
    french = client.get("/protocols/pain-weekly/", headers={"accept-language": "fr"})
    assert "No aspirin or anti-inflammatory in the 48 hours before." in english
    assert "Ni aspirine ni anti-inflammatoire" in text_of(french.content.decode())


def test_the_drawing_says_nothing_that_the_table_does_not(client: Client, shipped: object) -> None:
    html = client.get("/protocols/hair-mesopecie/").content.decode()
    drawing = re.search(r"<svg.*?</svg>", html[html.index("overflow-x-auto") :], re.S)[0]  # type: ignore[index]
    assert 'aria-hidden="true"' in drawing
    assert drawing.count("<rect") == 10 == html.count('scope="row">Session')
    assert "style=" not in drawing


def test_a_drawing_keeps_its_points_in_french(client: Client, shipped: object) -> None:
    """A comma in a coordinate would break it."""
    response = client.get("/protocols/laser-hair-removal/", headers={"accept-language": "fr"})
    numbers = re.findall(r' (?:x|width|x1)="([^"]*)"', response.content.decode())
    assert numbers
    assert all("," not in number for number in numbers)


def test_no_manager_no_way_to_edit(client: Client) -> None:
    protocol = make_protocol(slug="a")
    address = f"/settings/protocols/protocol/{protocol.pk}/change/"
    assert address not in client.get("/protocols/a/").content.decode()
    client.force_login(make_user(make_clinic(), Role.MANAGER))
    assert address in client.get("/protocols/a/").content.decode()


def count_queries(client: Client, path: str, capture: Any) -> int:
    with capture() as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def test_the_list_costs_the_same_for_one_and_three(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def capture() -> CaptureQueriesContext:
        return CaptureQueriesContext(connection)

    make_protocol()
    count_queries(client, "/protocols/", capture)  # warm: content types, caches
    one = count_queries(client, "/protocols/", capture)
    make_protocol(gaps=[("P1W", "P2W", "P3W")] * 5)
    make_protocol()
    assert count_queries(client, "/protocols/", capture) == one


def test_the_page_costs_the_same_for_one_step_and_ten(client: Client, shipped: object) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def capture() -> CaptureQueriesContext:
        return CaptureQueriesContext(connection)

    counts = {
        protocol.slug: count_queries(client, f"/protocols/{protocol.slug}/1/", capture)
        for protocol in Protocol.objects.bookable().filter(
            slug__in=["skin-quality", "hair-mesopecie", "face-revitalising"]
        )
    }
    assert len(set(counts.values())) == 1, counts


def test_french_is_the_first_language() -> None:
    with translation.override("fr"):
        assert Protocol(name_fr="Qualité de peau", name_en="Skin quality").name == "Qualité de peau"
