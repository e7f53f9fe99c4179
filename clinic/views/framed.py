"""An e-mail inside a page of ours: it may look as it likes, and do nothing.

The frame has no origin, so no script runs, no form is sent, nothing is fetched; its links open
outside of it. Our own page around it may show it, and nobody else's.
"""

from django.http import HttpResponse

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none';"
    " object-src 'none'; form-action 'none'; sandbox allow-popups allow-popups-to-escape-sandbox"
)  # e-mails know no other styles than those inside them


def framed(html: str) -> HttpResponse:
    headers = {"Content-Security-Policy": POLICY, "X-Frame-Options": "SAMEORIGIN"}
    return HttpResponse(html, headers=headers)
