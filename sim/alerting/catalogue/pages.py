"""A team's runbooks: a folder of Markdown files, each named after its alert."""

import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from sim.document import read_text
from sim.markdown import heading, is_fence
from sim.mistakes import FileError, Mistake
from sim.spec import Runbook

PAGE_BYTES_MAX = 100_000
PAGES_MAX = 2_000
TOGETHER_MAX = 4_000_000
"""Bounds of a page in bytes, of their number, and of all pages in characters; assumptions."""

_ID_MAX = 120
_REFERENCE = re.compile(r"""\{\{[<%] (?:rel)?ref "([^"\n]{1,200})" [>%]\}\}""")
"""A link of Hugo's to another page."""


def load(folder: Path) -> tuple[Runbook, ...]:
    """Return the pages of a folder and the folders in it, by name. Raises FileError with every mistake."""
    if not folder.is_dir():
        raise FileError([Mistake(folder, 1, (), "there is no such folder; check the name")])
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() == ".md" and path.is_file())
    if len(files) > PAGES_MAX:
        raise FileError([Mistake(folder, 1, (), f"holds over {PAGES_MAX:,} pages; take a folder of it")])
    pages: dict[str, Runbook] = {}
    first: dict[str, Path] = {}
    mistakes: list[Mistake] = []
    size = 0
    for file in files:
        if file.stem.lower() in ("_index", "index", "readme"):
            continue
        try:
            page = _page(file)
        except FileError as problem:
            mistakes += problem.mistakes
            continue
        if page.id in first:
            text = f"is a page for {file.stem} like {first[page.id]}; keep one"
            mistakes.append(Mistake(file, 1, (), text))
        first.setdefault(page.id, file)
        pages[page.id] = page
        size += len(page.text)
    if size > TOGETHER_MAX:
        mistakes.append(
            Mistake(folder, 1, (), f"holds over {TOGETHER_MAX:,} characters; take a folder of it")
        )
    if mistakes:
        raise FileError(mistakes)
    if not pages:
        raise FileError([Mistake(folder, 1, (), "holds no Markdown files (*.md)")])
    return tuple(pages.values())


def page_id(name: str) -> str:
    """Return how the page of an alert is called: lower case, hyphens for all that is no letter or digit."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:_ID_MAX].strip("-")


def page_for(name: str, url: str, pages: Iterable[str]) -> str | None:
    """Return the page of an alert: that to which its runbook_url leads, else the one of its name."""
    known = set(pages)
    last = url.rstrip("/")
    try:
        parts = urlsplit(last)
        last = parts.path.rstrip("/").rpartition("/")[2] or parts.netloc
    except ValueError:
        last = ""
    wanted = (page_id(re.sub(r"\.(md|html?)$", "", last)), page_id(name))
    return next((one for one in wanted if one in known), None)


def _page(file: Path) -> Runbook:
    text = read_text(file, PAGE_BYTES_MAX).replace("\r\n", "\n")
    front, lines = _without_front_matter(text.split("\n"))
    body = "\n".join(line for line in lines if not _is_shortcode(line)).strip()
    body = _REFERENCE.sub(lambda found: found[1], body)
    if not body:
        raise FileError([Mistake(file, 1, (), "is an empty page; write something or delete it")])
    name = page_id(file.stem)
    if not name:
        hint = "name the file after its alert, in Latin letters and digits"
        raise FileError([Mistake(file, 1, (), f"{file.stem!r} is no name of a page; {hint}")])
    title = _first_heading(lines) or _title_in(front) or file.stem
    return Runbook(id=name, title=title, text=body + "\n")


def _without_front_matter(lines: list[str]) -> tuple[list[str], list[str]]:
    """Return the lines of front matter (YAML or TOML, as Hugo and others have it) and those below it."""
    mark = lines[0].rstrip()
    if mark not in ("---", "+++"):
        return [], lines
    end = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == mark), None)
    return ([], lines) if end is None else (lines[1:end], lines[end + 1 :])


def _is_shortcode(line: str) -> bool:
    """Return whether a line is a mark for Hugo alone."""
    text = line.strip()
    return text.startswith(("{{<", "{{%")) and text.endswith((">}}", "%}}"))


def _title_in(front: list[str]) -> str:
    for line in front:
        key, _, value = line.replace("=", ":", 1).partition(":")
        if key.strip() == "title":
            return value.strip().strip("\"'")
    return ""


def _first_heading(lines: list[str]) -> str | None:
    fenced = False
    for line in lines:
        fenced ^= is_fence(line)
        title = None if fenced else heading(line)
        if title:
            return title
    return None
