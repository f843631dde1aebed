"""Reading YAML: what is a number, what is text, and where it stands."""

from pathlib import Path

from sim.document import read


def document(tmp_path: Path, text: str):  # type: ignore[no-untyped-def]
    file = tmp_path / "x.yaml"
    file.write_text(text, encoding="utf-8")
    return read(file)


def test_plain_words_mean_what_they_look_like(tmp_path: Path) -> None:
    text = "on: true\noff: no\nn: 3\nf: .5\ne: 1e3\ntime: 16:20\nday: 2024-01-01\nquoted: '3'\nnone: ~\n"
    assert document(tmp_path, text).data == {
        "on": True,
        "off": "no",
        "n": 3,
        "f": 0.5,
        "e": 1000.0,
        "time": "16:20",
        "day": "2024-01-01",
        "quoted": "3",
        "none": None,
    }


def test_every_key_and_item_has_its_line(tmp_path: Path) -> None:
    found = document(tmp_path, "a:\n  - b: 1\n    c: [1,\n      2]\nd: |\n  text\n  text\ne: 2\n")
    assert found.lines == {
        ("a",): 1,
        ("a", 0): 2,
        ("a", 0, "b"): 2,
        ("a", 0, "c"): 3,
        ("a", 0, "c", 0): 3,
        ("a", 0, "c", 1): 4,
        ("d",): 5,
        ("e",): 8,
    }


def test_a_mistake_about_something_missing_points_at_what_is_around_it(tmp_path: Path) -> None:
    found = document(tmp_path, "a:\n  - b: 1\n")
    assert str(found.mistake(("a", 0, "c"), "is missing")).endswith("x.yaml:2: a[0].c: is missing")
