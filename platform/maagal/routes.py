"""Every endpoint as data: what `maagal routes --json` prints and the guard tests read."""

import json
from typing import Any

from flask import Flask


def routes(app: Flask) -> str:
    """Return a JSON list of {endpoint, methods, address, rule, sentence, roles}, in the order of addresses."""
    found = [_describe(app, each) for each in sorted(app.url_map.iter_rules(), key=lambda each: each.rule)]
    return json.dumps(found, ensure_ascii=False, indent=1)


def _describe(app: Flask, route: Any) -> dict[str, Any]:
    rule = getattr(app.view_functions[route.endpoint], "needs", None)
    return {
        "endpoint": route.endpoint,
        "methods": sorted(route.methods - {"HEAD", "OPTIONS"}),
        "address": route.rule,
        "rule": rule.name if rule else None,
        "sentence": rule.sentence if rule else None,
        "roles": sorted(rule.roles) if rule else [],
    }
