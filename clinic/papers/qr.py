"""An address as a square for a phone's camera, so that nobody types a key."""

import segno

PIXELS = 6  # of one module on the screen; on paper some 2 cm more than what cameras need


def code(address: str) -> str:
    """A picture as an address of its own (`data:`), black on white whatever the page's colours.

    Error correction M (15 %): a fold across the paper is no harm.
    """
    square = segno.make(address, error="m", micro=False)
    picture: str = square.svg_data_uri(scale=PIXELS, dark="#000", light="#fff")
    return picture
