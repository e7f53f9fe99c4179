"""The name of a thing in addresses: random, so that nobody can count or guess."""

import secrets

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # no 0/o, 1/l/i: it may be read out on the phone
LENGTH = 14  # about 69 bits


def new_public_id() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
