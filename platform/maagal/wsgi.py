"""The web application for a WSGI server: `granian --interface wsgi maagal.wsgi:app`."""

from maagal.app import create_app
from maagal.settling import settle

app = create_app()
settle()
