"""A page of Markdown as a terminal shows it."""

from hypothesis import given
from hypothesis import strategies as st

from sim.markdown import Part, heading, parts
from sim.room.draw import drawn
from sim.spec import Runbook
from tests.spine.small import SCENARIO, WORLD, drill

PAGE = """# Disk fills

First line of a **paragraph**
and its second, see [the board](https://x.example/b).

## Diagnosis
- look at `df`,
  on each host
  - not at `du`
1. first
2) second

```sh
$ df -h
# no heading
```

    indented code
| a | b |
"""


def test_the_parts_of_a_page():
    assert parts(PAGE.strip()) == (
        Part("heading", "Disk fills"),
        Part("blank", ""),
        Part("text", "First line of a paragraph and its second, see the board (https://x.example/b)."),
        Part("blank", ""),
        Part("heading", "Diagnosis"),
        Part("item", "- look at `df`, on each host"),
        Part("item", "  - not at `du`"),
        Part("item", "1. first"),
        Part("item", "2) second"),
        Part("blank", ""),
        Part("code", "    $ df -h"),
        Part("code", "    # no heading"),
        Part("blank", ""),
        Part("code", "    indented code"),
        Part("code", "| a | b |"),
    )


def test_what_is_a_heading():
    lines = ("# a", "###### a #", "#a", "####### a", "#", "# ", "a #", "#\ta")
    assert [heading(line) for line in lines] == ["a", "a", None, None, None, None, None, "a"]


def test_runbook_shows_it():
    world = WORLD.model_copy(update={"runbooks": (Runbook(id="buying", title="Disk fills", text=PAGE),)})
    answer = drill(SCENARIO.model_copy(update={"world": world})).enter("runbook BuyErrorsHigh")
    rows = drawn(answer.blocks, 40, colour=False).splitlines()
    assert rows[:8] == [
        "Disk fills",
        "",
        "First line of a paragraph and its",
        "second, see the board",
        "(https://x.example/b).",
        "",
        "Diagnosis",
        "- look at `df`, on each host",
    ]
    assert "    # no heading" in rows


@given(st.text(alphabet="#-*`~|[]() \t\nab1.", max_size=200))
def test_any_text_is_shown(text):
    shown = "".join(part.text for part in parts(text))
    assert len(shown) <= 6 * len(text) + 10
