"""When a course is due for a re-evaluation, by table; and that writing one settles it."""

import pytest

from patients import reviews
from patients.models import Review, TreatmentSession
from patients.reviews import Course, Why, due
from tests.factories import NOW, House
from tests.patients.treating import make_record

NOT_YET = Course(attack=(1, 2, 3), done=(1,), pain=(), asked_after=None, reviewed_after=0)
DONE = (1, 2, 3)


def course(**changes: object) -> Course:
    return Course(**{**NOT_YET.__dict__, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, None),
        ({"done": (1, 2)}, None),
        ({"done": DONE}, Why.ATTACK_DONE),
        ({"done": (1, 2, 3, 4)}, Why.ATTACK_DONE),
        ({"done": DONE, "reviewed_after": 3}, None),
        ({"done": DONE, "reviewed_after": 2}, Why.ATTACK_DONE),
        ({"attack": (), "done": (4,)}, None),  # begun elsewhere, in maintenance here
        ({"pain": (7, 7)}, None),  # two sessions are too few to tell
        ({"done": (1, 2), "pain": (7, 5, 7)}, Why.NO_IMPROVEMENT),
        ({"done": (1, 2), "pain": (7, 6, 6)}, None),
        ({"done": (1, 2), "pain": (0, 0, 0)}, None),  # no pain to begin with
        ({"done": (1, 2), "pain": (7, 7, 8), "reviewed_after": 2}, None),
        ({"done": (1, 2), "pain": (7, 7, 8), "reviewed_after": 1}, Why.NO_IMPROVEMENT),
        ({"asked_after": 1}, Why.ASKED_FOR),
        ({"asked_after": 1, "reviewed_after": 1}, None),
    ],
)
def test_a_review_is_due(changes: dict[str, object], why: Why | None) -> None:
    assert due(course(**changes)) == why


@pytest.mark.django_db
class TestCourse:
    @pytest.fixture
    def house(self) -> House:
        return House()

    def done(self, house: House, numbers: range, **record: object) -> list[TreatmentSession]:
        series = house.book_series().series
        sessions = [s for s in series.sessions.all() if s.number in numbers]
        for session in sessions:
            TreatmentSession.objects.filter(pk=session.pk).update(
                status="completed", done_on=NOW.date()
            )
            signed = make_record(session, house.user, **record)
            type(signed).objects.filter(pk=signed.pk).update(
                status="signed", signed_at=NOW, signed_by=house.user
            )
        return sessions

    def test_reads_sessions_and_signed_records(self, house: House) -> None:
        (first, second) = self.done(house, range(1, 3), pain_before=6)
        make_record_draft = first.series.sessions.get(number=3)
        make_record(make_record_draft, house.user, pain_before=9, next_step="review_first")
        found = reviews.courses([first.series])[first.series_id]
        assert found == Course(
            attack=(1, 2, 3), done=(1, 2), pain=(6, 6), asked_after=None, reviewed_after=0
        )
        assert second.series_id == first.series_id

    def test_a_cancelled_session_is_no_part_of_the_attack_phase(self, house: House) -> None:
        (first, _second) = self.done(house, range(1, 3))
        first.series.sessions.filter(number=3).update(status="cancelled")
        assert reviews.due_for(first.series) is Why.ATTACK_DONE

    def test_a_review_settles_it(self, house: House) -> None:
        (first, *_rest) = self.done(house, range(1, 4))
        assert reviews.due_for(first.series) is Why.ATTACK_DONE
        written = reviews.review(
            series=first.series,
            improvement=Review.Improvement.SOME,
            outcome=Review.Outcome.CONTINUE,
            next_protocol=None,
            note="",
            by=house.user,
            now=NOW,
        )
        assert (written.after_number, reviews.due_for(first.series)) == (3, None)

    def test_asks_three_times_for_any_number_of_series(
        self, house: House, django_assert_num_queries
    ) -> None:
        (first, *_rest) = self.done(house, range(1, 3))
        with django_assert_num_queries(3):
            reviews.courses([first.series])
