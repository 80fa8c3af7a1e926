"""Variables of the optimizer in an archive: `Optimizer.load_own_variables`, of Keras 2 and 3.

Another number of variables than the optimizer has is a warning; one that cannot be read, or has another shape, ends the load.
The optimizer is built for the trained variables of the model before they are read.
"""

from __future__ import annotations

from typing import Any

from analyzer.keras.era import Era
from analyzer.keras.events import Recorder
from analyzer.keras.links import dataset
from analyzer.keras.model import UNKNOWN, Layer, shape_text
from analyzer.parts.keras import Dataset, Group

_WRAPPER = "LossScaleOptimizerV3"  # whose variables are those of the optimizer within, which are stored a second time as its own
_TWO = ("Adadelta", "Adam", "Adamax", "AdamW", "Ftrl", "Nadam")


def check(root: Group, config: dict[str, Any], model: Layer, era: Era, out: Recorder) -> None:
    """Say which variable of the optimizer cannot be read back."""
    compiled = config.get("compile_config")
    optimizer = compiled.get("optimizer") if isinstance(compiled, dict) else None
    if not model.all_known() or not (era.is_3 or model.built):
        return
    if isinstance(optimizer, str):
        optimizer = {"class_name": _NAMES.get(optimizer.lower(), optimizer), "config": {}}
    places = ["optimizer/vars"]
    if isinstance(optimizer, dict) and not era.is_3 and optimizer.get("class_name") == _WRAPPER:
        settings = optimizer.get("config")
        optimizer = settings.get("inner_optimizer") if isinstance(settings, dict) else None
        places.append("optimizer/inner_optimizer/vars")
    if not isinstance(optimizer, dict) or (not era.is_3 and _legacy(optimizer)):
        return
    trained = [weight.shape for weight in model.trainable_weights()]
    settings = optimizer.get("config")
    expected = _expected(optimizer.get("class_name"), settings if isinstance(settings, dict) else {}, trained, era)
    if expected is None or any(shape is None or UNKNOWN in shape or None in shape for shape in trained):
        return
    for place in places:
        group = root.find(place)
        if not isinstance(group, Group) or len(group.order) != len(expected):
            continue
        if not _variables(root, group, place, expected, era, out):
            return


def _variables(root: Group, group: Group, place: str, expected: list[Any], era: Era, out: Recorder) -> bool:
    """Whether the variables of a group can be read back."""
    for index, want in enumerate(expected):
        item: Any = group.find(str(index))
        if not era.is_3:
            item = dataset(root, f"{place}/{index}", "the optimizer reads its variables", era, out)
            if item is None:
                return False
        if isinstance(item, Dataset) and tuple(want) != item.shape:
            _shape(out, era, index, want, item, place)
            return False
    return True


_NAMES = {name.lower(): name for name in (*_TWO, "Adagrad", "Lion", "RMSprop", "SGD")}


def _legacy(optimizer: dict[str, Any]) -> bool:
    """Optimizers of the old kind do not take part."""
    settings = optimizer.get("config")
    module = optimizer.get("module")
    flagged = isinstance(settings, dict) and bool(settings.get("is_legacy_optimizer"))
    return flagged or (isinstance(module, str) and "legacy" in module)


def _shape(out: Recorder, era: Era, index: int, want: tuple[int, ...], item: Dataset, place: str) -> None:
    out.say(
        "weight-shape",
        f"the optimizer's variable {index} is {want} in Keras {era.version}, {item.shape} in the file",
        f"/{place}/{index}",
        "The shape of the target variable and the shape of the target value in `variable.assign(value)` must match.",
        remedy="load_model(..., compile=False), then compile the model again",
        expected=shape_text(want),
        found=list(item.shape),
    )


def _expected(class_name: Any, settings: dict[str, Any], trained: list[Any], era: Era) -> list[Any] | None:
    """The shapes of all variables, in their order; None where that is not modelled."""
    shared = _shared(settings, trained, era)
    if not era.is_3:
        return None if shared else _keras_2(class_name, settings, trained)
    # The count of iterations, and the learning rate where no schedule makes it.
    first = [()] if isinstance(settings.get("learning_rate"), dict) else [(), ()]
    if class_name == "Nadam":
        slots = [shape for shape in trained for _ in range(2)]
        return [*first, *shared, *slots, ()] if era.at_least(3, 10) else [*first, *shared, (), *slots]
    own = _slots(class_name, settings, trained)
    return None if own is None else [*first, *shared, *own]


def _shared(settings: dict[str, Any], trained: list[Any], era: Era) -> list[Any]:
    """Averages and accumulated gradients that any optimizer may keep: up to 3.9 together for each variable (`BaseOptimizer.build`)."""
    times = int(bool(settings.get("use_ema"))) + int(bool(settings.get("gradient_accumulation_steps")))
    return trained * times if era.at_least(3, 10) else [shape for shape in trained for _ in range(times)]


def _keras_2(class_name: Any, settings: dict[str, Any], trained: list[Any]) -> list[Any] | None:
    """The count of iterations, then what `build` of the class makes."""
    if class_name in _TWO:
        again = trained if settings.get("amsgrad") and class_name in ("Adam", "AdamW") else []
        return [(), *(shape for shape in trained for _ in range(2)), *again]
    if class_name in ("SGD", "Adagrad", "Lion"):
        return [(), *trained]
    if class_name == "RMSprop":
        momentum = settings.get("momentum") or 0
        more = int(isinstance(momentum, (int, float)) and momentum > 0) + int(bool(settings.get("centered")))
        return [(), *trained, *(trained * more)]
    return None


def _slots(class_name: Any, settings: dict[str, Any], trained: list[Any]) -> list[Any] | None:
    """Variables that an optimizer of Keras 3 keeps beside them; None where that is not modelled."""
    if class_name in ("Adam", "AdamW"):
        return [*(shape for shape in trained for _ in range(2)), *(trained if settings.get("amsgrad") else [])]
    if class_name == "SGD":
        return trained if settings.get("momentum") else []
    if class_name == "RMSprop":
        return trained * (1 + int(bool(settings.get("momentum"))) + int(bool(settings.get("centered"))))
    number = {"Adagrad": 1, "Adamax": 2, "Lion": 1, "Adadelta": 2, "Ftrl": 2, "Lamb": 2}.get(str(class_name))
    return None if number is None else [shape for shape in trained for _ in range(number)]
