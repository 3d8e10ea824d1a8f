"""The steps behind the scenes. Each is short, safe to run twice, and asks for the next one itself."""

from collections.abc import Callable, Mapping
from uuid import UUID

from tenants.people.importing import actions, dry_run, queries


def check_import(import_id: str) -> None:
    """Do the dry run of a long sheet."""
    if batch := queries.locked(UUID(import_id)):
        dry_run.check(batch)


def commit_import(import_id: str, start: int) -> None:
    """Bring in the rows of a sheet from `start` on."""
    if batch := queries.locked(UUID(import_id)):
        actions.commit_chunk(batch, start)


def undo_import(import_id: str, after: str) -> None:
    """Take back the people of a sheet whose ids come after `after` ("" for all)."""
    if batch := queries.locked(UUID(import_id)):
        actions.undo_chunk(batch, UUID(after) if after else None)


def forget_sheet(import_id: str) -> None:
    """Delete an uploaded sheet when its week is over."""
    if batch := queries.locked(UUID(import_id)):
        actions.forget(batch)


JOBS: Mapping[str, Callable[..., None]] = {
    actions.CHECK: check_import,
    actions.COMMIT: commit_import,
    actions.UNDO: undo_import,
    actions.FORGET: forget_sheet,
}
