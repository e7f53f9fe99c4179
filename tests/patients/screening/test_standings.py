"""Many patients at once, and without what was answered."""

import pytest

from patients import screening
from patients.standing import may_be_held, standings
from tests.factories import make_patient, make_user
from tests.screening import NOTHING, TODAY, answer, asking, days, eight

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("many", [1, 3])
def test_many_stand_in_three_queries(many: int, django_assert_num_queries) -> None:
    by, pairs, expected = make_user(), [], {}
    for number in range(many):
        patient, protocol = make_patient(), asking()
        value = "yes" if number % 2 else "no"
        answer(patient, protocol, NOTHING | {"infection": value}, by=by)
        if number == 2:
            screening.hold(patient=patient, until=days(3), reason="x", by=by, now=eight(TODAY))
        pairs.append((patient.pk, protocol.pk))
        expected[pairs[-1]] = ["cleared", "not_cleared", "not_cleared"][number]
    with django_assert_num_queries(3):
        found = standings(pairs, on=TODAY)
    assert {pair: one.status for pair, one in found.items()} == expected


def test_no_value_note_or_reason_is_fetched(case, django_assert_num_queries) -> None:
    case.answer(**NOTHING | {"infection": ("yes", "canari")})
    case.decide("infection", "cleared", days(1))
    with django_assert_num_queries(4) as asked:
        case.stands()
        may_be_held(on=TODAY)
    for query in asked.captured_queries:
        fetched = query["sql"].split(" FROM ")[0]
        # The comparison of two texts hands over a yes or a no: EXISTS fetches no column.
        assert not {'"value"', '"note"', '"reason"'} & set(fetched.replace(".", " ").split())


def test_whom_a_date_may_hold(case) -> None:
    others = [make_patient() for _ in range(3)]
    answer(others[0], case.protocol, {"painkiller": "2026-03-01"}, by=case.by)
    answer(others[1], case.protocol, {"painkiller": "2026-02-01"}, by=case.by)
    screening.hold(patient=others[2], until=days(3), reason="x", by=case.by, now=eight(TODAY))
    assert may_be_held(on=TODAY) == {others[0].pk, others[2].pk}
    assert may_be_held(on=days(3)) == set()
