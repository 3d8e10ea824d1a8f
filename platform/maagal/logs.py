"""Logs: JSON lines with ids only. What a person wrote or is called never reaches them."""

import json
import logging
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError

from maagal import tenancy

log: structlog.stdlib.BoundLogger = structlog.get_logger("maagal")


def set_up(level: int = logging.INFO) -> None:
    """Send everything to standard error as JSON, with the tenant's id and without values."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            _with_tenant,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_values,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )
    logging.captureWarnings(capture=True)
    root = logging.getLogger()
    root.handlers = [each for each in root.handlers if not isinstance(each, Libraries)] + [Libraries()]


def request_id() -> str | None:
    """Return the id of the request that is answered, or that caused what is done now; None where there is none."""
    found: str | None = structlog.contextvars.get_contextvars().get("request")
    return found


@contextmanager
def because_of(cause: str | None) -> Iterator[None]:
    """Say in every line written meanwhile, and in all work asked for, which request it comes from."""
    if cause is None:
        yield
        return
    with structlog.contextvars.bound_contextvars(request=cause):
        yield


class Lines(logging.Formatter):
    """Makes a JSON line of what a library says that brings its own handlers: granian (granian.json) names this one."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, of an exception only its kind and place."""
        entry: MutableMapping[str, Any] = {"event": record.getMessage(), "logger": record.name, "level": record.levelname.lower()}
        if record.exc_info:
            entry.update(event="library_failed", exc_info=record.exc_info[1])
        for process in (structlog.processors.TimeStamper(fmt="iso", utc=True), _without_values):
            entry = process(None, "", entry)
        return json.dumps(entry, ensure_ascii=False)


class Libraries(logging.Handler):
    """Passes on what Flask, Celery and others say; of an exception only its kind and place, for their words hold its text."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line; the level is the logger's own affair."""
        if record.exc_info:
            log.log(record.levelno, "library_failed", logger=record.name, exc_info=record.exc_info[1])
        else:
            log.log(record.levelno, record.getMessage(), logger=record.name)


def _with_tenant(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if tenant := tenancy.current_or_none():
        entry["tenant"] = str(tenant.id)
    return entry


def _without_values(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace an exception by its place: PostgreSQL's messages print the values of the row (`exc.orig.diag`)."""
    info = entry.pop("exc_info", None)
    error = sys.exc_info()[1] if info is True else info
    if isinstance(error, BaseException):
        entry["error"] = describe(error)
    return entry


def describe(error: BaseException) -> str:
    """Return what an error is and where it came from, and no value it carries."""
    name = type(error).__name__
    if isinstance(error, DBAPIError) and error.orig is not None:
        name = f"{name}({type(error.orig).__name__} {getattr(error.orig, 'sqlstate', '')})"
    last, frame = None, error.__traceback__
    while frame is not None:
        last, frame = frame, frame.tb_next
    place = f"{last.tb_frame.f_code.co_filename}:{last.tb_lineno}" if last else "?"
    return f"{name} at {place}"
