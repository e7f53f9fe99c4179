import pytest

from clinic.mail_url import Smtp, smtp_settings


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.test", Smtp("mail.test", 587, "", "", ssl=False, tls=True)),
        ("smtps://a%40b:p%2Fw@mail.test", Smtp("mail.test", 465, "a@b", "p/w", True, False)),
        ("smtp://mail.test:25?tls=0", Smtp("mail.test", 25, "", "", ssl=False, tls=False)),
    ],
)
def test_reads_a_mail_server(url, expected):
    assert smtp_settings(url) == expected


@pytest.mark.parametrize("url", ["mail.test", "http://mail.test", "smtp://"])
def test_refuses_what_is_none(url):
    with pytest.raises(ValueError, match="EMAIL_URL"):
        smtp_settings(url)
