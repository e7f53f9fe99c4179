"""What the page says after something was done, by the code in its address."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

BIRTH_WRONG = _(
    "This is not the date in your file. Please look at it again, or call us if it is right."
)
BIRTH_SHUT = _(
    "Too many tries. For the safety of your file, please try again after %(when)s, or call us."
)
NOT_BETWEEN = _(
    "This time does not fit between your other appointments any more. Here are the nearest that do."
)
TAKEN = _("This time has just been taken. Here are the nearest ones that keep your other dates.")

SAID: dict[str, Promise] = {
    "changed": _("This appointment was changed meanwhile. Here is how it stands."),
    "answered": _("Thank you, your answers are with your practitioner."),
    "agreed": _(
        "Thank you, your agreement is kept. You may change your mind at any time: tell us."
    ),
    "signed": _("Thank you, the quote is accepted."),
    "refused": _("Your answer is noted: the quote is not accepted."),
    "contact": _("Your contact details are saved."),
    "no_texts": _(
        "Your contact details are saved. We can send no text messages to this number: leave us an"
        " e-mail address to hear from us."
    ),
    "mail_only": _(
        "Your contact details are saved. We can send no text messages to this number: you hear"
        " from us by e-mail."
    ),
    "messages": _("Your choice is saved."),
    "silence": _(
        "Your choice is saved: we remind you of nothing any more. Without our messages you find"
        " this page only by a link that we print for you: ask us for it."
    ),
    "calendar": _("The calendar address is closed: nothing can be read under it any more."),
}

# Of an appointment, with where it stands.
SAID_OF: dict[str, Promise] = {
    "confirmed": _("Thank you, we expect you: %(when)s."),
    "moved": _("Your appointment is moved. It is now: %(when)s. The earlier time is free again."),
    "cancelled": _("Your appointment is cancelled: %(when)s. To make another one, please call us."),
}
CANCELLED_MEANWHILE = _("This appointment is cancelled already.")
