"""Where the record and the agenda meet: who may open a record (`access`), and what must be there
before a series is confirmed or a session begun (`gates`). Booking stands on this; signing, which
also marks the appointment, stands above both (`clinic.signing`).

The other modules are the verbs of `patients` that touch no agenda, each with its audit row."""
