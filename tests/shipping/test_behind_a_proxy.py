"""Behind a proxy that ends TLS, with the web server of production: one of the standard library, and Caddy with our example."""

import os
import shutil
import signal
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

import pytest
import redis

from maagal import programs, register
from maagal.config import Settings
from maagal.db import commit, db, within
from maagal.environment import without
from maagal.ids import new_id
from maagal.provisioning import connect, settle_host
from maagal.servers.process import end, spawn
from tenants.people.models import Account
from tenants.people.signing_in import actions as signing_in
from tests.shipping.composed import ROOT
from tests.shipping.containers import free_port, until
from tests.shipping.tls_proxy import make_certificate, start_proxy
from tests.shipping.visitor import Visitor

BASE, OWN = "maagal.example", "support.oak.example"
FORGED = {
    "X-Forwarded-For": "6.6.6.6", "X_Forwarded_For": "6.6.6.7", "X-Forwarded_For": "6.6.6.8",
    "Forwarded": "for=6.6.6.9;proto=http", "X-Forwarded-Proto": "http", "X_Forwarded_Proto": "http",
    "X-Forwarded-Host": "elm.maagal.example", "X-Real-Ip": "6.6.6.10",
}  # fmt: skip
CADDY = pytest.param(
    "caddy", marks=pytest.mark.skipif(not shutil.which("caddy"), reason="no caddy here: apt-get install caddy brings it")
)


@dataclass
class Proxied:
    """A web process and a proxy before it."""

    kind: str
    port: int
    web: int
    clear: int
    context: ssl.SSLContext
    log: Path

    def visitor(self, host: str = f"oak.{BASE}") -> Visitor:
        """Somebody who comes by TLS."""
        return Visitor(host, self.port, self.context)

    def direct(self, host: str = f"oak.{BASE}") -> Visitor:
        """Somebody who reached the web process itself."""
        return Visitor(host, self.web, None, named=self.port)


@pytest.fixture(scope="module", params=["python", CADDY])
def proxied(request, told, oak_and_elm, tmp_path_factory) -> Iterator[Proxied]:
    folder, port, web, clear = tmp_path_factory.mktemp("proxied"), free_port(), free_port(), free_port()
    mine = {"MAAGAL_PUBLIC_URL": f"https://{BASE}:{port}", "MAAGAL_TRUSTED_HOPS": "1", "MAAGAL_DEMO": "0"}
    mine |= {"MAAGAL_CERTIFICATES_ASKED_FROM": "127.0.0.1"}
    program = programs.web(web)
    process = spawn(program.command, log=folder / "web.log", env=without(told | mine, *program.hidden), cwd=ROOT)
    with connect(Settings()) as connection:
        settle_host(connection, "oak", OWN)
        start = begin_caddy if request.param == "caddy" else begin_python
        context, stop = start(folder, port, web, clear)
        try:
            made = Proxied(request.param, port, web, clear, context, folder / "web.log")
            assert until(lambda: made.direct().get("/healthz").status == 200)
            yield made
        finally:
            stop()
            end(process, signals=(signal.SIGTERM,), patience=10)
            settle_host(connection, "oak", None)
            register.forget()


def begin_python(folder: Path, port: int, web: int, _clear: int) -> tuple[ssl.SSLContext, Callable[[], object]]:
    certificate = make_certificate(folder, BASE, f"*.{BASE}", OWN)
    server = start_proxy(port, web, certificate)

    def stop() -> None:
        server.shutdown()
        server.server_close()

    return ssl.create_default_context(cafile=certificate), stop


def begin_caddy(folder: Path, port: int, web: int, clear: int) -> tuple[ssl.SSLContext, Callable[[], object]]:
    """Start it with our example, as it is, and an authority of its own instead of Let's Encrypt."""
    options = f"admin off\n\tlocal_certs\n\tskip_install_trust\n\thttp_port {clear}\n\thttps_port {port}"
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    env |= {"MAAGAL_HOST": BASE, "MAAGAL_WEB": f"127.0.0.1:{web}", "MAAGAL_CADDY_OPTIONS": options}
    command = ("caddy", "run", "--config", ROOT / "docs" / "Caddyfile.example", "--adapter", "caddyfile")
    process: Popen[bytes] = spawn(command, log=folder / "caddy.log", env=env, cwd=folder)
    root = folder / "caddy" / "pki" / "authorities" / "local" / "root.crt"
    assert until(root.exists)
    return ssl.create_default_context(cafile=root), lambda: end(process, signals=(signal.SIGTERM,), patience=5)


def a_link_for(person_id, oak) -> str:
    """Return the path of a sign-in link, as a mail holds it."""
    with within(oak):
        account = db.session.scalar(db.select(Account).where(Account.person_id == person_id))
        letter = signing_in.mint(new_id(), account.id)
        commit()
    return f"/sign-in/{letter.token}"


@pytest.fixture
def link(circle, oak) -> str:
    made = a_link_for(circle.pnina, oak)
    db.session.remove()
    return made


@pytest.mark.parametrize("host", [f"oak.{BASE}", OWN])
def test_somebody_signs_in_through_it(proxied, link, host):
    visitor = proxied.visitor(host)
    assert visitor.get("/me").status == 303
    let_in = visitor.post(link, token_from=link)
    assert (let_in.status, visitor.get("/me").status) == (303, 200)
    (cookie,) = (each for each in let_in.cookies if each.startswith("__Host-maagal="))
    assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))
    stranger = proxied.visitor(OWN if host != OWN else f"oak.{BASE}")
    assert stranger.get("/me").status == 303


def test_what_a_client_says_of_itself_changes_nothing(proxied, link, told):
    """Neither whose house it is, nor by what it came, nor as whom it is counted, nor what is in the log."""
    visitor = proxied.visitor()
    assert visitor.post(link, token_from=link, **FORGED).status == 303
    answer = visitor.get("/statement", **FORGED)
    assert (answer.status, "אלון" in answer.text, "בוקיצה" in answer.text) == (200, True, False)
    with redis.Redis.from_url(told["REDIS_URL"]) as valkey:
        counted = {key.decode() for key in valkey.scan_iter(match="*rate*")}
    assert [key for key in counted if "6.6.6." in key] == []
    assert [key for key in counted if "127.0.0.1" in key]
    assert "6.6.6." not in proxied.log.read_text()


def test_every_answer_says_to_come_by_tls_alone(proxied):
    visitor = proxied.visitor()
    page = visitor.get("/statement").text
    sheet = page.split('rel="stylesheet" href="')[1].split('"')[0]
    for path, status in (("/statement", 200), ("/nowhere", 404), ("/me", 303), (sheet, 200)):
        answer = visitor.get(path)
        assert (answer.status, answer.headers["Strict-Transport-Security"]) == (status, "max-age=63072000; includeSubDomains")
    assert proxied.visitor(OWN).get("/statement").headers["Strict-Transport-Security"] == "max-age=63072000"


def test_whoever_comes_past_the_proxy_is_sent_to_it_or_refused(proxied):
    direct = proxied.direct()
    answer = direct.get("/statement?x=1")
    assert (answer.status, answer.headers["Location"]) == (308, f"https://oak.{BASE}:{proxied.port}/statement?x=1")
    assert "Strict-Transport-Security" not in answer.headers
    assert answer.cookies == []
    assert direct._ask("POST", "/sign-in", "address=ada@example.org", {}).status == 400


def test_only_the_proxy_itself_hears_which_hosts_are_ours(proxied):
    for host in (f"oak.{BASE}", OWN, f"console.{BASE}"):
        assert proxied.direct("web").get(f"/certificate?domain={host}").status == 200
        assert proxied.visitor().get(f"/certificate?domain={host}").status == 404
    assert proxied.direct("web").get("/certificate?domain=evil.example").status == 404


def test_a_certificate_is_got_for_hosts_that_are_ours_alone(proxied):
    if proxied.kind != "caddy":
        pytest.skip("the proxy of the standard library has one certificate")
    for host in (BASE, f"elm.{BASE}", f"console.{BASE}", OWN):
        assert proxied.visitor(host).get("/healthz").status == 200
    for host in (f"nobody.{BASE}", "evil.example", "elm.example"):
        with pytest.raises(ssl.SSLError):
            proxied.visitor(host).get("/healthz")
    clear = Visitor(f"oak.{BASE}", proxied.clear, None).get("/me")
    assert (clear.status, clear.headers["Location"].split("/")[:3]) == (308, ["https:", "", f"oak.{BASE}"])
