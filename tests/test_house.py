"""The house rules hold in every file; each rule is also shown to catch what it is for."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import pytest

from tests.house import rules

ROOT = Path(__file__).resolve().parent.parent
Rule = Callable[[PurePosixPath, str], Iterator[str]]
BINARY = {".png", ".ico", ".woff", ".woff2", ".ttf", ".otf", ".pdf", ".jpg", ".webp", ".mo"}


def project_files() -> list[PurePosixPath]:
    """What is tracked, and what will be: new files that nothing ignores."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    paths = {PurePosixPath(name) for name in listed.split("\0") if name}
    return sorted(path for path in paths if (ROOT / path).is_file() and path.suffix not in BINARY)


def findings(rule: Rule, *, python_only: bool) -> list[str]:
    return [
        f"{path}: {problem}"
        for path in project_files()
        if path.suffix == ".py" or not python_only
        for problem in applied(rule, path)
    ]


def applied(rule: Rule, path: PurePosixPath) -> list[str]:
    try:
        return list(rule(path, (ROOT / path).read_text(encoding="utf-8")))
    except SyntaxError as reason:
        return [f"line {reason.lineno}: {reason.msg} (the oldest Python we run on is 3.11)"]


@pytest.mark.parametrize("rule", rules.PYTHON_RULES, ids=lambda rule: rule.__name__)
def test_python_rule_holds_everywhere(rule: Rule) -> None:
    found = findings(rule, python_only=True)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("rule", rules.TEXT_RULES, ids=lambda rule: rule.__name__)
def test_text_rule_holds_everywhere(rule: Rule) -> None:
    found = findings(rule, python_only=False)
    assert not found, "\n".join(found)


def test_the_rules_see_the_project() -> None:
    seen = {path.parts[0] for path in project_files() if path.suffix == ".py"}
    assert {"protocols", "patients", "clinic", "tests", "manage.py"} <= seen


HOST = ".".join(("pypi", "org"))
FOLDER = "/".join(("", "root", "project"))

BAD = [
    (rules.imports, "protocols/editing.py", "from patients.models import Patient"),
    (rules.imports, "protocols/editing.py", "import clinic.booking"),
    (rules.imports, "protocols/models/step.py", "from ... import x\nfrom clinic import booking"),
    (rules.imports, "patients/series.py", "def late():\n    from clinic import booking"),
    (rules.imports, "patients/models/series.py", "a = models.ForeignKey('clinic.Resource')"),
    (rules.imports, "patients/models/series.py", "a = OneToOneField(to='clinic.Resource')"),
    (rules.rooms, "clinic/care/gates.py", "from clinic import booking"),
    (rules.rooms, "clinic/booking/book.py", "from clinic.pages.desk import work"),
    (rules.rooms, "clinic/signing.py", "def late():\n    from clinic.views import records"),
    (rules.rooms, "clinic/outbox/leasing.py", "from clinic import booking"),
    (rules.rooms, "clinic/messages/wording.py", "from clinic.portal import links"),
    (rules.rooms, "clinic/models/care.py", "from ..care import access"),
    (rules.heart, "protocols/planning/windows.py", "from django.utils import timezone"),
    (rules.heart, "protocols/planning/windows.py", "from protocols.models import Step"),
    (rules.heart, "protocols/planning/windows.py", "from ..models import Step"),
    (rules.heart, "protocols/planning/windows.py", "import clinic.availability"),
    (rules.clock, "clinic/booking.py", "from django.utils import timezone\ntimezone.now()"),
    (rules.clock, "clinic/booking.py", "from django.utils.timezone import now as t\nt()"),
    (rules.clock, "clinic/booking.py", "import datetime\ndatetime.datetime.now()"),
    (rules.clock, "clinic/booking.py", "import datetime as d\nd.date.today()"),
    (
        rules.clock,
        "patients/models/a.py",
        "from django.utils import timezone\nF(default=timezone.now)",
    ),
    (rules.length, "clinic/booking.py", "x\n" * 401),
    (rules.names, "clinic/utils.py", ""),
    (rules.names, "clinic/services.py", ""),
    (rules.names, "patients/common/dates.py", ""),
    (rules.addresses, "README.md", f"see https://{HOST}/project"),
    (rules.addresses, "Makefile", f"cd {FOLDER}"),
]

GOOD = [
    (rules.imports, "protocols/editing.py", "from protocols.models import Protocol"),
    (rules.imports, "patients/series.py", "from protocols import editing"),
    (rules.imports, "clinic/booking.py", "from patients.models import Series"),
    (rules.imports, "patients/models/series.py", "a = models.ForeignKey('protocols.Step')"),
    (rules.rooms, "clinic/views/records.py", "from clinic.pages import record"),
    (rules.rooms, "clinic/signing.py", "from clinic import audit, recording"),
    (rules.rooms, "clinic/portal/visitor.py", "from clinic.messages import wording"),
    (rules.rooms, "clinic/audit.py", "from clinic.pages import desk"),
    (rules.heart, "protocols/planning/windows.py", "from .spans import Span\nimport datetime"),
    (rules.heart, "protocols/planning/windows.py", "from protocols.planning.spans import Span"),
    (rules.heart, "protocols/editing.py", "from django.db import transaction"),
    (rules.clock, "clinic/booking.py", "def book(*, now): return now()"),
    (rules.clock, "clinic/views/desk.py", "from django.utils import timezone\ntimezone.now()"),
    (rules.clock, "clinic/middleware.py", "from django.utils import timezone\ntimezone.now()"),
    (rules.length, "clinic/booking.py", "x\n" * 400),
    (rules.names, "clinic/services_offered.py", ""),
    (rules.addresses, "README.md", f"a link: https://example.org{FOLDER}, a route: /patients/1/"),
]


@pytest.mark.parametrize(("rule", "path", "text"), BAD)
def test_a_bad_example_is_caught(rule: Rule, path: str, text: str) -> None:
    assert list(rule(PurePosixPath(path), text))


@pytest.mark.parametrize(("rule", "path", "text"), GOOD)
def test_a_good_example_passes(rule: Rule, path: str, text: str) -> None:
    assert list(rule(PurePosixPath(path), text)) == []
