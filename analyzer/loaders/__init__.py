"""What each way of loading visits, and in which phase. Rules know no loader, loaders know no rule.

A loader is a module with one function `plan(artifact, target) -> Visits`. The returned function says of a place, a
phase and one of TensorFlow's checks whether this loader, loading this artifact there with its default arguments, comes
past the place in that phase and makes that check. Each module names the TensorFlow sources it was read from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from analyzer.artifact import Artifact, Format
from analyzer.findings import Check, Confidence, Finding, Location, Phase, Severity, Verdict
from analyzer.records import replace

if TYPE_CHECKING:
    from analyzer.target import Target

Visits = Callable[[Location, Phase, Check], bool]

MODULES = {
    "tf.saved_model.load": "saved_model_load",
    "tf.compat.v1.saved_model.load": "saved_model_v1",
    "tensorflow_serving": "serving",
    "tf.keras.models.load_model": "load_model",
    "tf.train.load_checkpoint": "load_checkpoint",
    "tf.compat.v1.train.import_meta_graph": "import_meta_graph",
    "tf.import_graph_def": "import_graph_def",
}

_SAVED_MODEL = (
    "tf.saved_model.load",
    "tf.compat.v1.saved_model.load",
    "tensorflow_serving",
    "tf.keras.models.load_model",
)
_WITHOUT_PYTHON = ("tensorflow_serving",)
_CHECKPOINT = ("tf.train.load_checkpoint",)
_KERAS = ("tf.keras.models.load_model",)
APPLIES: dict[Format, tuple[str, ...]] = {
    Format.SAVED_MODEL: _SAVED_MODEL,
    Format.CHECKPOINT: _CHECKPOINT,
    Format.CHECKPOINT_V1: _CHECKPOINT,
    Format.KERAS_H5: _KERAS,
    Format.WEIGHTS_H5: _KERAS,
    Format.KERAS_ARCHIVE: _KERAS,
    Format.GRAPH_DEF: ("tf.import_graph_def",),
    Format.UNKNOWN: (),
}


def loaders_for(artifact: Artifact) -> tuple[str, ...]:
    """The loaders that apply to the artifact's format, in the order in which reports show them."""
    names = APPLIES[artifact.format]
    if artifact.format in (Format.CHECKPOINT, Format.CHECKPOINT_V1) and f"{artifact.name}.meta" in artifact.files:
        return (*names, "tf.compat.v1.train.import_meta_graph")
    return names


def judge(
    artifact: Artifact, target: Target, findings: Sequence[Finding], loaders: Sequence[str], complete: bool
) -> tuple[tuple[Finding, ...], tuple[Verdict, ...]]:
    """Join findings with what each loader visits.

    Returns the findings with `stops` filled in, and a verdict per loader. `complete` is False when rules were left out
    or something could not be analyzed: then nothing is said to load. An error that no loader comes past is a warning:
    what is wrong there shows when the model is used, or never.
    """
    met: list[list[str]] = [[] for _ in findings]
    errors = [pair for pair in zip(findings, met, strict=True) if pair[0].severity is Severity.ERROR]
    verdicts = []
    for loader in loaders:
        visits: Visits = _plan(loader)(artifact, target) if errors else _nowhere
        failing: list[Finding] = []
        undecided: list[Finding] = []
        for finding, names in errors:
            if _is_met(finding, loader, visits):
                (undecided if finding.confidence is Confidence.LOW else failing).append(finding)
                names.append(loader)
        verdicts.append(_verdict(target, loader, failing, undecided, complete))
    return tuple(map(_after_judgement, findings, met)), tuple(verdicts)


def _plan(loader: str) -> Callable[[Artifact, Target], Visits]:
    plan: Callable[[Artifact, Target], Visits] = import_module(f"analyzer.loaders.{MODULES[loader]}").plan
    return plan


def _nowhere(where: Location, phase: Phase, check: Check) -> bool:
    """For where there is no error that a loader could come past: what it visits takes long to find out."""
    return False


def _is_met(finding: Finding, loader: str, visits: Visits) -> bool:
    if finding.check is Check.IMPORT:
        return loader not in _WITHOUT_PYTHON
    return finding.phase is not Phase.CALL and any(
        visits(where, finding.phase, finding.check) for where in finding.where
    )


def _after_judgement(finding: Finding, loaders: Sequence[str]) -> Finding:
    if finding.severity is not Severity.ERROR:
        return finding
    if not loaders:
        return replace(finding, severity=Severity.WARNING)
    return finding if finding.confidence is Confidence.LOW else replace(finding, stops=tuple(loaders))


def _verdict(
    target: Target, loader: str, failing: Sequence[Finding], undecided: Sequence[Finding], complete: bool
) -> Verdict:
    deciding = failing or undecided
    because = tuple(dict.fromkeys(finding.rule for finding in sorted(deciding, key=lambda finding: finding.phase.rank)))
    loads = False if failing else None if undecided or not complete else True
    return Verdict(target.spec, loader, loads, because)
