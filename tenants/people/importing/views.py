"""Pages for bringing people in: upload, columns, dry run, progress, what came of it."""

from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms.fields.choices import SelectChoice

from maagal import scopes
from maagal.i18n import language
from maagal.limits import limiter
from maagal.pages import done, invalid, page, stale, wants_fragment
from maagal.permissions import me, needs
from maagal.permissions import viewer as looking
from tenants.people.importing import actions, labels, policy, queries, sheets, states, verdicts
from tenants.people.importing.forms import ColumnsForm, CommitForm, UploadForm, all_of, columns_form, version
from tenants.people.labels import role_label
from tenants.people.models import ImportBatch
from tenants.people.room import NoRoomError
from tenants.people.roster import failed
from tenants.people.roster.checking import OWN_COORDINATOR
from tenants.people.roster.reading import Table, Unreadable

bp = Blueprint("importing", __name__)
INDEX, COLUMNS, SHOW = "importing/index.html", "importing/columns.html", "importing/show.html"
MOST_SHOWN = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def who_imports() -> str:
    """Return the counting key of whoever is signed in."""
    viewer = looking()
    return scopes.key("rate", "import", str(viewer.person_id) if viewer else "nobody")


@bp.get("/import")
@needs(policy.bring)
def index() -> Response:
    """Ask for a sheet, and list the latest ones."""
    return page(INDEX, **_uploading(UploadForm()))


@bp.post("/import")
@limiter.limit("30 per hour", key_func=who_imports)
@needs(policy.bring)
def upload() -> Response:
    """Keep an uploaded sheet and go on to its columns."""
    form = UploadForm()
    content = _uploading(form)
    if not form.validate():
        return invalid(INDEX, **content)
    with form.sheet.data.stream as file:
        data = file.read()
    try:
        batch = actions.take_in(form.sheet.data.filename or "", data, UUID(form.community.data), me())
    except Unreadable as why:
        form.sheet.errors = [why.sentence]
        return invalid(INDEX, **content)
    except NoRoomError:
        form.sheet.errors = [_("The organisation’s storage is full. Its administration can ask for more room.")]
        return invalid(INDEX, **content)
    return done(url_for(".ask_columns", import_id=batch.id))


@bp.get("/import/<uuid:import_id>/columns")
@needs(policy.bring, queries.by_id, reads="import")
def ask_columns(batch: ImportBatch) -> Response:
    """Show what each column was recognised as."""
    if batch.state not in states.STILL_OPEN:
        return done(url_for(".show", import_id=batch.id))
    table = sheets.table_of(batch)
    return page(COLUMNS, **_columns(batch, table, columns_form(batch, table)))


@bp.post("/import/<uuid:import_id>/columns")
@limiter.limit("120 per hour", key_func=who_imports)
@needs(policy.bring, queries.by_id)
def name_columns(batch: ImportBatch) -> Response:
    """Settle the columns and check the rows."""
    if batch.state not in states.STILL_OPEN:
        return stale(SHOW, **_content(batch))
    table = sheets.table_of(batch)
    form = columns_form(batch, table)
    if not form.validate():
        return invalid(COLUMNS, **_columns(batch, table, form))
    try:
        actions.name_columns(batch, form.chosen_kind, form.mapping, version(form))
    except actions.OvertakenError:
        return stale(SHOW, **_content(batch))
    return done(url_for(".show", import_id=batch.id))


@bp.get("/import/<uuid:import_id>")
@needs(policy.bring, queries.by_id, reads="import")
def show(batch: ImportBatch) -> Response:
    """Show what would happen, what happens, or what happened."""
    if batch.state == states.UPLOADED:
        return done(url_for(".ask_columns", import_id=batch.id))
    return page(SHOW, **_content(batch))


@bp.get("/import/<uuid:import_id>/progress")
@needs(policy.bring, queries.by_id)
def progress(batch: ImportBatch) -> Response:
    """Tell how far it is: 304 while nothing moved; when it is over, the page is to be loaded anew."""
    if not wants_fragment():
        return done(url_for(".show", import_id=batch.id))
    response = page(SHOW, fragment="progress", batch=batch, states=states, tag=_tag(batch))
    response.set_etag(_tag(batch))
    if batch.state not in states.MOVING:
        response.headers["HX-Refresh"] = "true"
        return response
    response.make_conditional(request)
    if response.status_code == 304:
        response.headers["HX-Reswap"] = "none"
    return response


@bp.post("/import/<uuid:import_id>/commit")
@needs(policy.bring, queries.by_id)
def commit(batch: ImportBatch) -> Response:
    """Begin to bring the good rows in."""
    form = CommitForm()
    if not form.validate():
        return invalid(SHOW, **_content(batch))
    try:
        wished: dict[str, Any] = {"notify": form.notify.data, "all_of": all_of(form)}
        actions.commit(batch, form.let_in.data, seen=version(form), actor_id=me(), **wished)
    except actions.OwnCoordinatorError:
        return invalid(SHOW, **_content(batch), refused=OWN_COORDINATOR)
    except actions.OvertakenError:
        return stale(SHOW, **_content(batch))
    except NoRoomError as why:
        return invalid(SHOW, refused=_too_many(why.left), **_content(batch))
    return done(url_for(".show", import_id=batch.id))


@bp.post("/import/<uuid:import_id>/undo")
@needs(policy.bring, queries.by_id)
def undo(batch: ImportBatch) -> Response:
    """Begin to take back whom the sheet brought."""
    try:
        actions.undo(batch, me())
    except actions.OvertakenError:
        return stale(SHOW, **_content(batch))
    return done(url_for(".show", import_id=batch.id))


@bp.get("/import/<uuid:import_id>/to-correct.csv")
@needs(policy.bring, queries.by_id, reads="import")
def failed_csv(batch: ImportBatch) -> Response:
    """Give the rows that did not come in back as CSV."""
    return _file(batch, failed.as_csv, "text/csv", "to-correct.csv")


@bp.get("/import/<uuid:import_id>/to-correct.xlsx")
@needs(policy.bring, queries.by_id, reads="import")
def failed_xlsx(batch: ImportBatch) -> Response:
    """Give the rows that did not come in back as a workbook."""
    return _file(batch, failed.as_xlsx, XLSX, "to-correct.xlsx")


def _file(batch: ImportBatch, written: Any, mimetype: str, name: str) -> Response:
    try:
        table, verdict = sheets.table_of(batch), sheets.verdict_of(batch)
    except sheets.SheetGoneError:
        return page(SHOW, status=404, **_content(batch))
    content = written(table, verdicts.checked(verdict, language()), batch.let_in)
    return send_file(BytesIO(content), mimetype=mimetype, as_attachment=True, download_name=name)


def _uploading(form: UploadForm) -> dict[str, Any]:
    ids, may_bring_staff = policy.reach(looking()), policy.bring_staff(looking())
    places = queries.places(ids)
    form.community.choices = [SelectChoice(str(place.id), place.name) for place in places]
    latest = queries.recent(ids, staff_too=may_bring_staff)
    return {"form": form, "places": places, "latest": latest, "labels": labels, "staff": may_bring_staff}


def _columns(batch: ImportBatch, table: Table, form: ColumnsForm) -> dict[str, Any]:
    asked = [field for field in form if field.short_name.startswith("column_")]
    known = sum(1 for field in asked if field.data)
    return {"batch": batch, "form": form, "asked": asked, "known": known, "rows": len(table.rows), "labels": labels}


def _content(batch: ImportBatch) -> dict[str, Any]:
    told = {"batch": batch, "states": states, "labels": labels, "tag": _tag(batch), "most": MOST_SHOWN}
    told |= {"place": queries.place_name(batch.community_id), "speak": verdicts.speak, "role_label": role_label}
    told["form"] = CommitForm(formdata=None, seen=batch.version)  # after a refusal, too, it is about what stands now
    if batch.state in states.MOVING or batch.verdict is None:
        return told | {"verdict": None, "earlier": None}
    return told | {"verdict": sheets.verdict_of(batch), "earlier": queries.same_file(batch)}


def _too_many(left: int) -> str:
    """Say how many people still fit."""
    room = ngettext("There is room for one more person.", "There is room for %(num)s more people.", left)
    said = _("The organisation has reached its limit of people: nobody was added.")
    return f"{said} {room}"


def _tag(batch: ImportBatch) -> str:
    return f"{batch.id}-{batch.version}-{language()}"
