"""What was typed into a record, and the answers: to scripts as JSON, to people as the page."""

import base64
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from clinic.booking import Refused
from clinic.forms.products import ROWS_WITHOUT_SCRIPTS, BaseProductSet, product_set
from clinic.forms.records import RecordForm, SettleForm
from clinic.models import Appointment, User
from clinic.pages import filling, lot_choice
from clinic.pages import record as pages
from clinic.pages.filling import Kept
from clinic.pages.said import product_in_words, said
from clinic.requests import StaffRequest, wants_json
from patients import charts, records
from patients.models import KeptText, SessionRecord
from patients.records import PRODUCTS, ProductLine

Answer = records.Saved | records.Conflict | records.Closed | Refused


@dataclass
class Typed:
    """The form of a record with its products and its kept texts, as shown or as sent."""

    record: SessionRecord
    by: User
    form: RecordForm
    products: BaseProductSet
    kept: list[Kept]
    settling: list[SettleForm]
    is_filled: bool = False  # with last time's values, which nobody saved yet

    @classmethod
    def shown(
        cls, request: StaffRequest, record: SessionRecord, last: SessionRecord | None = None
    ) -> "Typed":
        by = request.staff.user
        performers = pages.performers(request.staff.clinic, record.performer_id)
        values = filling.initial(record, last) | {"who": by.pk}
        form = RecordForm(record=record, performers=performers, initial=values)
        day = timezone.localtime(record.started_at).date()
        rows = filling.rows(record, last, on=day)
        products = product_set(record=record, initial=rows)
        return cls(record, by, form, products, filling.kept(record, by), [], last is not None)

    @classmethod
    def sent(cls, request: StaffRequest, record: SessionRecord) -> "Typed":
        by, data = request.staff.user, request.POST
        performers = pages.performers(request.staff.clinic, record.performer_id)
        form = RecordForm(data, record=record, performers=performers)
        kept = filling.kept(record, by)
        settling = [
            SettleForm(data, prefix=f"kept-{each.text.pk}", names=each.names) for each in kept
        ]
        return cls(record, by, form, product_set(data, record=record), kept, settling)

    @property
    def is_somebody_elses(self) -> bool:
        """Somebody else signed in meanwhile: what the first one typed is not written as theirs."""
        self.form.is_valid()
        return str(self.form.cleaned_data.get("who", "")) != str(self.by.pk)

    @property
    def base(self) -> int:
        self.form.is_valid()
        return int(self.form.cleaned_data.get("base") or 0)  # 0: nobody knows upon what

    def is_valid(self) -> bool:
        return all([self.form.is_valid(), self.products.is_valid()])

    def put_together(self) -> tuple[dict[str, Any], Sequence[ProductLine] | None]:
        """What is right of it, with what was chosen of the kept texts."""
        self.is_valid()
        fields = self.form.saveable()
        if not self.products.was_sent:
            return fields, None
        lines = self.products.lines()
        for each, settling in zip(self.kept, self.settling, strict=True):
            if settling.is_valid():
                chosen = settling.cleaned_data
                fields, lines = filling.put_together(each.text, chosen, fields, lines)
        return fields, lines

    def waiting(self) -> list[dict[str, str]] | None:
        """The rows of products that have no lot yet; None where the form came without its rows."""
        return self.products.waiting() if self.products.was_sent else None

    @property
    def settled(self) -> list[KeptText]:
        """The kept texts of which every field was decided."""
        pairs = zip(self.kept, self.settling, strict=True)
        return [each.text for each, settling in pairs if settling.is_valid()]

    def errors(self) -> dict[str, list[str]]:
        """What is wrong, by the name that the field has in the page."""
        found = {name: texts(errors) for name, errors in self.form.errors.items()}
        for row in self.products.forms:
            if row.waits:  # said in one word, not as a fault in mid-work
                row.errors.pop("find", None)
            found |= {row.add_prefix(name): texts(errors) for name, errors in row.errors.items()}
        return found


def texts(errors: Iterable[Any]) -> list[str]:
    return [str(error) for error in errors]


def show(
    request: StaffRequest,
    typed: Typed,
    appointment: Appointment,
    *,
    now: dt.datetime,
    status: int = 200,
) -> HttpResponse:
    """The page on which a record is written."""
    record = typed.record
    session, today = record.session, request.staff.clinic.today(now=now)
    zones = pages.zone_choices(session)
    chosen = typed.form["zones"].value() or []
    context = {
        "session": session,
        "series": session.series,
        "patient": record.patient,
        "protocol": session.series.protocol,
        "appointment": appointment,
        "typed": typed,
        "form": typed.form,
        "products": typed.products,
        "kept": typed.kept,
        "beside": pages.beside(session),
        "alerts": pages.alerts(session, on=appointment.on),
        "zones": zones,
        "zones_said": ", ".join(charts.named(chosen, charts.PLACES)),
        "drawings": pages.drawings(chosen, zones),
        "lots": lot_choice.offered(today=today),
        "more_rows": [str(n) for n in range(len(typed.products.forms), ROWS_WITHOUT_SCRIPTS)],
        "total_rows": max(len(typed.products.forms), ROWS_WITHOUT_SCRIPTS),
        "many": len(typed.products.forms) > records.problems.MOST_COMPONENTS + 1,
        "shelf_key": shelf_key(typed.by, record),
    }
    context |= summary(record, appointment)
    return render(request, "record/page.html", context, status=status)


def summary(record: SessionRecord, appointment: Appointment) -> dict[str, Any]:
    """What will be fixed by signing, and what stands against it."""
    return {
        "record": record,
        "said": said(record),
        "used": [product_in_words(use) for use in record.products.all()],
        "ready": pages.ready(record, appointment),
    }


def shelf_key(by: User, record: SessionRecord) -> str:
    """What a browser locks unsaved words with: the same for this person and record, on any page,
    and unknown to whoever takes the tablet next."""
    words = f"{by.pk}:{record.public_id}"
    digest = salted_hmac("clinic.record.shelf", words, algorithm="sha256").digest()
    return base64.b64encode(digest).decode()


def answer_saved(
    request: StaffRequest,
    typed: Typed,
    saved: Answer,
    appointment: Appointment,
    *,
    now: dt.datetime,
) -> HttpResponse:
    if wants_json(request):
        return json_saved(request, typed, saved, appointment)
    if isinstance(saved, Refused):
        typed.form.complain(saved.problems)
        return show(request, typed, appointment, now=now, status=409)
    if isinstance(saved, records.Saved) and not typed.is_valid():
        typed.record = pages.record_of(typed.record.session) or typed.record
        typed.form.now("base", str(saved.record.version))
        return show(request, typed, appointment, now=now, status=409)
    tell(request, saved)
    session = typed.record.session
    return redirect("record", session.series.public_id, session.number)


def tell(request: StaffRequest, saved: Answer) -> None:
    if isinstance(saved, records.Saved):
        messages.success(request, _("The draft is saved."))
    elif isinstance(saved, records.Closed):
        messages.warning(
            request, _("This record was signed meanwhile. What you typed is kept with it.")
        )
    else:
        messages.warning(request, _("Somebody else wrote the same fields meanwhile: choose below."))


def json_saved(
    request: StaffRequest, typed: Typed, saved: Answer, appointment: Appointment
) -> JsonResponse:
    """`fresh`: what others wrote, by name, for a page that shows the older words."""
    if isinstance(saved, Refused):
        problems = [problem.message for problem in saved.problems]
        return JsonResponse({"problems": problems}, status=503)
    if isinstance(saved, records.Conflict):
        return JsonResponse({"conflict": True}, status=409)
    if isinstance(saved, records.Closed):
        return JsonResponse({"signed": True}, status=410)
    record = pages.record_of(typed.record.session) or saved.record
    fresh = Typed.shown(request, record).form if saved.theirs else None
    waiting = sum(row.waits for row in typed.products.forms)
    return JsonResponse(
        {
            "version": record.version,
            "at": f"{timezone.localtime(record.saved_at):%H:%M}",
            "errors": typed.errors(),
            "fresh": {n: written(fresh, n) for n in saved.theirs if fresh and n in fresh.fields},
            "reload": PRODUCTS in saved.theirs or bool(typed.settled),
            "waiting": waiting,
            "summary": render_to_string(
                "record/_sign.html", summary(record, appointment), request=request
            ),
        }
    )


def written(form: RecordForm, name: str) -> list[str]:
    """The values of a field as a form sends them."""
    value = form[name].value()
    if isinstance(value, bool):
        return ["on"] if value else []
    if value is None or value == "":
        return []
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


def refuse(
    request: StaffRequest, typed: Typed, appointment: Appointment, *, now: dt.datetime
) -> HttpResponse:
    """Nothing was written; all that was typed stands in the form again."""
    if typed.is_somebody_elses:
        if wants_json(request):
            return JsonResponse({"somebody": True}, status=403)
        text = _("This was typed before you signed in. Save it only if it is yours.")
        typed.form.add_error(None, text)
        typed.form.now("who", str(typed.by.pk))
    return show(request, typed, appointment, now=now, status=409)
