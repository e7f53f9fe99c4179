"""Why a message was not sent, or is not needed any more: codes. `clinic.pages.told` says them."""

NO_ADDRESS = "no-address"  # no channel is left that may be used
OPTED_OUT = "opted-out"
REFUSED = "refused"  # by the provider, for good
GAVE_UP = "gave-up"  # tried until it was of no use
TOO_LATE = "too-late"  # of a visit ahead, and there is no time left at a decent hour
PAST = "past"  # of something that is over
MOVED = "moved"
VISIT_CANCELLED = "cancelled"
ABSENT = "no-show"  # advice after a visit that did not take place
NOT_NEEDED = "not-needed"
OTHER_CHANNEL = "other-channel"  # the same is said by the other one
BUDGET = "budget"  # the day's text messages are used up
PREFIX = "prefix"  # a country that gets no text messages
WORDING = "wording"  # it could not be worded

# Nobody needs to hear of these; every other one means that the patient was not told.
QUIET = frozenset({MOVED, VISIT_CANCELLED, PAST, NOT_NEEDED, OTHER_CHANNEL, ABSENT, OPTED_OUT})
CODES = frozenset(
    {
        NO_ADDRESS, REFUSED, GAVE_UP, TOO_LATE, BUDGET, PREFIX, WORDING, *QUIET,
    }
)  # fmt: skip
