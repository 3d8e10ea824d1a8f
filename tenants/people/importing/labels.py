"""Words for where a sheet stands."""

from flask_babel import lazy_gettext as _l

from tenants.people.importing import states

STATES = {
    states.UPLOADED: (_l("uploaded"), "new"),
    states.CHECKING: (_l("being checked"), "live"),
    states.CHECKED: (_l("waits for your decision"), "wait"),
    states.COMMITTING: (_l("coming in"), "live"),
    states.COMMITTED: (_l("came in"), "good"),
    states.UNDOING: (_l("being taken back"), "live"),
    states.UNDONE: (_l("taken back"), ""),
    states.EXPIRED: (_l("deleted after a week"), ""),
}
KINDS = {
    states.PEOPLE: _l("People of the community"),
    states.STAFF: _l("The employer’s staff file: reporting lines, without roles"),
}
STEPS = (_l("Upload"), _l("Columns"), _l("Check"), _l("Done"))
