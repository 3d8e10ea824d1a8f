"""The fixed lists behind free words: roles, life areas, skills, experience, languages, ways to meet.

Codes are what reports and matching count on; labels are shown; synonyms are what sheets were seen to say.
"""

from dataclasses import dataclass
from functools import cached_property

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from .text import key


@dataclass(frozen=True)
class Term:
    """One entry of a fixed list: its code, its label, the words for it, and the codes of the life areas it serves.

    `words` and `serves` hold commas between their parts; the first word is the one suggested.
    """

    code: str
    label: LazyString
    words: str
    serves: str = ""

    @property
    def life_areas(self) -> tuple[str, ...]:
        """The codes of the life areas this skill or experience helps with."""
        return tuple(code for code in self.serves.split(", ") if code)


class Wordlist:
    """A fixed list of terms, looked up by any of their spellings."""

    def __init__(self, *terms: Term) -> None:
        """Keep the terms in the order in which they are shown."""
        self.terms = terms

    @cached_property
    def _by_word(self) -> dict[str, Term]:
        index: dict[str, Term] = {}
        for term in self.terms:
            for word in (term.code, *term.words.split(",")):
                index.setdefault(key(word), term)
        return index

    def find(self, word: str) -> Term | None:
        """Find a word whatever its quotes, dashes and case; failing that, what stands before a slash or bracket."""
        tries = (word, word.split("/", 1)[0], word.split("(", 1)[0])
        return next((term for attempt in tries if (term := self._by_word.get(key(attempt)))), None)

    def label(self, code: str) -> LazyString | str:
        """Return the label of a code; a code outside the list is its own label."""
        return next((term.label for term in self.terms if term.code == code), code)

    def words(self) -> list[str]:
        """Return each term as coordinators write it, for suggestions."""
        return [term.words.split(",")[0] for term in self.terms]


ROLES = Wordlist(
    Term("participant", _l("participant"), "משתתף, משתתפת, נעזר, נעזרת, participant, mentee"),
    Term("mentor", _l("mentor"), "מלווה, מלווה מתנדב, מלווה מתנדבת, מתנדב, מתנדבת, חונך, חונכת, mentor, volunteer"),
    Term(
        "advisor", _l("professional advisor"), "יועץ, יועצת, יועץ מקצועי, יועצת מקצועית, advisor, adviser, consultant"
    ),
    Term(
        "coordinator",
        _l("community coordinator"),
        "רכז, רכזת, רכז קהילה, רכזת קהילה, coordinator, organiser, organizer",
    ),
)
GENDERS = Wordlist(
    Term("female", _l("woman"), "נ, נקבה, אישה, אשה, נשים, female, f, woman, women"),
    Term("male", _l("man"), "ז, זכר, גבר, גברים, male, m, man, men"),
    Term("other", _l("another gender"), "אחר, אחרת, א-בינארי, other, x, non-binary, nonbinary"),
)
NO_PREFERENCE = tuple(
    map(key, ("לא משנה", "אין", "אין העדפה", "ללא העדפה", "ללא", "הכל", "any", "either", "no preference"))
)
MODES = Wordlist(
    Term("in_person", _l("in person"), "פנים אל פנים, פנים מול פנים, פרונטלי, פיזי, in person, face to face, frontal"),
    Term("remote", _l("remotely"), "מקוון, מרחוק, זום, אונליין, טלפוני, remote, online, zoom, by phone"),
    Term("either", _l("either way"), "לא משנה, גם וגם, שניהם, היברידי, משולב, either, both, any, hybrid"),
)
LANGUAGES = Wordlist(
    Term("he", _l("Hebrew"), "עברית, hebrew, he, iw"),
    Term("ar", _l("Arabic"), "ערבית, arabic, ar, عربي, العربية"),
    Term("ru", _l("Russian"), "רוסית, russian, ru, русский"),
    Term("am", _l("Amharic"), "אמהרית, amharic, am"),
    Term("ti", _l("Tigrinya"), "תיגרינית, טיגרינית, תגרינית, tigrinya, ti"),
    Term("en", _l("English"), "אנגלית, english, en"),
    Term("fr", _l("French"), "צרפתית, french, fr"),
    Term("es", _l("Spanish"), "ספרדית, spanish, es"),
    Term("pt", _l("Portuguese"), "פורטוגזית, פורטוגלית, portuguese, pt"),
    Term("it", _l("Italian"), "איטלקית, italian, it"),
    Term("de", _l("German"), "גרמנית, german, de"),
    Term("yi", _l("Yiddish"), "יידיש, אידיש, yiddish, yi"),
    Term("lad", _l("Ladino"), "לדינו, לאדינו, ladino, lad"),
    Term("uk", _l("Ukrainian"), "אוקראינית, ukrainian, uk"),
    Term("ro", _l("Romanian"), "רומנית, romanian, ro"),
    Term("hu", _l("Hungarian"), "הונגרית, hungarian, hu"),
    Term("pl", _l("Polish"), "פולנית, polish, pl"),
    Term("bg", _l("Bulgarian"), "בולגרית, bulgarian, bg"),
    Term("ka", _l("Georgian"), "גאורגית, גרוזינית, georgian, ka"),
    Term("tr", _l("Turkish"), "טורקית, תורכית, turkish, tr"),
    Term("fa", _l("Persian"), "פרסית, persian, farsi, fa"),
    Term("hi", _l("Hindi"), "הינדית, הינדי, hindi, hi"),
    Term("th", _l("Thai"), "תאית, תאילנדית, thai, th"),
    Term("tl", _l("Tagalog"), "טגלוג, פיליפינית, tagalog, tl"),
    Term("zh", _l("Chinese"), "סינית, מנדרינית, chinese, zh"),
    Term("nl", _l("Dutch"), "הולנדית, dutch, nl"),
    Term("isr", _l("Israeli Sign Language"), "שפת סימנים, שפת הסימנים, שפת הסימנים הישראלית, sign language, isr"),
)
LIFE_AREAS = Wordlist(
    Term(
        "financial",
        _l("money and debts"),
        "כלכלה וחובות, כלכלה, כלכלי, חובות, כספים, ניהול תקציב, financial, money, debts, finance, finances",
    ),
    Term("legal", _l("legal matters"), "משפטי, משפטים, ייעוץ משפטי, legal, law"),
    Term("employment", _l("work"), "תעסוקה, עבודה, תעסוקתי, employment, work, job"),
    Term(
        "bureaucracy",
        _l("bureaucracy and claiming rights"),
        "בירוקרטיה ומיצוי זכויות, בירוקרטיה, מיצוי זכויות, זכויות, bureaucracy, rights",
    ),
    Term("mental", _l("emotional support"), "רגשי, נפשי, בריאות הנפש, תמיכה רגשית, mental, emotional, mental health"),
    Term("family", _l("family"), "משפחה, הורות, זוגיות, משפחתי, family, parenting"),
    Term("health", _l("health"), "בריאות, רפואי, בריאותי, health, medical"),
    Term("housing", _l("housing"), "דיור, מגורים, שכירות, housing"),
    Term("other", _l("something else"), "אחר, שונות, other"),
)
SKILLS = Wordlist(
    Term(
        "budgeting",
        _l("household budgeting"),
        "ניהול תקציב, תקציב, כלכלה וחובות, חובות, budgeting, budget, debts",
        "financial",
    ),
    Term(
        "home_economics",
        _l("family finances"),
        "כלכלת המשפחה, כלכלה, economics, family finance, family economics",
        "financial",
    ),
    Term(
        "law", _l("law"), 'עריכת דין, עריכת-דין, עורך דין, עורכת דין, עו"ד, משפטים, משפטי, law, lawyer, legal', "legal"
    ),
    Term(
        "rights",
        _l("claiming rights"),
        "מיצוי זכויות, זכויות, בירוקרטיה ומיצוי זכויות, rights, claiming rights",
        "bureaucracy, financial",
    ),
    Term(
        "welfare", _l("social welfare"), "רווחה, עבודה סוציאלית, welfare, social work", "bureaucracy, family, housing"
    ),
    Term("psychology", _l("psychology"), "פסיכולוגיה, טיפול, רגשי, psychology, therapy", "mental, family"),
    Term("listening", _l("listening"), "הקשבה, תמיכה רגשית, listening", "mental"),
    Term("mediation", _l("mediation"), "גישור, mediation", "family, legal"),
    Term("nursing", _l("nursing"), "סיעוד, אחות, רפואה, בריאות, nursing, medicine", "health"),
    Term("teaching", _l("teaching"), "הוראה, חינוך, teaching, education", "family, employment"),
    Term(
        "recruitment",
        _l("recruitment and placement"),
        "גיוס והשמה, השמה, גיוס, תעסוקה, recruitment, placement, hr",
        "employment",
    ),
    Term("computers", _l("computers"), "מחשבים, מחשב, הייטק, computers, it", "bureaucracy, employment"),
    Term("real_estate", _l("real estate"), 'נדל"ן, דיור, real estate, property, housing', "housing"),
)
EXPERIENCES = Wordlist(
    Term("bereavement", _l("loss"), "אובדן, שכול, אלמנות, bereavement, loss, grief", "mental, family"),
    Term("out_of_debt", _l("getting out of debt"), "יציאה מחובות, חובות, out of debt, debt, leaving debt", "financial"),
    Term(
        "single_parent",
        _l("single parenthood"),
        "הורות יחידנית, הורה יחיד, חד הורית, single parent, single parenthood",
        "family",
    ),
    Term("immigration", _l("immigration"), "עלייה, עליה, הגירה, קליטה, immigration, aliyah", "bureaucracy"),
    Term("unemployment", _l("unemployment"), "אבטלה, פיטורים, unemployment, redundancy", "employment"),
)
