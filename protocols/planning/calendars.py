"""When one resource may be booked."""


class Calendar:
    """Made by `Frame.calendar`."""
