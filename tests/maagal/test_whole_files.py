"""Files that several processes write at once, as they do when a house opens for the first time."""

from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path
from threading import Barrier

import pytest

from maagal.fonts import web_fonts
from maagal.whole_files import write_whole

WRITERS = 8


def test_writers_at_once_do_not_meet_and_a_reader_sees_a_whole_file(tmp_path: Path) -> None:
    path, start = tmp_path / "cache" / "file", Barrier(WRITERS)

    def write(sign: int) -> set[bytes]:
        start.wait(10)
        seen = set()
        for _ in range(50):
            write_whole(path, bytes([sign]) * 100_000)
            seen.add(path.read_bytes())
        return seen

    with ThreadPoolExecutor(WRITERS) as pool:
        seen = set().union(*pool.map(write, range(WRITERS)))
    assert all(len(content) == 100_000 and len(set(content)) == 1 for content in seen)
    assert list(path.parent.iterdir()) == [path]


def test_what_is_made_on_the_way_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "files" / "tenant" / "reports" / "report.pdf"
    write_whole(path, b"content")
    made = (path, *path.parents[:3])
    assert {each.name: each.stat().st_mode & 0o077 for each in made} == dict.fromkeys((each.name for each in made), 0)


def test_a_file_that_cannot_be_put_in_its_place_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "taken" / "inside").mkdir(parents=True)
    with pytest.raises(OSError, match="taken"):
        write_whole(tmp_path / "taken", b"content")
    assert [each.name for each in tmp_path.iterdir()] == ["taken"]


def test_whoever_cuts_the_fonts_cuts_the_same(tmp_path: Path) -> None:
    """Or a page of one process names a font that another does not know."""
    first, second = (web_fonts(tmp_path / name) for name in ("one", "other"))
    assert first == second


def test_houses_that_open_at_once_each_get_their_fonts(tmp_path: Path) -> None:
    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(web_fonts, repeat(tmp_path, 3)))
    assert made[0] == made[1] == made[2]
