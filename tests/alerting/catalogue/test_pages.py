"""Runbook folders: which pages are read, by what name, and how an alert finds its own."""

from pathlib import Path

import pytest

from sim.alerting.catalogue.pages import PAGE_BYTES_MAX, load, page_for, page_id
from sim.mistakes import FileError

TEAM = Path(__file__).parent / "team" / "runbooks"
OPERATOR = Path(__file__).parents[4] / "shared" / "data" / "runbooks-prometheus-operator"


def test_the_pages_of_a_folder_and_of_folders_in_it():
    pages = load(TEAM)
    assert [(page.id, page.title) for page in pages] == [
        ("edge-zone-errors", "edge_zone_errors"),
        ("web-error-budget-burn", "Web error budget burns"),
    ]
    assert pages[1].text.startswith("# Web error budget burns\n\n## Meaning\n")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("---\ntitle: 'From the front'\n---\nNo heading.\n", "From the front"),
        ('+++\ntitle = "From TOML"\n+++\n\nNo heading.\n', "From TOML"),
        ("---\r\ntitle: windows\r\n---\r\n# A heading ##\r\ntext\r\n", "A heading"),
        ("```\n# no heading\n```\n### The heading\n", "The heading"),
        ("---\nno end of the front\n", "Page_Name"),
        ("#no heading\ntext", "Page_Name"),
    ],
)
def test_the_title_of_a_page(tmp_path: Path, text: str, title: str):
    (tmp_path / "Page_Name.md").write_bytes(text.encode())
    assert [(page.id, page.title) for page in load(tmp_path)] == [("page-name", title)]


def test_index_pages_and_other_files_are_left_out(tmp_path: Path):
    for name in ("_index.md", "README.md", "notes.txt", "A.MD"):
        (tmp_path / name).write_text("text")
    assert [page.id for page in load(tmp_path)] == ["a"]


def test_every_mistake_is_told(tmp_path: Path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "a.md").write_text("text")
    (tmp_path / "deep" / "A.md").write_text("text")
    (tmp_path / "empty.md").write_text("---\ntitle: x\n---\n")
    (tmp_path / "latin.md").write_bytes(b"line\nK\xf6ln")
    (tmp_path / "long.md").write_bytes(b"x" * (PAGE_BYTES_MAX + 1))
    (tmp_path / "\u65e5.md").write_text("text")
    with pytest.raises(FileError) as refused:
        load(tmp_path)
    assert str(refused.value).replace(f"{tmp_path}/", "").splitlines() == [
        "deep/A.md:1: is a page for A like a.md; keep one",
        "empty.md:1: is an empty page; write something or delete it",
        "latin.md:2: is not valid UTF-8 here; save the file as UTF-8",
        "long.md:1: is larger than 100,000 bytes; split it or shorten it",
        "\u65e5.md:1: '\u65e5' is no name of a page; "
        "name the file after its alert, in Latin letters and digits",
    ]
    for folder, told in ((tmp_path / "none", "no such folder"), (tmp_path / "deep" / "..", "keep one")):
        with pytest.raises(FileError, match=told):
            load(folder)


def test_an_alert_finds_its_page():
    pages = ("kubepoddown", "web-errors", "other")
    for name, url, page in (
        ("KubePodDown", "", "kubepoddown"),
        ("web_errors", "", "web-errors"),
        ("KubePodDown", "https://x.example/runbooks/other", "other"),
        ("KubePodDown", "https://x.example/runbooks/Web_Errors.md#what", "web-errors"),
        ("KubePodDown", "https://x.example/other.html?a=b/c", "other"),
        ("KubePodDown", "docs/other/", "other"),
        ("KubePodDown", "https://x.example/nothing", "kubepoddown"),
        ("KubePodDown", "http://[", "kubepoddown"),
        ("Nothing", "https://x.example/nothing", None),
        ("Nothing", "", None),
    ):
        assert page_for(name, url, pages) == page, (name, url)
    assert page_id("__") == ""


@pytest.mark.skipif(not OPERATOR.exists(), reason="the shared data are not here")
def test_the_runbooks_of_the_prometheus_operator():
    pages = {page.id: page for page in load(OPERATOR)}
    assert len(pages) == 108
    page = pages["kubepodcrashlooping"]
    assert page.title == "KubePodCrashLooping"
    assert page.text.startswith("# KubePodCrashLooping\n\n## Meaning\n")
    assert "[Node RAID Degraded](./NodeRAIDDegraded.md)" in pages["noderaiddiskfailure"].text
    assert all("{{<" not in page.text for page in pages.values())
