"""A protocol's steps are the same, however they were read."""

import pytest

from clinic.availability import PATIENT
from clinic.booking.steps import numbered_steps, read_steps
from protocols.models import Protocol
from tests.factories import make_protocol

SEGMENTS = ((20, ("room", "practitioner")), (15, ()), (10, ("gun", "room")))


@pytest.mark.django_db
class TestReadSteps:
    def test_are_those_of_the_loaded_protocol_pauses_included(self):
        protocol = make_protocol(3, segments=SEGMENTS)
        bare = Protocol.objects.get(pk=protocol.pk)
        assert read_steps(bare) == numbered_steps(protocol)
        first = read_steps(bare)[1]
        assert [part.minutes for part in first.segments] == [20, 15, 10]
        assert first.segments[1].needs == (PATIENT,)

    def test_keep_the_order_of_what_a_segment_needs(self):
        protocol = make_protocol(1, segments=SEGMENTS)
        bare = Protocol.objects.get(pk=protocol.pk)
        assert [part.needs for part in read_steps(bare)[1].segments] == [
            part.needs for part in numbered_steps(protocol)[1].segments
        ]

    def test_take_two_queries_however_many_steps(self, django_assert_num_queries):
        for sessions in (1, 10):
            bare = Protocol.objects.get(pk=make_protocol(sessions, segments=SEGMENTS).pk)
            with django_assert_num_queries(2):
                assert len(read_steps(bare)) == sessions
