"""The tour, walked as a newcomer would: a small sheet, a broken one, and (the long version) all the samples."""

import subprocess
import sys
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from maagal.environment import without

ROOT = Path(__file__).parents[2]
HEADINGS = "הערות;דואל;טלפון;שם מלא;תפקיד;שפות;תחומים;שעות פנויות;אופן מפגש;מספר ליווים;הכשרה בתוקף עד;מגדר;שנת לידה;יישוב"
MENTORS, PARTICIPANTS = ("רות ים", "דן הר", "מאיה גל"), ("יעל נחל", "אורי שדה", "ליאור חוף", "שיר מדבר")
STEPS = ("open", "import", "capacity", "request", "matching", "meetings", "concern", "dashboard", "report")


def tour(rosters: Path, out: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "maagal.cli", "tour", "--rosters", str(rosters), "--out", str(out)]
    return subprocess.run(command, cwd=ROOT, env=without({}), capture_output=True, text=True, check=False)


@pytest.fixture
def rosters(tmp_path):
    folder = tmp_path / "rosters"
    folder.mkdir()
    return folder


def test_a_small_sheet_is_walked_from_the_upload_to_the_report(rosters, tmp_path):
    (rosters / "people-small.csv").write_text(small_sheet(), encoding="cp1255")
    told = tour(rosters, tmp_path / "out")
    assert told.stdout.splitlines()[-1:] == ["tour: ok"], told.stdout + told.stderr
    assert told.returncode == 0
    assert all(f"small  {number} {step}: " in told.stdout for number, step in enumerate(STEPS, 1))
    assert "7 good and 1 faulty" in told.stdout
    left = {file.name.removeprefix("small-"): file.read_bytes() for file in (tmp_path / "out").iterdir()}
    assert left["9-report-2026-11.pdf"].startswith(b"%PDF")
    assert left["9-report-2026-11.xlsx"].startswith(b"PK")
    assert "555" in left["2-to-correct.csv"].decode()
    reminder = message_from_bytes(left["6-reminder.eml"], policy=policy.default)
    assert "small" in reminder["From"]


def test_a_sheet_that_cannot_be_read_names_the_step(rosters, tmp_path):
    (rosters / "people-broken.xlsx").write_bytes(b"PK\x03\x04 no workbook at all")
    told = tour(rosters, tmp_path / "out")
    assert told.returncode == 1
    assert "tour: step 2 (import) failed for people-broken.xlsx" in told.stdout.splitlines()[-1]


def test_a_folder_without_sheets_is_said_before_anything_starts(rosters, tmp_path):
    told = tour(rosters, tmp_path / "out")
    assert told.returncode == 1
    assert "holds no sheet" in told.stdout


@pytest.mark.full
def test_every_sample_is_walked(tmp_path):
    told = tour(ROOT / "tenants/people/roster/samples", tmp_path / "out")
    assert told.stdout.splitlines()[-1:] == ["tour: ok"], told.stdout + told.stderr
    assert "sadot  2 import: " in told.stdout
    assert "kept apart" in told.stdout


def small_sheet() -> str:
    """Seven people in columns of our own order, and one whose phone number is none."""
    mentors = [f";m{at}@example.org;050-111222{at};{name};מלווה;עברית;בנקים;ג 16:00-20:00;לא משנה;2;1.9.2028;נ;1980;חיפה"
               for at, name in enumerate(MENTORS)]  # fmt: skip
    others = [f";p{at}@example.org;050-333444{at};{name};משתתפת;עברית;חובות;ג 16:00-20:00;לא משנה;;;נ;1990;חיפה"
              for at, name in enumerate(PARTICIPANTS)]  # fmt: skip
    faulty = ";;555;טעות בטלפון;משתתפת;עברית;חובות;ג 16:00-20:00;לא משנה;;;נ;1990;חיפה"
    return "\n".join([HEADINGS, *mentors, *others, faulty]) + "\n"
