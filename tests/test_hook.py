"""The pre-commit hook, run by pre-commit itself in a scratch repository, with this checkout as the hook's source."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("pre_commit")
pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
MODEL = ROOT / "corpus/artifacts/tf/w2.15/v2_dense"
SOURCES = ("analyzer", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")
SHARD = "variables/variables.data-00000-of-00001"
CONFIG = """
repos:
- repo: {source}
  rev: {revision}
  hooks:
  - id: analyze
    args: [--target, tensorflow==2.15.0]
"""
NO_PACKAGES = (
    "No matching distribution",
    "Could not find a version",
    "connection",
    "Connection",
    "Failed to establish",
)

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs a command in a folder, with pre-commit's cache and git's settings of this test only."""
    home = tmp_path_factory.mktemp("home")
    settings = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        "PRE_COMMIT_HOME": str(home / "pre-commit"),
        "GIT_CONFIG_GLOBAL": str(home / "gitconfig"),
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    (home / "gitconfig").write_text("[user]\nname = tester\nemail = tester@example.org\n[init]\ndefaultBranch = main\n")

    def run(folder: Path, *command: object) -> subprocess.CompletedProcess[str]:
        words = [str(word) for word in command]
        return subprocess.run(
            words, cwd=folder, env=settings, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )

    return run


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory, run: Run) -> tuple[Path, str]:
    """A repository of what the hook is installed from, as it stands here, and its revision."""
    folder = tmp_path_factory.mktemp("source")
    for name in SOURCES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    return folder, _committed(folder, run)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory, run: Run, source: tuple[Path, str]) -> Path:
    """A repository with a healthy and a broken model, and the hook installed after they were committed."""
    folder = tmp_path_factory.mktemp("repository")
    for name in ("healthy", "broken"):
        shutil.copytree(MODEL, folder / "models" / name)
    (folder / "models/broken" / SHARD).unlink()
    (folder / ".pre-commit-config.yaml").write_text(CONFIG.format(source=source[0], revision=source[1]))
    (folder / "notes.txt").write_text("nothing\n")
    _committed(folder, run)
    installed = run(folder, sys.executable, "-m", "pre_commit", "install", "--install-hooks")
    if installed.returncode != 0 and any(words in installed.stdout for words in NO_PACKAGES):
        pytest.skip("pip cannot install the hook's dependencies here")
    assert installed.returncode == 0, installed.stdout
    return folder


def _committed(folder: Path, run: Run) -> str:
    run(folder, "git", "init", "-q")
    run(folder, "git", "add", ".")
    done = run(folder, "git", "commit", "-q", "-m", "all")
    assert done.returncode == 0, done.stdout
    return run(folder, "git", "rev-parse", "HEAD").stdout.strip()


def only_what_a_commit_touches_is_analyzed(repository: Path, run: Run) -> None:
    with (repository / "models/healthy" / SHARD).open("ab") as shard:
        shard.write(b"\0")  # surplus bytes: every loader loads it
    run(repository, "git", "add", ".")
    done = run(repository, sys.executable, "-m", "pre_commit", "run", "--verbose")
    assert done.returncode == 0, done.stdout
    assert "models/healthy: SavedModel" in done.stdout
    assert "models/broken" not in done.stdout
    assert run(repository, "git", "commit", "-q", "-m", "touched").returncode == 0


def files_of_no_artifact_are_not_looked_at(repository: Path, run: Run) -> None:
    (repository / "notes.txt").write_text("something\n")
    run(repository, "git", "add", ".")
    done = run(repository, sys.executable, "-m", "pre_commit", "run")
    assert done.returncode == 0
    assert "no files to check" in done.stdout
    run(repository, "git", "commit", "-q", "-m", "noted")


def an_error_fails_the_commit(repository: Path, run: Run) -> None:
    shard = repository / "models/healthy" / SHARD
    shard.write_bytes(shard.read_bytes()[:-20])
    run(repository, "git", "add", ".")
    before = run(repository, "git", "rev-parse", "HEAD").stdout
    done = run(repository, "git", "commit", "-m", "break it")
    assert done.returncode != 0
    assert "models/healthy: SavedModel" in done.stdout
    assert "error truncated-shard" in done.stdout
    assert run(repository, "git", "rev-parse", "HEAD").stdout == before


def test_hook(repository: Path, run: Run) -> None:
    """One test, so that the hook's environment is built once however the tests are spread over processes."""
    only_what_a_commit_touches_is_analyzed(repository, run)
    files_of_no_artifact_are_not_looked_at(repository, run)
    an_error_fails_the_commit(repository, run)
