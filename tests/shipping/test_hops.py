"""Who asks, and whether by TLS, is believed of exactly so many proxies, and of nobody else."""

import pytest
from flask import request

from maagal.limits import who_asks
from tests.circle import Browser
from tests.shipping.conftest import BASE

PEER = "10.9.9.9"  # who holds the connection


def seen(app, **headers):
    """Return the address and the scheme that the house makes of a request to oak with these headers."""
    told = {}

    @app.before_request
    def look():
        told.update(address=request.remote_addr, scheme=request.scheme, host=request.host, key=who_asks())

    app.before_request_funcs[None].insert(0, app.before_request_funcs[None].pop())  # before anybody is sent to TLS
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    environ = {"REMOTE_ADDR": PEER}
    Browser(app).get("/healthz", base_url=f"http://oak.{BASE}", headers=names, environ_overrides=environ)
    return told


@pytest.mark.parametrize(
    ("hops", "forwarded", "address"),
    [
        (0, "6.6.6.6", PEER),
        (0, "", PEER),
        (1, "1.1.1.1", "1.1.1.1"),
        (1, "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        (1, "127.0.0.1, 6.6.6.6, 6.6.6.6, 1.1.1.1", "1.1.1.1"),
        (1, "", PEER),
        (2, "6.6.6.6, 1.1.1.1, 10.0.0.2", "1.1.1.1"),
        (2, "10.0.0.2", PEER),
    ],
)
def test_the_address_is_what_the_outermost_of_our_proxies_saw(behind, hops, forwarded, address):
    told = seen(behind(hops), X_Forwarded_For=forwarded, X_Forwarded_Proto="https")
    assert told["address"] == address
    assert told["key"].endswith(f":{address}"), "the limits count by the same"


def test_without_proxies_no_header_makes_a_request_one_over_tls(behind):
    told = seen(
        behind(0), X_Forwarded_Proto="https", X_Forwarded_Ssl="on", Forwarded="proto=https;for=6.6.6.6", Front_End_Https="on"
    )
    assert (told["scheme"], told["address"]) == ("http", PEER)


def test_behind_a_proxy_its_own_word_on_tls_is_the_last_one(behind):
    assert seen(behind(1), X_Forwarded_Proto="https")["scheme"] == "https"
    assert seen(behind(1), X_Forwarded_Proto="https, http")["scheme"] == "http"


def test_no_proxy_names_the_host_the_port_or_the_prefix(behind):
    told = seen(
        behind(1),
        X_Forwarded_Proto="https",
        X_Forwarded_Host="elm.maagal.example",
        X_Forwarded_Port="1",
        X_Forwarded_Prefix="/c/elm",
    )
    assert told["host"] == f"oak.{BASE}"


def test_a_flood_with_ever_new_forged_addresses_is_counted_as_one(behind):
    client = Browser(behind(1))
    where = {"base_url": f"https://oak.{BASE}", "environ_overrides": {"REMOTE_ADDR": PEER}}
    statuses = {
        client.get(
            "/statement",
            headers={"X-Forwarded-For": f"6.6.{number // 250}.{number % 250}, 1.1.1.1", "X-Forwarded-Proto": "https"},
            **where,
        ).status_code
        for number in range(602)
    }
    assert statuses == {200, 429}
    other = {"X-Forwarded-For": "1.1.1.2", "X-Forwarded-Proto": "https"}
    assert client.get("/statement", headers=other, **where).status_code == 200
