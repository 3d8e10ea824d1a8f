"""The servers in wheels: closed to other people, safe to start twice, gone when told."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from kombu.connection import Connection
from sqlalchemy.engine import make_url

from maagal import embedded
from maagal.bootstrap import plain
from maagal.environment import broker_url
from maagal.servers.account import servers_account
from maagal.servers.place import place as place_of
from maagal.servers.process import StartError, command_of


@pytest.fixture
def servers() -> Iterator[embedded.Servers]:
    """Fresh servers for one test."""
    with embedded.temporary() as running:
        yield running


def ask(servers: embedded.Servers, question: str) -> object:
    with psycopg.connect(plain(make_url(servers.admin_url))) as connection:
        row = connection.execute(question.encode()).fetchone()
    return row[0] if row else None


def postmaster(servers: embedded.Servers) -> int:
    return int(servers.postgres.data.joinpath("postmaster.pid").read_text().splitlines()[0])


def test_both_servers_answer_and_nothing_listens_on_the_network(servers: embedded.Servers) -> None:
    assert ask(servers, "select current_setting('listen_addresses') || current_database()") == "maagal"
    with redis.Redis.from_url(servers.redis_url) as client:
        assert client.config_get("port") == {"port": "0"}
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    with Connection(broker_url(servers.redis_url)) as broker:  # type: ignore[no-untyped-call]  # kombu carries no types
        assert broker.connect()


def test_sockets_and_data_lie_in_folders_closed_to_others(servers: embedded.Servers) -> None:
    place = servers.place
    for folder in (place.folder, place.home, place.run, servers.postgres.data, place.home / "valkey", place.logs):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700, folder
    for secret in (place.folder / "secrets").iterdir():
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600, secret


def test_who_has_no_password_is_refused(servers: embedded.Servers) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host=str(servers.place.run), user="postgres", dbname="maagal", password="guess")
    with redis.Redis(unix_socket_path=str(servers.valkey.socket)) as client, pytest.raises(redis.AuthenticationError):
        client.ping()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can act as another user")
def test_another_user_of_the_machine_cannot_reach_a_socket_or_a_file(servers: embedded.Servers) -> None:
    for target in (servers.valkey.socket, servers.place.run / ".s.PGSQL.5432", servers.postgres.data / "PG_VERSION"):
        command = ["/bin/ls", str(target)]
        tried = subprocess.run(command, user=65534, group=65534, extra_groups=[], capture_output=True, check=False)
        assert b"Permission denied" in tried.stderr


def test_a_second_start_finds_them_running_and_its_stop_leaves_them(servers: embedded.Servers) -> None:
    again = embedded.start(servers.place.folder)
    again.stop()
    assert again.admin_url == servers.admin_url
    assert ask(servers, "select 1") == 1


def test_what_is_committed_survives_a_kill_and_a_restart(servers: embedded.Servers) -> None:
    with psycopg.connect(plain(make_url(servers.admin_url)), autocommit=True) as connection:
        connection.execute("create table kept as select 7 as number")
    os.kill(postmaster(servers), signal.SIGKILL)
    again = embedded.start(servers.place.folder)
    try:
        assert ask(again, "select number from kept") == 7
    finally:
        again.stop()


def test_a_pid_file_that_names_a_stranger_is_not_believed(servers: embedded.Servers) -> None:
    pid_file = servers.postgres.data / "postmaster.pid"
    words = pid_file.read_text().splitlines()
    servers.stop()
    pid_file.write_text("\n".join([str(os.getpid()), *words[1:]]))
    again = embedded.start(servers.place.folder)
    try:
        assert ask(again, "select 1") == 1
    finally:
        again.stop()


def test_stop_leaves_no_process(servers: embedded.Servers) -> None:
    pids = [postmaster(servers), servers.valkey.process.pid if servers.valkey.process else 0]
    servers.stop()
    assert [command_of(pid) for pid in pids] == ["", ""]


def test_servers_die_with_the_process_that_started_them(tmp_path: Path) -> None:
    script = """if True:
        import sys, time, pathlib
        from maagal import embedded
        servers = embedded.start(pathlib.Path(sys.argv[1]))
        print(servers.postgres.process.pid, servers.valkey.process.pid, flush=True)
        time.sleep(60)"""
    with subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout
        pids = [int(word) for word in starter.stdout.readline().split()]
        starter.kill()
    deadline = time.monotonic() + 10
    while any(command_of(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.1)
    place_of(tmp_path).remove()
    assert [command_of(pid) for pid in pids] == ["", ""]


def test_a_broken_cluster_is_told_in_one_line(servers: embedded.Servers) -> None:
    servers.stop()
    (servers.postgres.data / "global" / "pg_control").unlink()
    with pytest.raises(StartError, match=r"^PostgreSQL did not start: .*pg_control"):
        embedded.start(servers.place.folder)


def test_a_deep_folder_gets_a_short_socket_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    deep = tmp_path / ("deep" * 30)
    place = place_of(deep)
    try:
        assert place.account == servers_account()
        assert os.getuid() == 0 or deep not in place.run.parents
    finally:
        place.remove()
