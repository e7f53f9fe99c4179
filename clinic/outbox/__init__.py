"""The outbox: what will be said to patients, as rows. `clinic.messages` words and sends them."""
