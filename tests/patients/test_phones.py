"""Which numbers are taken, and how they are kept."""

import pytest
from django import forms

from patients.phones import PhoneFormField
from tests.factories import make_patient


class Form(forms.Form):
    phone = PhoneFormField(region="FR", required=False)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("06 12 34 56 78", "+33612345678"),
        ("06.12.34.56.78", "+33612345678"),
        ("+33 (0)6 12 34 56 78", "+33612345678"),
        ("0032 475 12 34 56", "+32475123456"),
        ("06 39 98 00 01", "+33639980001"),  # kept for fiction: no table calls it valid
        ("", ""),
    ],
)
def test_a_number_is_kept_in_one_form(typed, kept):
    form = Form({"phone": typed})
    assert form.is_valid(), form.errors
    assert str(form.cleaned_data["phone"]) == kept


@pytest.mark.parametrize("typed", ["06 12 34 56", "06 12 34 56 78 90 12 34", "abc", "\0", "٠٦١٢"])
def test_what_is_no_number_is_refused(typed):
    assert list(Form({"phone": typed}).errors) == ["phone"]


@pytest.mark.django_db
def test_a_number_kept_for_fiction_is_found_and_shown_like_any_other():
    patient = make_patient(phone="+33639980001")
    patient.full_clean()
    patient.refresh_from_db()
    assert (patient.phone.as_e164, patient.phone.as_national) == ("+33639980001", "06 39 98 00 01")
    assert " 0639980001 " in patient.search_text
