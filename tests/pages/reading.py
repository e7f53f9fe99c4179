"""What is read off a page."""

import io
import re

from pypdf import PdfReader


def errors(text: str) -> list[str]:
    """The fields that the list of errors on top of a form links to."""
    return re.findall(r'<li><a href="#id_(\w+)">', text)


def pdf_pages(content: bytes) -> list[str]:
    """The words of each page, with one space between them."""
    pages = PdfReader(io.BytesIO(content)).pages
    return [" ".join(page.extract_text().split()) for page in pages]
