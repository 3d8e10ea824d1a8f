"""The Celery program: `celery -A workers.celery worker`, `celery -A workers.celery beat`."""
