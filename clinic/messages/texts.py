"""The house's own texts: what each kind of message says, in the language that is active.

Nothing in them is about care. Braces: `clinic.messages.filling.WORDS`. The French of a text message
keeps to the letters of `clinic.messages.sms.BASIC` where French allows it: a single "ê" would halve
what fits into one.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.models import Kind

GREETING = gettext_lazy("Hello,")
OPEN_PAGE = gettext_lazy("Open my page")


@dataclass(frozen=True)
class Saying:
    """One kind of message. The `…many` say it of several appointments at once."""

    subject: Promise
    opening: Promise
    sms: Promise
    subject_many: Promise | None = None
    opening_many: Promise | None = None
    sms_many: Promise | None = None
    closing: Promise | None = None
    button: Promise = OPEN_PAGE
    lists_visits: bool = True

    def mail(self, *, many: bool) -> str:
        """The whole e-mail, its paragraphs parted by empty lines."""
        opening = self.opening_many if many and self.opening_many else self.opening
        parts = [GREETING, opening, "{visits}" if self.lists_visits else "", self.closing, "{link}"]
        return "\n\n".join(str(part) for part in parts if part)

    def text_message(self, *, many: bool) -> str:
        return str(self.sms_many if many and self.sms_many else self.sms)

    def title(self, *, many: bool) -> str:
        return str(self.subject_many if many and self.subject_many else self.subject)


REMINDER = Saying(
    subject=gettext_lazy("Reminder: appointment on {day} at {time} – {label}"),
    subject_many=gettext_lazy("Reminder: {count} appointments, the first on {day} – {label}"),
    opening=gettext_lazy("We remind you of your appointment:"),
    opening_many=gettext_lazy("We remind you of your appointments:"),
    closing=gettext_lazy(
        "Please tell us on your page whether you will be there. If the time no longer suits you,"
        " you can move the appointment there. What to do before it stands there too."
    ),
    sms=gettext_lazy(
        "{label}: reminder, appointment on {date} at {time}. {address}. {phone}."
        " Confirm, move, what to do before: {link}"
    ),
    sms_many=gettext_lazy(
        "{label}: reminder, {count} appointments, the first on {date} at {time}. {address}."
        " {phone}. Confirm, move, what to do before: {link}"
    ),
)

HOUSE: dict[Kind, Saying] = {
    Kind.BOOKED: Saying(
        subject=gettext_lazy("Appointment on {day} at {time} – {label}"),
        subject_many=gettext_lazy("{count} appointments, the first on {day} – {label}"),
        opening=gettext_lazy("Your appointment is booked:"),
        opening_many=gettext_lazy("Your {count} appointments are booked:"),
        closing=gettext_lazy("On your page you can confirm, move or cancel."),
        sms=gettext_lazy(
            "{label}: appointment on {date} at {time}. {address}. {phone}. Details: {link}"
        ),
        sms_many=gettext_lazy(
            "{label}: {count} appointments, the first on {date} at {time}. {address}. {phone}."
            " Details: {link}"
        ),
    ),
    Kind.EARLY: REMINDER,
    Kind.REMINDER: REMINDER,
    Kind.EVE: REMINDER,
    Kind.DAY: Saying(
        subject=gettext_lazy("What to do before your appointment – {label}"),
        opening=gettext_lazy("What to do before your appointment:"),
        sms=gettext_lazy("{label}. What to do before your appointment: {link}"),
        button=gettext_lazy("Read what to do"),
        lists_visits=False,
    ),
    Kind.MOVED: Saying(
        subject=gettext_lazy("Appointment moved to {day} at {time} – {label}"),
        subject_many=gettext_lazy("{count} appointments moved – {label}"),
        opening=gettext_lazy("Your appointment has been moved. It is now on:"),
        opening_many=gettext_lazy("Your appointments have been moved. They are now on:"),
        closing=gettext_lazy(
            "If this does not suit you, choose another time on your page. You can also call us:"
            " {phone}."
        ),
        sms=gettext_lazy(
            "{label}: appointment moved to {date} at {time}. {address}. {phone}. Details: {link}"
        ),
        sms_many=gettext_lazy(
            "{label}: {count} appointments moved, the first to {date} at {time}. {address}."
            " {phone}. Details: {link}"
        ),
    ),
    Kind.CANCELLED: Saying(
        subject=gettext_lazy("Appointment on {day} at {time} cancelled – {label}"),
        subject_many=gettext_lazy("{count} appointments cancelled – {label}"),
        opening=gettext_lazy("This appointment is cancelled:"),
        opening_many=gettext_lazy("These appointments are cancelled:"),
        closing=gettext_lazy("To choose another time, call us: {phone}."),
        sms=gettext_lazy(
            "{label}: the appointment on {date} at {time} is cancelled. To choose another time:"
            " {phone}. {link}"
        ),
        sms_many=gettext_lazy(
            "{label}: {count} appointments are cancelled, the first was on {date} at {time}."
            " To choose other times: {phone}. {link}"
        ),
    ),
    Kind.AFTERCARE: Saying(
        subject=gettext_lazy("What to do after your appointment – {label}"),
        opening=gettext_lazy("What to do after your appointment:"),
        sms=gettext_lazy("{label}. What to do after your appointment: {link}"),
        button=gettext_lazy("Read what to do"),
        lists_visits=False,
    ),
    Kind.CHECK_IN: Saying(
        subject=gettext_lazy("We would like to hear from you – {label}"),
        opening=gettext_lazy(
            "How are you after your appointment? Your page says what is usual, what is not, and"
            " whom to tell. You can also call us: {phone}."
        ),
        sms=gettext_lazy(
            "{label}: how are you after your appointment? If something is not right: {phone}."
            " {link}"
        ),
        lists_visits=False,
    ),
    Kind.RECALL: Saying(
        subject=gettext_lazy("Your next appointment – {label}"),
        opening=gettext_lazy(
            "If you wish, you may choose your next appointment from {date} on. Call us to do so:"
            " {phone}. You will find what was agreed on your page."
        ),
        sms=gettext_lazy(
            "{label}: if you wish, you may choose your next appointment from {date} on. {phone}."
            " {link} Stop these messages: {stop}"
        ),
        lists_visits=False,
    ),
    Kind.RECALL_DUE: Saying(
        subject=gettext_lazy("Your next appointment – {label}"),
        opening=gettext_lazy(
            "If you wish, you may now choose your next appointment. Call us to do so: {phone}."
            " You will find what was agreed on your page."
        ),
        sms=gettext_lazy(
            "{label}: if you wish, you may now choose your next appointment. {phone}. {link}"
            " Stop these messages: {stop}"
        ),
        lists_visits=False,
    ),
}

# Several kinds that go out as one: each of them says its part in the e-mail.
MIXED_SUBJECT = gettext_lazy("Your appointments – {label}")
MIXED_SMS = gettext_lazy(
    "{label}: news of your appointments. The next one: {date} at {time}. {phone}. Details: {link}"
)


def stop_line() -> str:
    return _("To stop these messages:")


def sent_by_itself() -> str:
    return _("This message was sent automatically.")
