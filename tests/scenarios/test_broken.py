"""One broken file per way of being invalid: each is refused, with every mistake at its line.

Beside `<name>.yaml` lies `<name>.expected`: one line per mistake, in order; a line told may go on after it.
"""

from pathlib import Path

import pytest

from scenarios.library import find_world
from scenarios.loader import WorldSource, load_scenario, load_world
from sim.document import BYTES_MAX, VALUES_MAX
from sim.errors import ScenarioError
from sim.world import topology
from sim.world.log_notes import fault_notes

HERE = Path(__file__).parent
BROKEN = sorted((HERE / "broken").glob("*.yaml"))
GOOD_WORLD = HERE / "good" / "world.yaml"
CHECKS = frozenset({"mitigated"})


def load(file: Path) -> object:
    if file.name.startswith("world"):
        return load_world(WorldSource(file, file.parent / "runbooks"))
    return load_scenario(file, find_world, CHECKS)


@pytest.mark.parametrize("file", BROKEN, ids=lambda file: file.stem)
def test_a_broken_file_is_refused_with_every_mistake_at_its_line(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(file.parent)
    expected = file.with_suffix(".expected").read_text(encoding="utf-8").splitlines()
    with pytest.raises(ScenarioError) as refused:
        load(Path(file.name))
    told = str(refused.value).splitlines()
    assert [line[: len(start)] for line, start in zip(told, expected, strict=True)] == expected


def test_what_is_broken_was_good_before() -> None:
    assert load(GOOD_WORLD)
    assert load(GOOD_WORLD.with_name("drill.yaml"))


def refusal(file: Path) -> str:
    with pytest.raises(ScenarioError) as refused:
        load(file)
    return str(refused.value).replace(str(file.parent), "")


def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "world.yaml"
    file.write_text("# " + "x" * BYTES_MAX)
    assert refusal(file) == "/world.yaml:1: is larger than 1,000,000 bytes; split it or shorten it"


def test_a_file_of_too_many_values_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "world.yaml"
    file.write_text("zones: [" + "a," * (VALUES_MAX + 1) + "]")
    assert refusal(file) == "/world.yaml:1: holds over 100,000 values; nothing here needs that"


@pytest.mark.parametrize("opened", ["[", "{a: ", "- "])
def test_nesting_without_end_is_refused_and_not_a_crash(tmp_path: Path, opened: str) -> None:
    file = tmp_path / "world.yaml"
    file.write_text(opened * 150_000)
    assert refusal(file) == "/world.yaml:1: holds deeper than 20 levels; nothing here needs that"


def test_a_folder_and_a_missing_file_are_no_files(tmp_path: Path) -> None:
    assert refusal(tmp_path).endswith("there is no such file; check the name")
    assert refusal(tmp_path / "world.yaml").endswith("there is no such file; check the name")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        (
            "Pages_Fail.md",
            "# Pages fail\n\nLook.\n",
            "'Pages_Fail' is no valid name; name the file in lower case",
        ),
        ("pages-fail.md", "Look.\n", "should begin with '# Title' and go on below it"),
        ("pages-fail.md", "# Pages fail\n", "should begin with '# Title' and go on below it"),
    ],
)
def test_a_broken_runbook_is_refused(tmp_path: Path, name: str, text: str, told: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(ScenarioError) as refused:
        load_world(WorldSource(GOOD_WORLD, tmp_path))
    assert str(refused.value).startswith(f"{tmp_path / name}:1: {told}")


def test_a_rule_and_a_runbook_need_names_that_differ(tmp_path: Path) -> None:
    (tmp_path / "browseerrorshigh.md").write_text("# Pages fail\n\nLook.\n")
    with pytest.raises(ScenarioError, match=r"world.yaml:30: rules.0..name: 'BrowseErrorsHigh' is a runbook"):
        load_world(WorldSource(GOOD_WORLD, tmp_path))


def test_braces_of_a_log_line_can_be_doubled(tmp_path: Path) -> None:
    drill = GOOD_WORLD.with_name("drill.yaml").read_text().replace("./world.yaml", str(GOOD_WORLD))
    line = 'ERROR {component} {zone} {{"json": 1}}'
    file = tmp_path / "drill.yaml"
    file.write_text(drill.replace("flag: banner", f"flag: banner, log_lines: ['{line}']"))
    found = load_scenario(file, find_world, CHECKS)
    notes = fault_notes(topology.build(found.world), found.faults[0], "front")
    assert notes == (('ERROR {"json": 1}', (0, 1)),)
