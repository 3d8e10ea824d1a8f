"""Every service of docker-compose.yml runs as a process: begun when it may, healthy by its own check, ended in time."""

import http.client
import re
import signal
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
import redis

from tests.shipping.containers import Composed, in_order, may_shut_in, until

AT_ONCE = {"provisioner", "metrics"}  # a wish is one transaction and is taken again; figures are read anew
NOT_OURS = {"proxy"}  # tests/shipping/test_behind_a_proxy.py
PUBLIC_URL = "http://maagal.example"


@pytest.fixture(scope="module")
def composed() -> Iterator[Composed]:
    """All services but the proxy, each begun when its conditions hold."""
    made = Composed(Path(tempfile.mkdtemp(prefix="maagal-composed-")), {"MAAGAL_PUBLIC_URL": PUBLIC_URL})
    made.folder.chmod(0o755)
    try:
        for name in in_order(made.services):
            if name not in NOT_OURS:
                begin(made, name)
        yield made
    finally:
        made.close()


def begin(made: Composed, name: str) -> None:
    for needed, how in made.services[name].get("depends_on", {}).items():
        container = made.running[needed]
        if how["condition"] == "service_healthy":
            assert container.becomes_healthy(), container.log.read_text()[-2000:]
        else:
            assert container.process.wait(120) == 0, container.log.read_text()[-2000:]
    made.run(name)
    if name == "postgres":
        assert made.running[name].becomes_healthy(), made.running[name].log.read_text()[-2000:]
        made.make_database()


def ask(port: int, path: str, host: str = "localhost") -> tuple[int, str]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as line:
        line.request("GET", path, headers={"Host": host})
        answer = line.getresponse()
        return answer.status, answer.read().decode()


def command(composed: Composed, *arguments: str) -> str:
    container = composed.run("maagal", *arguments)
    assert container.process.wait(60) == 0, container.log.read_text()[-2000:]
    return container.log.read_text()


def test_every_service_that_runs_on_answers_its_own_health_check(composed: Composed) -> None:
    sick = {
        name: container.log.read_text()[-1500:]
        for name, container in composed.running.items()
        if "healthcheck" in composed.services.get(name, {}) and not container.becomes_healthy()
    }
    assert sick == {}


def test_whoever_does_its_work_once_ended_well(composed: Composed) -> None:
    assert composed.running["migrate"].process.wait(120) == 0
    assert composed.running["maagal"].process.wait(60) == 0
    assert "Usage" in composed.running["maagal"].log.read_text()


def test_the_servers_run_with_what_the_file_says_of_them(composed: Composed) -> None:
    flags = composed.services["postgres"]["command"][2::2]
    password = (composed.secrets / "postgres_password").read_text()
    told = {"host": "127.0.0.1", "port": composed.ports["postgres"], "user": "postgres", "dbname": "maagal"}
    with psycopg.connect(**told, password=password) as connection:
        for flag in flags:
            name, value = flag.split("=")
            assert connection.execute("select current_setting(%s)", [name]).fetchone() == (value,)
    with redis.Redis(port=composed.ports["redis"], password=(composed.secrets / "redis_password").read_text()) as valkey:
        wanted = {"appendonly": "yes", "maxmemory-policy": "noeviction", "save": "", "maxmemory": str(384 * 2**20)}
        assert {name: valkey.config_get(name)[name] for name in wanted} == wanted
    with pytest.raises(redis.AuthenticationError), redis.Redis(port=composed.ports["redis"]) as stranger:
        stranger.ping()


def test_an_organisation_is_opened_by_the_command_and_its_mail_is_caught(composed: Composed) -> None:
    assert "keshet is open" in command(composed, "tenant", "open", "keshet", "--name", "Keshet", "--locale", "en")
    assert ask(composed.ports["8000"], "/statement", "keshet.maagal.example")[0] == 200
    person = ("--role", "administrator", "--first", "Ada", "--last", "Or", "--email", "ada@example.org")
    command(composed, "person", "add", "keshet", *person)
    command(composed, "person", "link", "keshet", "ada@example.org")
    assert until(lambda: "ada@example.org" in messages(composed)), {
        name: composed.running[name].log.read_text()[-800:] for name in ("relay", "worker", "beat")
    }


def messages(composed: Composed) -> str:
    return ask(composed.ports["1080"], "/messages/")[1]


@pytest.mark.skipif(not may_shut_in(), reason="only root with mount namespaces can give a process a read-only root")
def test_a_root_that_nobody_can_write_to_holds_no_service_back(composed: Composed) -> None:
    """All of them ran in it; here is proof that it was so."""
    for name, container in composed.running.items():
        if name == "postgres" or container.process.poll() is not None:
            continue
        mounts = Path(f"/proc/{container.process.pid}/mounts").read_text().splitlines()
        assert next(each for each in reversed(mounts) if each.split()[1] == "/").split()[3].split(",")[0] == "ro", name
        status = Path(f"/proc/{container.process.pid}/status").read_text()
        assert re.search(r"^CapEff:\s*0+$", status, re.MULTILINE), name
        assert re.search(r"^NoNewPrivs:\s*1$", status, re.MULTILINE), name


def test_nothing_is_made_at_run_time_that_the_image_brings(composed: Composed) -> None:
    brought = {path.name for path in (composed.folder / "app" / "cache").rglob("*") if path.is_file()}
    assert brought == {"rubik-core.woff2", "rubik-more.woff2", "Rubik-Regular.ttf", "Rubik-Medium.ttf", "Rubik-Bold.ttf"}
    assert not (composed.folder / "data" / "cache").exists()
    assert list((composed.folder / "app").rglob("he/LC_MESSAGES/messages.mo"))


def test_what_the_image_brings_may_be_read_by_whoever_runs_in_it(composed: Composed) -> None:
    """It is made by root and read by 10001."""
    brought = list((composed.folder / "app").rglob("*"))
    assert len(brought) > 100
    assert [path for path in brought if not path.stat().st_mode & 0o004] == []


def test_no_secret_stands_in_an_environment_or_a_command_line(composed: Composed) -> None:
    secrets = {path.read_text() for path in composed.secrets.iterdir() if path.stat().st_size > 40}
    words = {word for each in secrets for word in re.findall(r"[0-9a-f]{64}", each)}
    assert len(words) >= 9
    for name, container in composed.running.items():
        if container.process.poll() is None:
            for file in ("environ", "cmdline"):
                said = Path(f"/proc/{container.process.pid}/{file}").read_text(errors="replace")
                assert not any(word in said for word in words), (name, file)
            assert not any(word in container.log.read_text(errors="replace") for word in words), name


def test_a_loop_that_stands_still_is_no_longer_healthy(composed: Composed) -> None:
    for name in ("relay", "worker", "beat", "provisioner"):
        container = composed.running[name]
        assert container.becomes_healthy()
        (container.tmp / "alive").unlink()
        assert until(container.healthy, 30), f"{name} does not breathe by itself"


def test_all_end_as_asked_within_their_time(composed: Composed) -> None:
    """The last test of this file: workers end warm, in the order in which compose ends them."""
    order = [name for name in reversed(list(in_order(composed.services))) if name in composed.running]
    ended = {name: composed.running[name].stop() for name in order if composed.running[name].process.poll() is None}
    assert ended == {name: -signal.SIGTERM if name in AT_ONCE else 0 for name in ended}
