"""Log lines without keys: whoever reads them opens no patient's page.

Loaded while Django starts, so nothing of the models may be known here.
"""

import logging
import re

KEYED = re.compile(r"(/(?:r|cal)/)[^/\s?#\"'<>)]+")


def without_keys(text: str) -> str:
    """Addresses with a key in them, the key left out."""
    return KEYED.sub(r"\1…", text)


class KeysHidden(logging.Filter):
    """Stands on the handler, so that no logger goes past it."""

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            told = record.getMessage()
        except (TypeError, ValueError):
            return True  # the handler tells of a line that cannot be written
        record.msg, record.args = without_keys(told), ()
        return True
