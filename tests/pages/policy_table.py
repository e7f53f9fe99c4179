"""Who gets what on each route: written by hand, and compared with what the product answers.

A new route needs a row here, or `test_policy` is red. A row says what whoever may use the route is
answered to a GET and to a POST without content (None: the method is refused with 405), and on which
object it is tried. Everybody else gets the refusals of `expected`. Nothing here is read from the
decorators: the table is what they are checked against.
"""

from dataclasses import dataclass

ANONYMOUS, NOBODY, CLOSED, ELSEWHERE = "anonymous", "nobody", "closed", "elsewhere"
PATIENT = "patient"
RECEPTION, ASSISTANT, PRACTITIONER, MANAGER = "reception", "assistant", "practitioner", "manager"

# `nobody` is signed in and works at no clinic; `closed` was signed in when the account was closed;
# `elsewhere` manages another clinic; `patient` came by a link and said the birth date.
ROLES = (
    ANONYMOUS, NOBODY, CLOSED, ELSEWHERE, PATIENT, RECEPTION, ASSISTANT, PRACTITIONER, MANAGER,
)  # fmt: skip
WITHOUT_ACCOUNT = {ANONYMOUS, CLOSED, PATIENT}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
STAFF = frozenset({RECEPTION, ASSISTANT, PRACTITIONER, MANAGER, ELSEWHERE})
MANAGERS = frozenset({MANAGER, ELSEWHERE})
CLINICAL = frozenset({ASSISTANT, PRACTITIONER})  # the clinic tried grants it to its assistants
PUBLIC = frozenset(ROLES)
PATIENTS = frozenset({PATIENT})


@dataclass(frozen=True)
class Row:
    """`on` is what the address names; `elsewhere` is what another clinic's manager gets for it."""

    roles: frozenset[str]
    get: int | None = 200
    post: int | None = None
    on: str = ""
    elsewhere: int | None = None
    signed_in: tuple[int, int] | None = None  # a public page that knows who is signed in
    visitor: tuple[int, int] | None = None  # a public page that knows who came by a link

    @property
    def somebody(self) -> str:
        """A role that may use the route."""
        if self.roles == PATIENTS:
            return PATIENT
        return MANAGER if MANAGER in self.roles else PRACTITIONER


TABLE = {
    "house": Row(STAFF),
    "healthz": Row(PUBLIC),
    "healthz_worker": Row(PUBLIC, get=503),  # nothing beats in a test
    "sms_inbound": Row(PUBLIC, get=None, post=200, on="inbound"),
    "set_language": Row(PUBLIC, get=None, post=302),
    "account_login": Row(PUBLIC, post=200, signed_in=(302, 302)),
    "account_logout": Row(PUBLIC, get=302, post=302, signed_in=(200, 302)),
    "account_change_password": Row(STAFF, post=200),
    "account_reset_password": Row(PUBLIC, post=200),
    "account_reset_password_done": Row(PUBLIC),
    "account_reset_password_from_key": Row(PUBLIC, post=200, on="reset"),
    "account_reset_password_from_key_done": Row(PUBLIC),
    "clinic_choose": Row(STAFF, get=None, post=404),
    "desk": Row(STAFF),
    "desk_list": Row(STAFF, on="list"),
    "agenda": Row(STAFF),
    "agenda_events": Row(STAFF),
    # Patients and their series belong to the whole organisation, appointments to one clinic.
    "search": Row(STAFF),
    "patients": Row(STAFF),
    "patient_new": Row(STAFF, post=200),
    "patient": Row(STAFF, on="patient"),
    "patient_edit": Row(STAFF, post=200, on="patient"),
    "contacts": Row(STAFF, post=409, on="patient"),
    "try_again": Row(STAFF, get=None, post=302, on="mark"),
    "own_page": Row(STAFF, post=409, on="patient"),
    "call": Row(STAFF, post=409, on="patient"),
    # What was said to patients says nothing of care; each clinic has its own.
    "messages": Row(STAFF),
    "calls": Row(STAFF),
    "calls_table": Row(STAFF),
    "message": Row(STAFF, on="message", elsewhere=404),
    "message_again": Row(STAFF, get=None, post=302, on="message", elsewhere=404),
    "message_received": Row(STAFF, get=None, post=302, on="message", elsewhere=404),
    # Records: those who treat, and nobody else.
    "record_access": Row(CLINICAL, post=200, on="outsider"),
    # The desk registers a request for the file; what is in it, it does not see.
    "file": Row(STAFF, post=200, on="patient"),
    "file_answer": Row(CLINICAL, post=200, on="file_request"),
    "file_pdf": Row(CLINICAL, on="patient"),
    "file_json": Row(CLINICAL, on="patient"),
    "file_zip": Row(CLINICAL, on="patient"),
    "photos": Row(CLINICAL, post=200, on="patient"),
    "photo": Row(CLINICAL, on="photo"),
    "photo_remove": Row(CLINICAL, post=200, on="photo"),
    "photo_picture": Row(CLINICAL, on="photo"),
    "photo_small": Row(CLINICAL, on="photo"),
    "work": Row(CLINICAL),
    "consents": Row(STAFF, on="patient"),
    "consent_sign": Row(STAFF, get=404, post=404, on="patient"),  # which protocol is not said
    "consent_scan": Row(STAFF, get=404, post=404, on="patient"),
    "consent": Row(CLINICAL, post=302, on="consent"),
    "consent_file": Row(CLINICAL, on="consent"),
    "consent_pdf": Row(CLINICAL, on="consent"),
    "quotes": Row(STAFF, on="patient"),
    "quote_new": Row(STAFF, get=None, post=400, on="patient"),
    "quote_hand_over": Row(STAFF, get=None, post=302, on="patient"),
    "quote": Row(STAFF, post=200, on="quote"),
    "quote_answer": Row(STAFF, get=None, post=302, on="quote"),
    "quote_pdf": Row(STAFF, on="given_quote"),
    "dossier": Row(CLINICAL, on="patient"),
    "review": Row(frozenset({PRACTITIONER}), post=409, on="series"),
    "call_back": Row(STAFF, post=200, on="patient"),
    "adverse_events": Row(CLINICAL, on="patient"),
    "adverse_new": Row(CLINICAL, post=200, on="patient"),
    "adverse_work": Row(frozenset({PRACTITIONER})),
    "adverse": Row(CLINICAL, on="reaction"),
    "adverse_edit": Row(CLINICAL, post=200, on="reaction"),
    "adverse_follow": Row(CLINICAL, get=None, post=200, on="reaction"),
    "adverse_close": Row(CLINICAL, get=None, post=200, on="reaction"),
    "adverse_report": Row(CLINICAL, on="reaction"),
    # Signing and amending is a practitioner's; a kept text is settled by whoever typed it.
    "record": Row(CLINICAL, post=302, on="session"),
    "record_save": Row(CLINICAL, get=302, post=409, on="draft"),
    "record_sign": Row(frozenset({PRACTITIONER}), get=302, post=409, on="draft"),
    "record_amend": Row(frozenset({PRACTITIONER}), post=409, on="signed"),
    "record_settle": Row(CLINICAL, get=None, post=404, on="kept"),
    "record_lots": Row(CLINICAL),
    "slip": Row(CLINICAL, on="signed"),
    "carnet": Row(CLINICAL, on="series"),
    "lots": Row(CLINICAL),
    "lot_new": Row(CLINICAL, post=200),
    "lot_trace": Row(CLINICAL),
    "lot": Row(CLINICAL, on="lot"),
    "lot_edit": Row(CLINICAL, post=200, on="lot"),
    "lot_recall": Row(CLINICAL, post=200, on="lot"),
    "lot_finish": Row(CLINICAL, get=None, post=302, on="lot"),
    "lot_patients": Row(CLINICAL, post=200, on="lot"),
    "lot_table": Row(CLINICAL, on="lot"),
    "lot_calls": Row(CLINICAL, on="lot"),
    "lot_letters": Row(CLINICAL, on="lot"),
    # The desk hands the questionnaire out; what is answered, it does not see.
    "questionnaire": Row(STAFF, post=409, on="asking"),
    "screening": Row(CLINICAL, on="patient"),
    "screening_fill": Row(frozenset({PRACTITIONER}), post=409, on="asking"),
    "screening_decide": Row(frozenset({PRACTITIONER}), get=None, post=409, on="patient"),
    "screening_hold": Row(frozenset({PRACTITIONER}), get=None, post=409, on="patient"),
    "screening_lift": Row(frozenset({PRACTITIONER}), get=None, post=409, on="patient"),
    "hand_over": Row(STAFF, get=None, post=404),
    "take_back": Row(STAFF, get=302, post=302),
    "series_new": Row(STAFF, post=200),
    "series": Row(STAFF, on="series"),
    "series_plan": Row(STAFF, get=302, post=302, on="series"),
    "series_stop": Row(STAFF, post=200, on="series"),
    "series_print": Row(STAFF, on="series"),
    "series_pdf": Row(STAFF, on="series"),
    "series_ics": Row(STAFF, on="series"),
    "session_book": Row(STAFF, post=409, on="session"),
    "appointment": Row(STAFF, on="appointment", elsewhere=404),
    "appointment_move": Row(STAFF, post=409, on="appointment", elsewhere=404),
    "appointment_cancel": Row(STAFF, post=409, on="appointment", elsewhere=404),
    "appointment_mark": Row(STAFF, get=None, post=302, on="appointment", elsewhere=404),
    "visit_new": Row(STAFF, post=200),
    # General information, for anybody; what a patient sends, for those who came by their link.
    "leaflet": Row(PUBLIC, on="leaflet"),
    "leaflet_look_up": Row(PUBLIC, post=200, on="leaflet"),
    "leaflet_recovery": Row(PUBLIC, post=200, on="leaflet"),
    "leaflet_count": Row(PUBLIC, post=200, on="leaflet"),
    "leaflet_quiz": Row(PUBLIC, post=200, on="leaflet"),
    "leaflet_report": Row(PUBLIC, get=404, post=404, on="leaflet", visitor=(200, 200)),
    "protocols": Row(STAFF),
    "protocol": Row(STAFF, on="protocol"),
    "protocol_version": Row(STAFF, on="version"),
    # The patient's own page. To everybody else it does not exist, whoever they are.
    "patient_link": Row(PUBLIC, get=302, on="link"),
    "patient_stop": Row(PUBLIC, post=200, on="link"),
    "feed": Row(PUBLIC, on="feed"),
    "my": Row(PATIENTS),
    "my_birth": Row(PATIENTS, post=409),
    "my_close": Row(PATIENTS, get=None, post=200),
    "my_worry": Row(PATIENTS),
    "my_file": Row(PATIENTS),
    "my_calendar": Row(PATIENTS, post=200),
    "my_contact": Row(PATIENTS, post=409),
    "my_messages": Row(PATIENTS, get=None, post=302),
    "my_confirm": Row(PATIENTS, get=None, post=302, on="appointment"),
    "my_move": Row(PATIENTS, post=409, on="appointment"),
    "my_cancel": Row(PATIENTS, post=302, on="cancelled"),
    "my_questions": Row(PATIENTS, post=302, on="own_protocol"),
    "my_agreement": Row(PATIENTS, get=302, post=302, on="own_protocol"),  # given already
    "my_quote": Row(PATIENTS, post=409, on="given_quote"),
    "my_quote_pdf": Row(PATIENTS, on="given_quote"),
    "my_series_pdf": Row(PATIENTS, on="series"),
    "my_slip": Row(PATIENTS, on="signed"),
    # Only while nothing leaves this machine; see tests/pages/test_mailbox.py.
    "mailbox": Row(STAFF),
    "mailbox_entry": Row(STAFF, on="kept_letter"),
    "mailbox_html": Row(STAFF, on="kept_letter"),
    "message_rules": Row(MANAGERS),
    "message_rule": Row(MANAGERS, post=200, on="message_kind"),
    "message_text": Row(MANAGERS, post=200, on="message_text"),
    "message_mail": Row(MANAGERS, on="message_mail"),
}
HUSHED = {name for name, row in TABLE.items() if row.roles == PATIENTS} | {
    "patient_link", "patient_stop", "feed",
}  # fmt: skip
# A mail program or a gateway sends these by itself: the key or the secret is the proof.
WITHOUT_TOKEN = {"patient_stop", "sms_inbound"}
SETTINGS = "admin:"  # every page of the managers' settings: who may come in at all


def expected(row: Row, role: str, method: str) -> int | None:
    """The status that this role is answered."""
    if row.roles == PATIENTS and role != PATIENT:
        return 404
    if role not in row.roles and role in WITHOUT_ACCOUNT:
        return 302
    if role not in row.roles:
        return 403
    if method == "OPTIONS":
        return 200
    answers = {"GET": row.get, "HEAD": row.get, "POST": row.post}
    if row.signed_in and role not in WITHOUT_ACCOUNT:
        answers = dict(zip(answers, (row.signed_in[0], *row.signed_in), strict=True))
    if row.visitor and role == PATIENT:
        answers = dict(zip(answers, (row.visitor[0], *row.visitor), strict=True))
    answer = answers.get(method)
    if answer is None:
        return 405
    return row.elsewhere if role == ELSEWHERE and row.elsewhere else answer
