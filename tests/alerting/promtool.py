"""promtool as judge: whether it takes rule files, and what it says to unit tests of rules."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

PROMTOOL = shutil.which("promtool")
needs_promtool = pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed")


def taken(files: list[Path]) -> list[bool]:
    """Return for each rule file whether promtool takes it."""
    done = subprocess.run(
        [str(PROMTOOL), "check", "rules", "--lint=none", *map(str, files)],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    told = done.stdout + done.stderr
    refused = {file for file in files if re.search(rf"^{re.escape(str(file))}: ", told, re.MULTILINE)}
    assert bool(refused) == (done.returncode != 0), told
    return [file not in refused for file in files]


def judged(file: Path) -> tuple[int, str]:
    """Return exit code and words of `promtool test rules`."""
    done = subprocess.run(
        [str(PROMTOOL), "test", "rules", str(file)], capture_output=True, text=True, timeout=300, check=False
    )
    return done.returncode, done.stdout + done.stderr


def rule_file(file: Path, *rules: dict[str, Any]) -> Path:
    """Write a rule file of one group."""
    file.write_text(yaml.safe_dump({"groups": [{"name": "g", "rules": list(rules)}]}))
    return file
