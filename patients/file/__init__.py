"""A patient's file: who asked for it and by when (`asking`), and all that is in it (`tables` says
what, `gathering` reads it). CSP L1111-7, and article 15 of the GDPR."""
