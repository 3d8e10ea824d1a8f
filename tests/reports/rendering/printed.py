"""What a PDF says to whoever cannot see it."""

import unicodedata

import pypdfium2


def pages_of(pdf: bytes) -> list[str]:
    """Return each page's text as pdfium reads it: in logical order, as a search or a screen reader would."""
    pages = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf)]
    return ["".join(sign for sign in told if unicodedata.category(sign) != "Cf") for told in pages]  # Cf: marks of direction
