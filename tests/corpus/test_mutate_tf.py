"""The mutations of TensorFlow artifacts: made from what is committed, always the same, and of what they say."""

from __future__ import annotations

import importlib
import json
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

CORPUS = Path(__file__).resolve().parents[2] / "corpus"
ARTIFACTS = CORPUS / "artifacts"


@pytest.fixture(scope="module")
def modules() -> dict[str, ModuleType]:
    """Every module of corpus/mutate_tf by name; they import each other as the folder's own."""
    folder = CORPUS / "mutate_tf"
    sys.path.insert(0, str(folder))
    try:
        names = [file.stem for file in sorted(folder.glob("*.py")) if file.stem != "__main__"]
        return {name: importlib.import_module(name) for name in names}
    finally:
        sys.path.remove(str(folder))
        for name in [file.stem for file in folder.glob("*.py")]:
            sys.modules.pop(name, None)


def written() -> dict[str, dict[str, str]]:
    lines = map(json.loads, (ARTIFACTS / "manifest-tf.jsonl").read_text().splitlines())
    return {line["id"]: line for line in lines if not line["mutation"]}


def test_every_mutant_has_one_name(modules: dict[str, ModuleType]) -> None:
    counts = Counter((item.name, base) for item in modules["recipe"].MUTATIONS for base in item.bases)
    assert [key for key, count in counts.items() if count > 1] == []


def test_every_base_is_committed(modules: dict[str, ModuleType]) -> None:
    bases = {base for item in modules["recipe"].MUTATIONS for base in item.bases}
    assert bases <= set(written())


def test_what_says_that_it_must_not_matter_breaks_nothing(modules: dict[str, ModuleType]) -> None:
    assert [item.name for item in modules["recipe"].MUTATIONS if item.name.startswith("x_") and item.breaks] == []


@pytest.mark.parametrize(
    "base", ["w1.15/saver_dense", "w2.4/object_module", "w1.15/saver_partitioned", "w1.15/saver_dtypes"]
)
def test_a_table_is_read_as_it_was_written(modules: dict[str, ModuleType], base: str) -> None:
    bundle = modules["bundle"]
    index = ARTIFACTS / (written()[base]["path"] + ".index")
    items = bundle.read_table(index.read_bytes())
    assert items[0][0] == b"" and len(items) > 2
    for layout in ({}, {"interval": 1}, {"per_block": 2}):
        assert bundle.read_table(bundle.write_table(items, **layout)) == items


def test_the_string_tensor_of_an_object_graph_is_written_as_tensorflow_writes_it(
    modules: dict[str, ModuleType],
) -> None:
    """The same text, put again, has the checksum that TensorFlow gave it."""
    bundle = modules["bundle"].Bundle(ARTIFACTS / written()["w2.4/object_module"]["path"])
    key = modules["bundle"].GRAPH_KEY
    text, checksum, raw = bundle.text(key), bundle.entries[key].crc32c, bundle.tensor(key)
    put: dict[str, object] = {}
    bundle.put = lambda key, content, checksum=None: put.update(content=content, checksum=checksum)
    bundle.put_text(key, text)
    assert put == {"content": raw, "checksum": checksum}


def test_a_mutant_differs_from_its_base_and_is_made_alike_twice(modules: dict[str, ModuleType], tmp_path: Path) -> None:
    recipe = modules["recipe"]
    names = {"g_unknown_op", "o_bound_input_bad", "c_crc_wrong", "p_cut_4of8"}
    chosen = [item for item in recipe.MUTATIONS if item.name in names]
    assert {item.name for item in chosen} == names
    bases = written()
    for item in chosen:
        base = bases[item.bases[0]]
        first, second = (make(recipe, tmp_path / turn, item, base) for turn in ("a", "b"))
        assert first == second
        assert first != recipe.contents(ARTIFACTS.joinpath(*Path(base["path"]).parts[:3]))


def make(recipe: ModuleType, root: Path, item: object, base: dict[str, str]) -> dict[str, bytes | None]:
    """The contents of the mutant, made below an empty root."""
    folder = Path(*Path(base["path"]).parts[:3])
    (root / folder).parent.mkdir(parents=True, exist_ok=True)
    recipe.shutil.copytree(ARTIFACTS / folder, root / folder, dirs_exist_ok=True)
    line = recipe.make(root, item, base)
    return recipe.contents(root.joinpath(*Path(line["path"]).parts[:3]))
