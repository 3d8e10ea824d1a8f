"""The worker's own copy of the app. Tasks are found because create_app loads the capabilities."""

from celery import Celery

from maagal.app import create_app
from workers.breathing import init_breathing

flask_app = create_app()
app: Celery = flask_app.extensions["celery"]
init_breathing(app)
