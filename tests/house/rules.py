"""Each rule takes a file's path (from the project's root) and text, and yields what is wrong."""

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

APPS = ("protocols", "patients", "clinic")
MAY_IMPORT = {
    "protocols": {"protocols"},
    "patients": {"protocols", "patients"},
    "clinic": set(APPS),
}
HEART = ("protocols", "planning")
# Inside clinic, from the ground up: each knows its own floor and those below.
FLOORS = (
    {"models"},
    {"availability", "pricing"},
    {"care"},
    {"outbox"},
    {"booking"},
    {"screening", "recording", "signing", "reviewing", "quoting", "consenting", "telling"},
    {"papers"},
    {"messages"},
    {"portal"},
    {"pages"},
    {"forms"},
    {"views"},
)
RELATIONS = {"ForeignKey", "OneToOneField", "ManyToManyField"}
BAGS = {"utils", "helpers", "services", "common"}
LONGEST_FILE = 400
SOURCE_SUFFIXES = {".py", ".html", ".js", ".mjs", ".css", ".typ"}
CLOCKS = {
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "django.utils.timezone.now",
    "django.utils.timezone.localdate",
}
CLOCK_READERS = ("views", "commands", "middleware", "uploads", "jobs", "migrations")
# Written with [], so that this file does not break its own rule.
HOSTS = re.compile(r"py[p]i\.org|python[h]osted|npm[j]s\.|\bregistry\.[\w-]+\.(org|com|io)\b")
SOMEBODYS_FOLDER = re.compile(r"(?<![\w.:/])/(root|work|home/\w+|Users/\w+)/\w")


def imports(path: PurePosixPath, text: str) -> Iterator[str]:
    """protocols ← patients ← clinic, and never the other way, not even by a model's name."""
    app = path.parts[0]
    if app not in MAY_IMPORT:
        return
    tree = ast.parse(text)
    for name, line in [*imported_names(path, tree), *related_models(tree)]:
        top = name.split(".")[0]
        if top in APPS and top not in MAY_IMPORT[app]:
            yield f"line {line}: {app} must not know {name}"


def rooms(path: PurePosixPath, text: str) -> Iterator[str]:
    """views → forms → pages → portal → messages → papers → signing → booking → outbox → care →
    availability → models."""
    floors = {room: floor for floor, rooms_of in enumerate(FLOORS) for room in rooms_of}
    if path.parts[0] != "clinic" or (here := floors.get(room_of(path))) is None:
        return
    for name, line in imported_names(path, ast.parse(text)):
        app, _, rest = name.partition(".")
        if app == "clinic" and floors.get(rest.split(".")[0], here) > here:
            yield f"line {line}: {room_of(path)} must not know {name}"


def heart(path: PurePosixPath, text: str) -> Iterator[str]:
    """protocols/planning is plain Python: no Django, nothing of ours but itself."""
    if path.parts[:2] != HEART:
        return
    for name, line in imported_names(path, ast.parse(text)):
        top = name.split(".")[0]
        is_own = name.split(".")[:2] == list(HEART)
        if "django" in top or (top in APPS and not is_own):
            yield f"line {line}: the planner must not know {name}"


def clock(path: PurePosixPath, text: str) -> Iterator[str]:
    """The clock is passed in (`now=`); only the outermost layer reads it."""
    if path.parts[0] not in APPS or may_read_the_clock(path):
        return
    tree = ast.parse(text)
    origins = dict(bindings(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Load):
            name = dotted(node)
            first, _, rest = name.partition(".")
            meant = ".".join(filter(None, (origins.get(first, first), rest)))
            if meant in CLOCKS:
                yield f"line {node.lineno}: reads the clock ({name}) instead of taking `now`"


def length(path: PurePosixPath, text: str) -> Iterator[str]:
    lines = text.count("\n")
    if path.suffix in SOURCE_SUFFIXES and "migrations" not in path.parts and lines > LONGEST_FILE:
        yield f"{lines} lines: past {LONGEST_FILE} a file holds more than one thing"


def names(path: PurePosixPath, text: str) -> Iterator[str]:
    """No bags: a name says what is in it."""
    for part in path.parts:
        if part.split(".")[0] in BAGS and path.suffix == ".py":
            yield f"{part}: name it after what it does"


def addresses(path: PurePosixPath, text: str) -> Iterator[str]:
    """No package registry's host and nobody's own folder: the project runs anywhere."""
    for number, line in enumerate(text.splitlines(), 1):
        for found in (*HOSTS.finditer(line), *SOMEBODYS_FOLDER.finditer(line)):
            yield f"line {number}: {found.group()}"


PYTHON_RULES = (imports, rooms, heart, clock)
TEXT_RULES = (length, names, addresses)


def imported_names(path: PurePosixPath, tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = [*path.parts[: len(path.parts) - node.level]] if node.level else []
            module = ".".join([*base, *filter(None, [node.module])])
            yield from ((f"{module}.{alias.name}", node.lineno) for alias in node.names)


def related_models(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Models named by a string in a relation: `ForeignKey("clinic.Resource")`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and dotted(node.func).split(".")[-1] in RELATIONS:
            for given in (*node.args[:1], *(k.value for k in node.keywords if k.arg == "to")):
                if isinstance(given, ast.Constant) and isinstance(given.value, str):
                    yield given.value, node.lineno


def bindings(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Each imported name, and what it stands for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield (
                    (alias.asname, alias.name) if alias.asname else (alias.name.split(".")[0],) * 2
                )
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def room_of(path: PurePosixPath) -> str:
    return path.parts[1].removesuffix(".py")


def may_read_the_clock(path: PurePosixPath) -> bool:
    return any(part.removesuffix(".py") in CLOCK_READERS for part in path.parts)
