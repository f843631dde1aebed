"""Whatever a file holds, what comes out is a scenario or a ScenarioError, never anything else."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.library import find_world
from scenarios.loader import load_scenario
from sim.errors import ScenarioError
from sim.spec import Scenario

GOOD = Path(__file__).parent / "good"
WORLD = (GOOD / "world.yaml").read_bytes()
DRILL = (GOOD / "drill.yaml").read_bytes()

YAML_SCRAPS = (
    b": |- |{|}|[|]|&a |*a|!!int |!x |<<: |? |#|\n|  |\t|'|\"|%YAML 9\n|---\n|...\n|null|~|.nan|.inf|-1|1e999"
    b"|999999999999999999999999|0x1f|true|2024-01-01|\xff|\x00|\xef\xbb\xbf|\xe2\x80\xa8|front|store.read"
)
SCRAPS = st.sampled_from([*YAML_SCRAPS.split(b"|"), b"|\n", b"a" * 100])


@st.composite
def mutated(draw: st.DrawFn, text: bytes) -> bytes:
    """Return the text with a few pieces cut out, doubled, moved or replaced."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 60)))
        piece = draw(st.one_of(SCRAPS, st.binary(max_size=4), st.just(b""), st.just(text[start:end] * 2)))
        text = text[:start] + piece + text[end:]
    return text


@settings(max_examples=250, deadline=None)
@given(drill=mutated(DRILL), world=st.one_of(st.just(WORLD), mutated(WORLD)))
def test_a_mutated_file_is_a_scenario_or_a_scenario_error(drill: bytes, world: bytes) -> None:
    with TemporaryDirectory() as folder:
        Path(folder, "drill.yaml").write_bytes(drill)
        Path(folder, "world.yaml").write_bytes(world)
        try:
            found = load_scenario(Path(folder, "drill.yaml"), find_world, frozenset({"mitigated"}))
        except ScenarioError as refused:
            assert str(refused)
        else:
            assert isinstance(found, Scenario)
