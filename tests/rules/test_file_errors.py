"""What TensorFlow says of files that are empty or pointers."""

from __future__ import annotations

import pytest

from tests import examples

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 12345\n" % (b"0" * 64)


@pytest.mark.parametrize(
    ("target", "name", "content", "says"),
    [
        ("tensorflow==2.15.0", "model.h5", POINTER, "Unable to open file (file signature not found)"),
        ("tensorflow==2.15.0", "model.keras", POINTER, "Unable to open file (file signature not found)"),
        ("tensorflow==2.18.0", "model.keras", POINTER, "File not found: filepath=model.keras."),
        ("tensorflow==2.15.0", "saved_model.pb", POINTER, "Cannot parse file saved_model.pb: Error parsing message."),
        ("tensorflow==2.15.0", "saved_model.pb", b"", "there are 0 MetaGraphs"),
        ("tensorflow==2.15.0", "graph.pb", b"", ""),
    ],
)
def test_words(target: str, name: str, content: bytes, says: str) -> None:
    from analyzer.rules.files import empty_file, lfs_pointer

    rule = lfs_pointer.rule if content else empty_file.rule
    artifact = examples.artifact({"files": {name: content}, "name": name})
    assert rule.run is not None
    (finding,) = rule.run(artifact, examples.target({"target": target}))
    assert finding.tensorflow_error.startswith(says) and bool(finding.tensorflow_error) is bool(says)
