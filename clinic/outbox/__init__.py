"""The outbox: rows only. What is to be said to patients, and when."""
