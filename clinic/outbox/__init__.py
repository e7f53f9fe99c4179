"""What is to be said to patients: rows alone. It is worded and sent by `clinic.messages`."""
