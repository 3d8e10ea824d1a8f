"""Commands run in this process: for what they print, where they succeed and where they are refused."""

from click.testing import CliRunner, Result
from flask import has_app_context

from maagal import keystore, register
from maagal.cli import main
from maagal.db import db


def run(*arguments: object) -> str:
    """Run a command that succeeds; what it did not foresee is raised."""
    done = _invoked(*arguments)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def refused(*arguments: object) -> str:
    """Run a command that is refused in its own words."""
    done = _invoked(*arguments)
    assert done.exit_code == 1, done.output
    assert isinstance(done.exception, SystemExit), done.exception
    return done.output


def _invoked(*arguments: object) -> Result:
    if has_app_context():
        db.session.remove()
    done = CliRunner().invoke(main, [str(each) for each in arguments])
    keystore.forget()
    register.forget()
    return done
