"""Whatever lies outside the database is named through `scopes`: no other code makes a key in Valkey or the path of a file.

The scan reads every file of ours, so that a new one is covered the day it is written.
"""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("platform/maagal", "tenants", "workers")
CLIENTS = {"redis", "valkey", "kombu", "limits"}
OF_FILES = {"open", "Path", "PurePath", "mkstemp", "mkdtemp", "NamedTemporaryFile", "TemporaryFile", "TemporaryDirectory"}
WRITES = {"write_text", "write_bytes", "mkdir", "touch", "symlink_to", "unlink", "rename", "rmtree", "copytree", "copyfile"}
READS_OF_FILES = {"read_text", "read_bytes"}
LIMITS = {"limit", "shared_limit"}
THE_HOUSES_OWN = {  # these begin processes or carry what we ship: none of them is ever in a tenant
    "scopes.py": "makes the names",
    "whole_files.py": "writes a file whole under a name it is given",
    "config.py": "reads where the house keeps its things", "paths.py": "finds what we ship", "bootstrap.py": "reads roles.sql",
    "permissions.py": "reads the matrix", "assets.py": "reads what we ship", "fonts.py": "reads what we ship",
    "localities/places.py": "reads what we ship", "clock.py": "reads the clock's file",
    "secrets_store.py": "keeps the house's keys",
    "environment.py": "tells processes their folder", "instance.py": "knows the house's folder", "command.py": "begins processes",
    "embedded.py": "begins servers", "supervise.py": "begins processes", "programs.py": "begins processes",
    "given_files.py": "reads files that the house's own environment names", "alive.py": "touches the file that it names",
    "cli.py": "commands",
    "tasks.py": "declares the queues of Celery", "relay.py": "knows how Celery's broker fails", "limits.py": "makes the limiter",
    "counters.py": "makes the folder that processes count in", "progress.py": "notes who moves, counts Celery's messages",
    "readiness.py": "asks whether Valkey answers",
    "doctor/place.py": "looks at the house's folder", "doctor/servers.py": "asks Valkey how it is set",
    "migrate.py": "reads the migrations we ship", "drift.py": "reads drift.sql",
}  # fmt: skip
OF_THE_OPERATOR = {  # these write and read archives at paths that an operator types; none is ever in a page or a task
    "leaving/age_streams.py": "opens pipes and identity files", "leaving/archives.py": "reads files under the paths it is given",
    "leaving/backing_up.py": "takes away copies of keys of whoever was erased", "leaving/commands.py": "declares what is typed",
    "leaving/keeping.py": "declares what is typed", "leaving/exporting.py": "reads the READMEs we ship",
    "leaving/importing.py": "reads an archive",
    "leaving/restoring.py": "reads archives", "leaving/stored_files.py": "carries all of `scopes.files_of` away and back",
    "leaving/erasing.py": "deletes all of `scopes.keys_of`, and copies of keys where they were backed up to",
}  # fmt: skip
HOUSE_FOLDERS = {"servers", "tour"}  # servers of this machine, and the walk through the finished house
OF_THE_HOUSE = {"fonts": "where the fonts of reports lie, which are the house's"}
SHIPPED = {"tenants/communities/demo.py": "reads the demonstration's sheets, which we ship"}


def sources():
    for folder in FOLDERS:
        yield from sorted((ROOT / folder).rglob("*.py"))


def is_the_houses(path):
    inside = path.relative_to(ROOT).as_posix().removeprefix("platform/maagal/")
    in_a_folder = path.is_relative_to(ROOT / "platform") and inside.split("/")[0] in HOUSE_FOLDERS
    return inside in THE_HOUSES_OWN | OF_THE_OPERATOR or inside in SHIPPED or in_a_folder


def own_names(path):
    """Yield where a file talks to Valkey, or makes or writes a path, without `scopes`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    scoped = {name for node in ast.walk(tree) if isinstance(node, ast.Assign) and _is_scoped(node.value) for name in _names(node)}
    for node in ast.walk(tree):
        modules = [each.name for each in node.names] if isinstance(node, ast.Import) else [getattr(node, "module", "") or ""]
        if isinstance(node, ast.Import | ast.ImportFrom) and CLIENTS & {each.split(".")[0] for each in modules}:
            yield f"{path.name}:{node.lineno} imports {modules}"
        if isinstance(node, ast.Call):
            yield from (f"{path.name}:{node.lineno} {why}" for why in _calls(node, scoped))
        if isinstance(node, ast.FunctionDef) and node.name not in OF_THE_HOUSE and "settings().data" in ast.unparse(node):
            yield f"{path.name}:{node.lineno} {node.name} looks into the house's folder by itself"


def _calls(node, scoped):
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    on = node.func.value if isinstance(node.func, ast.Attribute) else None
    if called in OF_FILES and not (called == "open" and isinstance(on, ast.Name) and on.id in {"source", "zipped"}):
        yield f"makes a path by {called}"
    if called in {"write_whole", "whole"} and getattr(node.args[0], "id", "") not in scoped and not _is_scoped(node.args[0]):
        yield "writes a file whole at a path of its own"
    if called in WRITES | READS_OF_FILES and getattr(on, "id", "") not in scoped and not _is_scoped(on):
        yield f"{called} on a path of its own"


def _is_scoped(node):
    """Whether an expression is `scopes.file_path(…)`, or a part of one."""
    while isinstance(node, ast.Attribute | ast.BinOp):
        node = node.value if isinstance(node, ast.Attribute) else node.left
    called = node.func if isinstance(node, ast.Call) else None
    return getattr(called, "id", getattr(called, "attr", "")) == "file_path"


def _names(node):
    return {target.id for target in node.targets if isinstance(target, ast.Name)}


def counted(path):
    """Yield limits whose key is not made by `scopes.key`: a function of the same file that does not call it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    makers = {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and "scopes.key(" in ast.unparse(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LIMITS:
            keys = [keyword.value for keyword in node.keywords if keyword.arg in {"key_func", "scope"}]
            yield from (f"{path.name}:{node.lineno}" for key in keys if getattr(key, "id", "") not in makers)


def test_nothing_outside_the_database_is_named_but_through_scopes():
    assert [found for path in sources() if not is_the_houses(path) for found in own_names(path)] == []


def test_every_limit_counts_under_a_key_of_its_tenant():
    assert [found for path in sources() for found in counted(path)] == []
    assert "scopes.key(" in (ROOT / "platform/maagal/limits.py").read_text()


def test_every_file_that_may_is_there():
    inside = {path.relative_to(ROOT / "platform/maagal").as_posix() for path in (ROOT / "platform/maagal").rglob("*.py")}
    assert (THE_HOUSES_OWN | OF_THE_OPERATOR).keys() - inside == set()
    assert all((ROOT / path).exists() for path in SHIPPED)


def test_whoever_carries_whole_tenants_names_their_folders_and_keys_through_scopes():
    said = {name: (ROOT / "platform/maagal" / name).read_text() for name in OF_THE_OPERATOR}
    assert [name for name, text in said.items() if "settings().data" in text] == []
    assert [name for name, text in said.items() if "scan_iter(" in text and "scan_iter(match=scopes.keys_of(" not in text] == []


def test_the_scan_finds_what_it_forbids(tmp_path):
    bad = tmp_path / "bad.py"
    bad.write_text(
        "import redis\nfrom redis.client import Redis\nfrom pathlib import Path\nkept = Path('x') / name\n"
        "kept.write_bytes(b'')\nopen(name)\nfile_path('x').write_bytes(b'')\n"
        "def keep():\n    write_whole(settings().data / name, b'')\n"
        "@limiter.limit('1 per day', key_func=lambda: 'same for all')\ndef view(): ...\n"
    )
    assert len(list(own_names(bad))) == 7
    assert len(list(counted(bad))) == 1


def kept_answers(path):
    """Yield functions that keep answers for longer than a request though what they ask depends on who asks."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any("cache" in ast.unparse(each) for each in node.decorator_list):
            named = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
            asks = {"db", "tenancy", "current", "session", "rows", "viewer"} & named
            if asks and not any("cached_property" in ast.unparse(each) for each in node.decorator_list):
                yield f"{path.name}:{node.lineno} {node.name} asks {sorted(asks)}"


def test_nothing_that_depends_on_the_tenant_is_kept_for_the_next(tmp_path):
    assert [found for path in sources() for found in kept_answers(path)] == []
    bad = tmp_path / "bad.py"
    bad.write_text("@cache\ndef names():\n    return db.session.scalars(query).all()\n")
    assert len(list(kept_answers(bad))) == 1
