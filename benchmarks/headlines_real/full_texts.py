"""Full texts of public repositories: which are drawn, how they are fetched and read.

    python -m benchmarks.headlines_real.full_texts draw CLONES     # the drawn rows, as the file of labels begins
    python -m benchmarks.headlines_real.full_texts fetch CLONES    # copy the labelled texts to NEWSBT_TEXTS

CLONES is a folder with a clone of each repository, named `owner+name` (`git clone https://github.com/owner/name
owner+name`; a folder `owner+name/repo` will do). A text is `git show COMMIT:PATH`, characters START to END of it; the
repositories keep articles as Markdown with a head of `title` and `date`. Only repository, commit, path, offsets and
labels are kept here: the texts belong to their publishers.
"""

from __future__ import annotations

import argparse
import csv
import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.headlines_real.drawing import cue_of, rank
from newsbt.events.extraction.news_item import NewsItem

__all__ = [
    "LATER", "TEXTS", "Place", "clone_of", "draw", "item_of", "read_items", "read_places", "text_of", "texts_at",
    "texts_folder",
]  # fmt: skip

TEXTS = "NEWSBT_TEXTS"
LABELS = Path(__file__).resolve().parents[1] / "labels" / "full_texts.csv"
LATER = tuple(LABELS.with_name(f"full_texts_{name}.csv") for name in ("fresh", "last", "more", "end", "closing"))
SEED = "newsbt full texts"

# Repository, folder of articles, how many with and without a word of announcements in the title.
FOLDERS = (
    ("zhigehe/bulwark", "content/en/news/techcrunch", 26, 5),
    ("zhigehe/bulwark", "content/en/news/tradingview", 26, 4),
    ("zhigehe/bulwark", "content/en/news/businessstandard", 6, 1),
    ("zhigehe/bulwark", "content/en/news/moneycontrol", 3, 1),
    ("zhigehe/bulwark", "content/en/news/pharmexec", 3, 0),
    ("zhigehe/bulwark", "content/zh-CN/news/pingwest", 16, 3),
    ("zhigehe/bulwark", "content/zh-CN/news/c114", 10, 1),
    ("zhigehe/bulwark", "content/zh-CN/news/lieyun", 5, 0),
    ("zhigehe/bulwark", "content/zh-CN/news/leinews", 8, 0),
    ("zhigehe/bulwark", "content/zh-CN/news/sina", 6, 1),
    ("zhigehe/bulwark", "content/zh-CN/news/wallstreetcn", 4, 1),
    ("zhigehe/bulwark", "content/zh-CN/news/qq", 4, 1),
    ("zhigehe/bulwark", "content/zh-HK/news/stheadline", 6, 1),
    ("QwenLM/qwenlm.github.io", "content/blog", 9, 0),
)
COLUMNS = (
    "id", "repository", "commit", "path", "start", "end", "language", "event_type", "issuer", "stratum", "weight",
)  # fmt: skip
AT_LEAST = 800
_FIELD = re.compile(r"^(title|date):[ \t]*(.+?)[ \t]*$", re.MULTILINE)
_BLOG_CUES = re.compile(r"Qwen|QwQ|QVQ|WorldPM|GSPO")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text stands: characters `start` to `end` (0: its end) of a path at a commit."""

    id: str
    repository: str
    commit: str
    path: str
    start: int
    end: int


def read_places(path: Path = LABELS) -> list[Place]:
    with path.open(encoding="utf-8", newline="") as stream:
        return [
            Place(row["id"], row["repository"], row["commit"], row["path"], int(row["start"]), int(row["end"]))
            for row in csv.DictReader(stream)
        ]


def texts_folder() -> Path | None:
    """The folder that NEWSBT_TEXTS names, or None."""
    return Path(os.environ[TEXTS]) if os.environ.get(TEXTS) else None


def clone_of(clones: Path, repository: str) -> Path:
    folder = clones / repository.replace("/", "+")
    return folder / "repo" if (folder / "repo").is_dir() else folder


def _git(clone: Path, *arguments: str) -> str:
    command = ["git", "-C", str(clone), "-c", "core.quotePath=false", *arguments]
    done = subprocess.run(command, capture_output=True, check=True)
    return done.stdout.decode("utf-8", errors="replace")


def text_of(clones: Path, place: Place) -> str:
    """The text as the repository has it, between its offsets."""
    whole = _git(clone_of(clones, place.repository), "show", f"{place.commit}:{place.path}")
    return whole[place.start : place.end or None]


def texts_at(clone: Path, commit: str, paths: list[str]) -> Iterator[tuple[str, str]]:
    """Each path with its text, by one process of git."""
    asked = "".join(f"{commit}:{path}\n" for path in paths)
    done = subprocess.run(
        ["git", "-C", str(clone), "cat-file", "--batch"], input=asked.encode(), capture_output=True, check=True
    )
    at = 0
    for path in paths:
        end = done.stdout.index(b"\n", at)
        size = int(done.stdout[at:end].split()[-1])
        yield path, done.stdout[end + 1 : end + 1 + size].decode("utf-8", errors="replace")
        at = end + 2 + size


def read_items(labels: Path = LABELS) -> dict[str, NewsItem]:
    """The texts of a file of labels by id, from the folder that NEWSBT_TEXTS names.

    Raises
    ------
    FileNotFoundError
        There is no such folder, or a text is missing in it.
    """
    folder = texts_folder()
    if folder is None:
        raise FileNotFoundError(
            f"{TEXTS} names no folder; `python -m benchmarks.headlines_real.full_texts fetch` fills one"
        )
    return {
        place.id: item_of((folder / f"{place.id}.md").read_text(encoding="utf-8"), place.id)
        for place in read_places(labels)
    }


def item_of(text: str, item_id: str = "") -> NewsItem:
    """The item of an article in Markdown: `title` and `date` of its head, tags and links of the body taken out.

    A time without offset is China's, as the repositories have it.
    """
    text = text.replace("\r\n", "\n").lstrip()
    _, head, body = re.split(r"^---[ \t]*$", text, maxsplit=2, flags=re.MULTILINE)
    fields = {name: value.strip("\"'") for name, value in reversed(_FIELD.findall(head))}
    written = fields["date"]
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        at = parsedate_to_datetime(written)
    if at.tzinfo is None:
        at = at.replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    return NewsItem.of(fields["title"], _plain(body), published_at=at, item_id=item_id)


def _plain(body: str) -> str:
    body = re.sub(r"\{\{.*?\}\}|<[^>]*>", " ", body, flags=re.DOTALL)
    body = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", body)
    body = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", body)
    return re.sub(r"\n\s*\n+", "\n\n", re.sub(r"[*_`#]{1,3}", "", body)).strip()


def draw(clones: Path) -> Iterator[tuple[Place, str, float]]:
    """Place, stratum and weight of the texts drawn, by a hash of the seed and the path."""
    for repository, folder, with_cue, without in FOLDERS:
        clone = clone_of(clones, repository)
        commit = _git(clone, "rev-parse", "HEAD").strip()
        paths = _git(clone, "ls-tree", "-r", "--name-only", commit, folder).splitlines()
        strata: dict[bool, list[str]] = defaultdict(list)
        for path, whole in texts_at(
            clone, commit, [one for one in paths if one.endswith(".md") and "_index" not in one]
        ):
            title = dict(reversed(_FIELD.findall(whole))).get("title", "")
            if len(whole) >= AT_LEAST and title:
                strata[cue_of(title) != "none" or _BLOG_CUES.search(title) is not None].append(path)
        for cue, size in ((True, with_cue), (False, without)):
            chosen = sorted(strata[cue], key=lambda path: rank(SEED, path))[:size]
            name = f"{folder.rsplit('/', 1)[-1]}:{'cue' if cue else 'none'}"
            for path in chosen:
                place = Place(f"t{rank('', path).hex()[:8]}", repository, commit, path, 0, 0)
                yield place, name, len(strata[cue]) / size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("what", choices=("draw", "fetch"))
    parser.add_argument("clones", type=Path)
    given = parser.parse_args()
    if given.what == "draw":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(COLUMNS)
        for place, stratum, weight in draw(given.clones):
            writer.writerow(
                (place.id, place.repository, place.commit, place.path, place.start, place.end, "", "", "", stratum,
                 f"{weight:.3f}")
            )  # fmt: skip
        return
    folder = texts_folder()
    if folder is None:
        parser.error(f"name the folder to write to in {TEXTS}")
    folder.mkdir(parents=True, exist_ok=True)
    for place in (place for labels in (LABELS, *LATER) for place in read_places(labels)):
        if clone_of(given.clones, place.repository).is_dir():
            (folder / f"{place.id}.md").write_text(text_of(given.clones, place), encoding="utf-8")
        else:
            print(f"{place.id}: no clone of {place.repository} in {given.clones}", file=sys.stderr)


if __name__ == "__main__":
    main()
