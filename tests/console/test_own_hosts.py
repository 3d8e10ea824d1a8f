"""An organisation gets a host of its own: by command or on the console, checked, written down, and used from then on."""

import pytest
from click.testing import CliRunner

from maagal import register
from maagal.cli import main
from maagal.config import Settings
from maagal.own_hosts import own_host
from maagal.provisioning import connect, settle_host
from tests.conftest import serve_tasks
from tests.console.conftest import post


@pytest.fixture(autouse=True)
def _as_it_was(house, oak_and_elm):
    yield
    with connect(Settings()) as connection:
        for slug in ("oak", "elm"):
            settle_host(connection, slug, None)
    register.forget()
    serve_tasks(house)


def command(*arguments):
    register.forget()
    ran = CliRunner().invoke(main, ["tenant", "host", *arguments])
    register.forget()
    return ran.exit_code, ran.output.strip()


def page_of(tenant):
    return f"/console/organisations/{tenant.id}"


def settle(client, tenant, host, **more):
    return post(client, f"{page_of(tenant)}/host", token_from=page_of(tenant), host=host, **more)


def operations(connection, slug):
    query = "select what, operator_id is not null, detail from control.operations where slug = %s and what = 'hosted' order by id"
    return connection.execute(query, [slug]).fetchall()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("support.example.org", "support.example.org"), (" Support.Example.ORG. ", "support.example.org"),
        ("תמיכה.example.org", "xn--8dbjgk3d.example.org"), ("xn--8dbjgk3d.example.org", "xn--8dbjgk3d.example.org"),
        ("a-b.co.il", "a-b.co.il"),
    ],
)  # fmt: skip
def test_a_host_is_kept_as_browsers_send_it(told, typed, kept):
    assert own_host(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "", "example", "localhost", "a.localhost", "console.localhost", "oak.localhost",
        "printer.local", "db.internal", "x.onion",
        "1.2.3.4", "[::1]", "a.b:80", "http://a.b", "a.b/c", "a_b.example.org",
        "-a.example.org", "a..example.org", "*.example.org",
        "a b.example.org", "x" * 64 + ".example.org", ("x" * 60 + ".") * 5 + "org", "a@b.org", "a.example.org\n.b",
    ],
)  # fmt: skip
def test_what_is_no_host_of_ones_own_is_refused(told, typed):
    assert own_host(typed) is None


def test_the_command_settles_a_host_and_it_is_written_down(oak, browse, provisioner):
    assert command("oak", "Support.Oak.Example") == (0, "")
    assert register.address(register.by_slug("oak")) == "http://support.oak.example:8000"
    client = browse()
    assert client.get("/statement", base_url="http://support.oak.example:8000").status_code == 200
    assert client.get("/statement").status_code == 200, "the subdomain goes on to answer"
    assert command("oak", "--none") == (0, "")
    assert client.get("/statement", base_url="http://support.oak.example:8000").status_code == 404
    assert [(by, told["host"]) for _what, by, told in operations(provisioner, "oak")][-2:] == [
        (False, "support.oak.example"), (False, None),
    ]  # fmt: skip


def test_the_command_says_in_one_line_what_cannot_be(oak):
    assert command("elm", "support.elm.example")[0] == 0
    for arguments, said in [
        (("oak", "support.elm.example"), "is another tenant's"),
        (("oak", "elm.localhost"), "cannot be an organisation's own host"),
        (("nobody", "a.example.org"), "there is no tenant 'nobody'"),
    ]:  # fmt: skip
        code, output = command(*arguments)
        assert code == 1
        assert said in output
        assert len(output.splitlines()) == 1
    assert command("oak")[0] == command("oak", "a.example.org", "--none")[0] == 2


def test_an_operator_settles_a_host_on_the_page_and_it_is_written_down(console, oak, provisioner):
    answer = settle(console, oak, "תמיכה.example.org")
    assert answer.status_code == 303
    assert 'value="xn--8dbjgk3d.example.org"' in console.get(page_of(oak)).text
    register.forget()
    assert register.by_host("xn--8dbjgk3d.example.org").id == oak.id
    assert operations(provisioner, "oak")[-1] == ("hosted", True, {"host": "xn--8dbjgk3d.example.org"})
    assert settle(console, oak, "xn--8dbjgk3d.example.org").status_code == 303, "its own is not somebody else's"
    assert settle(console, oak, "").status_code == 303
    register.forget()
    assert register.by_host("xn--8dbjgk3d.example.org") is None


@pytest.mark.parametrize(("host", "said"), [("oak.localhost", "זו אינה יכולה"), ("Support.Elm.Example.", "תפוסה")])
def test_a_host_that_cannot_be_is_refused_beside_the_field(console, oak, elm, provisioner, host, said):
    settle_host(provisioner, "elm", "support.elm.example")
    answer = settle(console, oak, host)
    assert answer.status_code == 422
    assert said in answer.text.split('id="host-error"')[1].split("</p>")[0]


def test_a_sign_in_at_the_old_address_is_none_at_the_new_one(circle, browse, oak):
    client = browse(circle.dana)
    assert command("oak", "support.oak.example")[0] == 0
    assert client.get("/me").status_code == 200
    assert client.get("/me", base_url="http://support.oak.example:8000").status_code == 303
