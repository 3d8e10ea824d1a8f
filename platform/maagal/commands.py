"""What commands share: the app, a tenant to be in, and errors in one plain line."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import Flask

from maagal import provisioning, register, tenancy
from maagal.app import create_app
from maagal.db import commit, db, within


@contextmanager
def house() -> Iterator[Flask]:
    """Have the app at hand, in no tenant; its connections are closed at the end."""
    app = create_app()
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            for engine in db.engines.values():
                engine.dispose()


@contextmanager
def in_tenant(slug: str) -> Iterator[tenancy.Tenant]:
    """Enter a tenant for a command and commit at its end; a tenant that is not there ends the command."""
    with house():
        found = register.by_slug(slug)
        if found is None:
            message = f"there is no tenant {slug!r}"
            raise click.ClickException(message)
        try:
            with within(found):
                yield found
                commit()
        except tenancy.TenantClosed as why:
            message = f"{slug!r} is {found.state}: nothing can be done in it"
            raise click.ClickException(message) from why


@contextmanager
def plain_errors() -> Iterator[None]:
    """Say what was refused in one line instead of a traceback."""
    try:
        yield
    except provisioning.TenantRefused as why:
        raise click.ClickException(str(why)) from why
