"""Where a sheet stands on its way in."""

UPLOADED, CHECKING, CHECKED = "uploaded", "checking", "checked"
COMMITTING, COMMITTED = "committing", "committed"
UNDOING, UNDONE = "undoing", "undone"
EXPIRED = "expired"
STILL_OPEN = frozenset({UPLOADED, CHECKED})
MOVING = frozenset({CHECKING, COMMITTING, UNDOING})
PEOPLE, STAFF = "people", "staff"
