"""What makes two spellings of a place one: quotes, hyphens, doubled letters, and English transliterations."""

import re

NOT_LETTERS = re.compile(r"[^a-z0-9\u05d0-\u05ea]+")
TRANSLITERATED = (("q", "k"), ("w", "v"), ("tz", "z"), ("ts", "z"), ("kh", "h"), ("ch", "h"), ("ph", "f"), ("j", "y"))
SHORT_FORMS = {
    "תא": "תל אביב-יפו",
    "ים": "ירושלים",
    "בש": "באר שבע",
    "פת": "פתח תקווה",
    "ראשלצ": "ראשון לציון",
    "ראשל": "ראשון לציון",
    "כס": "כפר סבא",
    "רג": "רמת גן",
    "acre": "עכו",
    "jaffa": "תל אביב-יפו",
    "telaviv": "תל אביב-יפו",
    "יפו": "תל אביב-יפו",
    "נצרתעילית": "נוף הגליל",
}


def letters(name: str) -> str:
    """Return the Hebrew and Latin letters and digits alone, in lower case."""
    return NOT_LETTERS.sub("", name.casefold())


def loose(name: str) -> str:
    """Return a form in which full and defective spelling (קריית, קרית) and common transliterations meet."""
    bare = letters(name).replace("יי", "י").replace("וו", "ו")
    for written, meant in TRANSLITERATED:
        bare = bare.replace(written, meant)
    return re.sub(r"([a-z])\1+", r"\1", bare).removesuffix("h")


def without_brackets(name: str) -> str:
    """Return the name without what a bracket adds: "גת (קיבוץ)" is also called "גת"."""
    return re.sub(r"\([^)]*\)?", "", name).strip()
