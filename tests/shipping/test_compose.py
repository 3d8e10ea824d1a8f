"""What docker-compose.yml, Dockerfile, .dockerignore and .env.example promise, read without an engine."""

import json
import re
import subprocess
from fnmatch import fnmatch
from importlib import metadata, resources
from pathlib import Path

import pytest
import yaml
from jsonschema.validators import validator_for

from maagal import programs, tasks
from maagal.config import Settings
from maagal.environment import FIGURES
from maagal.given_files import variable
from tests.shipping.composed import FILE, ROOT, VARIABLE, compose, dockerfile, services

WORKERS = ("worker", "worker-urgent", "worker-reports")
OURS = ("web", *WORKERS, "beat", "relay", "metrics", "provisioner", "migrate", "maagal", "mail")
ONCE = {"migrate", "maagal"}
SETTINGS = {variable("MAAGAL_", field, name): field for name, field in Settings.model_fields.items()}


@pytest.fixture(scope="module")
def schema():
    """The schema of compose files as check-jsonschema packs it."""
    file = resources.files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    return json.loads(file.read_text(encoding="utf-8"))


def test_the_file_is_valid_by_the_schema_of_compose(schema):
    faults = validator_for(schema)(schema).iter_errors(compose(MAAGAL_PUBLIC_URL="https://maagal.example"))
    assert [f"{list(fault.path)}: {fault.message}" for fault in faults] == []


def test_the_schema_finds_what_is_wrong(schema):
    wrong = {"services": {"web": {"image": "x", "helthcheck": {}}}}
    assert list(validator_for(schema)(schema).iter_errors(wrong))


def test_without_an_address_compose_ends_at_once():
    with pytest.raises(KeyError, match="MAAGAL_PUBLIC_URL"):
        compose()


@pytest.mark.parametrize(("name", "service"), services().items())
def test_every_container_is_shut_in(name, service):
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["logging"]["options"].keys() == {"max-size", "max-file"}
    assert service["deploy"]["resources"]["limits"].keys() == {"memory", "pids"}
    assert service["stop_grace_period"]
    assert not {"privileged", "network_mode", "pid", "ipc", "devices"} & service.keys()
    assert service["restart"] == ("no" if name in ONCE else "unless-stopped")
    if name in OURS:
        assert "cap_add" not in service
        assert "user" not in service, "the image names it"


@pytest.mark.parametrize(("name", "service"), services().items())
def test_whoever_runs_on_has_a_health_check_and_waits_for_what_it_needs(name, service):
    assert ("healthcheck" in service) == (name not in ONCE)
    for needed, how in service.get("depends_on", {}).items():
        wanted = "service_completed_successfully" if needed in ONCE else "service_healthy"
        assert how == {"condition": wanted}, f"{name} on {needed}"
        assert needed in services()


@pytest.mark.parametrize(("name", "service"), services().items())
def test_a_secret_is_a_file_and_only_whoever_reads_it_gets_it(name, service):
    environment = service.get("environment", {})
    read = {Path(value).name for key, value in environment.items() if key.endswith("_FILE") and key != "MAAGAL_ALIVE_FILE"}
    said = {word for part in (*service["command"], *service.get("healthcheck", {}).get("test", [])) for word in secrets_in(part)}
    assert read | said == set(service.get("secrets", []))
    assert all(
        key.endswith("_FILE")
        for key in environment
        if key.removesuffix("_FILE").endswith(("_URL", "_KEY")) and key != "MAAGAL_PUBLIC_URL"
    )
    assert not any("://" in value and "@" in value for value in environment.values())


def secrets_in(text):
    return re.findall(r"/run/secrets/(\w+)", text)


def test_every_secret_is_one_that_is_made(tmp_path):
    subprocess.run(["sh", ROOT / "bin" / "secrets", tmp_path], check=True, capture_output=True)
    told = compose(MAAGAL_PUBLIC_URL="x", MAAGAL_SECRETS=str(tmp_path))["secrets"]
    assert {Path(each["file"]) for each in told.values()} == set(tmp_path.iterdir())
    assert {name for service in services().values() for name in service.get("secrets", [])} == set(told)


def test_making_secrets_again_changes_none_and_they_are_shut_away(tmp_path):
    folder = tmp_path / "made"
    runs = []
    for _ in range(2):
        subprocess.run(["sh", ROOT / "bin" / "secrets", folder], check=True, capture_output=True)
        runs.append({path.name: path.read_text() for path in folder.iterdir()})
    assert runs[0] == runs[1]
    assert folder.stat().st_mode & 0o077 == 0
    random = [
        text for name, text in runs[0].items() if name in {"secret_key", "master_key", "redis_password", "postgres_password"}
    ]
    assert all(re.fullmatch("[0-9a-f]{64}", each) for each in random)
    assert len({*random}) == 4


def test_no_process_is_told_a_login_that_it_does_not_need():
    """The same walls as between the processes of bin/run."""
    knows = {name: {each.removesuffix("_url") for each in service.get("secrets", [])} for name, service in services().items()}
    assert {name for name in knows if "database" in knows[name]} == {"migrate"}
    assert {name for name in knows if "provisioner" in knows[name]} == {"migrate", "provisioner", "maagal"}
    assert {name for name in knows if "backup" in knows[name]} == {"migrate", "maagal"}
    assert {name for name in knows if "operator" in knows[name]} == {"migrate", "web", "metrics", "maagal"}
    opens = {name for name in knows if "master_key" in knows[name]}
    assert opens == {"web", "worker", "worker-urgent", "worker-reports", "maagal"}
    assert {name for name in knows if "mail" in knows[name]} == opens - {"web"}
    assert not knows["provisioner"] - {"provisioner"}
    assert all("master_key" not in knows[name] and "secret_key" not in knows[name] for name in ("migrate", "beat", "relay"))


def test_databases_are_reached_from_inside_alone_and_no_port_but_the_proxys_is_open_to_others():
    told = compose(MAAGAL_PUBLIC_URL="x")
    assert told["networks"]["inside"] == {"internal": True}
    for name, service in told["services"].items():
        if name in {"postgres", "redis", "migrate", "provisioner", "beat", "relay"}:
            assert service["networks"] == ["inside"]
            assert "ports" not in service
        elif name != "proxy":
            assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_every_queue_has_a_worker_and_urgent_and_reports_one_of_their_own():
    commands = [service["command"] for service in services().values()]
    queues = [command[command.index("--queues") + 1].split(",") for command in commands if "--queues" in command]
    assert sorted(name for each in queues for name in each) == sorted(tasks.QUEUES)
    assert ["urgent"] in queues
    assert ["reports"] in queues


def test_the_commands_are_those_of_the_processes_of_one_machine():
    ours = {each.command[2:] for group in programs.programs(8000) for each in group}
    theirs = [service["command"] for service in services().values()]
    assert {command for command in ours if command[0].startswith("maagal.")} <= {tuple(each[2:]) for each in theirs}
    assert {command[0] for command in ours if not command[0].startswith("maagal.")} <= {each[0] for each in theirs}


def test_a_task_ends_before_its_worker_is_killed():
    for name in WORKERS:
        assert int(services()[name]["stop_grace_period"].removesuffix("s")) >= tasks.TIME_LIMIT * 1.5


def test_the_example_names_every_setting_and_every_variable_of_compose_and_nothing_else():
    named = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    read = {found["name"] for found in VARIABLE.finditer(FILE.read_text()) if found["name"]}
    assert read | SETTINGS.keys() | {FIGURES} == named


def test_the_example_is_what_compose_takes_and_each_line_of_it_is_explained():
    lines = (ROOT / ".env.example").read_text().splitlines()
    told = dict(line.split("=", 1) for line in lines if re.match("[A-Z]", line))
    assert compose(**told)
    assert not set(told) - {found["name"] for found in VARIABLE.finditer(FILE.read_text())}, "the rest is commented out"
    paragraphs = "\n".join(lines).split("\n\n")
    assert [each for each in paragraphs if re.search("^#?[A-Z_]+=", each, re.MULTILINE) and not each.startswith("# ")] == []


def test_what_the_example_suggests_is_what_holds_without_it():
    for line in (ROOT / ".env.example").read_text().splitlines():
        name, _, value = line.lstrip("#").partition("=")
        defaults = {
            found["otherwise"] for found in VARIABLE.finditer(FILE.read_text()) if found["name"] == name and found["how"] == ":-"
        }
        assert defaults <= {value, ""} | ({"0", "localhost"} if name in {"MAAGAL_TRUSTED_HOPS", "MAAGAL_HOST"} else set()), name


def of(word):
    return [rest for name, rest in dockerfile() if name == word]


def test_what_is_copied_into_the_image_is_there_and_reaches_the_builder():
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    assert rules[0] == "*"
    sources = [rest.split()[0] for rest in of("COPY") if "--from" not in rest]
    assert set(sources) == {rule[1:] for rule in rules if rule[0] == "!"}
    assert all((ROOT / source).exists() for source in sources)


def test_nothing_secret_reaches_the_builder():
    kept = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert not any(fnmatch(name, rule) for name in (".env", "var", ".git", "tests") for rule in kept)


def test_the_image_runs_as_somebody_with_a_fixed_number_who_is_not_root():
    assert of("USER") == ["10001:10001"]
    assert [name for name, _ in dockerfile()][-3:] == ["USER", "EXPOSE", "CMD"]
    assert len(of("FROM")) == 2, "what builds is left behind"


def test_the_image_installs_by_hash_and_holds_no_secret_and_no_index():
    text = (ROOT / "Dockerfile").read_text()
    assert "--require-hashes --no-deps -r /requirements/run.txt" in text
    assert not re.search(r"https?://|--index-url|--trusted-host|PASSWORD|SECRET_KEY|MASTER_KEY|TOKEN", text)
    assert not of("ADD")


@pytest.mark.parametrize("program", ["granian", "celery", "maildump", "python"])
def test_every_program_that_a_command_names_is_in_the_image(program):
    named = {service["command"][0] for name, service in services().items() if name in OURS and service["command"][0] != "--help"}
    assert program in named | {json.loads(of("CMD")[0])[0]}
    scripts = {each.name: each.dist.name for each in metadata.entry_points(group="console_scripts") if each.name == program}
    pinned = (ROOT / "requirements" / "run.txt").read_text()
    assert program == "python" or re.search(rf"^{scripts[program]}==", pinned, re.MULTILINE)
    assert named == {"granian", "celery", "maildump", "python"}


def test_the_images_own_command_is_compose_s():
    ours = json.loads(of("CMD")[0])
    assert [each for each in ours if each not in services()["web"]["command"]] == []


def test_the_file_holds_no_anchor_that_nobody_uses():
    text = FILE.read_text()
    anchors = set(re.findall(r"&(\w+)", text))
    assert anchors == set(re.findall(r"\*(\w+)", text))
    assert yaml.safe_load(text)
