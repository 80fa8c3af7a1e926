"""Preprocessing layers: pictures, lookups, encodings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analyzer.keras.era import Era
from analyzer.keras.values.keras_2.done import Config, called, constructed, leaves


@constructed("Hashing", "sparse")
def _sparse(era: Era, value: Any, config: Config) -> bool:
    return not era.at_least(2, 8) or not value or config.get("output_mode", "int") != "int"


@constructed("Hashing", "salt")
def _salt(era: Era, value: Any, config: Config) -> bool:
    return value is None or isinstance(value, int) or (isinstance(value, list) and len(value) == 2)


def _ends(value: Any) -> tuple[Any, Any]:
    """Bounds of a factor of one number or two."""
    return (value[0], value[1]) if isinstance(value, list) else (-value, value)


@constructed("RandomTranslation", "height_factor", "width_factor")
def _translation(era: Era, value: Any, config: Config) -> bool:
    lower, upper = _ends(value)
    return bool(upper >= lower and abs(lower) <= 1 and abs(upper) <= 1)


@constructed("RandomRotation", "factor")
def _rotation(era: Era, value: Any, config: Config) -> bool:
    lower, upper = _ends(value)
    return bool(upper >= lower)


@constructed("RandomZoom", "height_factor")
def _zoom(era: Era, value: Any, config: Config) -> bool:
    lower, upper = _ends(value)
    return bool(abs(lower) <= 1 and abs(upper) <= 1)


@constructed("RandomZoom", "width_factor")
def _zoom_width(era: Era, value: Any, config: Config) -> bool:
    lower, upper = (0, 0) if value is None else _ends(value)
    return lower >= -1 and upper >= -1


@constructed("RandomContrast", "factor")
def _contrast(era: Era, value: Any, config: Config) -> bool:
    lower, upper = (value[0], value[1]) if isinstance(value, list) else (value, value)
    return not (lower < 0 or upper < 0 or lower > 1)


@constructed("RandomBrightness", "factor")
def _brightness(era: Era, value: Any, config: Config) -> bool:
    items = value if isinstance(value, list) else [value]
    counted = len(items) == 2 if isinstance(value, list) else isinstance(value, (int, float))
    return counted and all(-1 <= each <= 1 for each in items)


@constructed("RandomBrightness", "value_range")
def _value_range(era: Era, value: Any, config: Config) -> bool:
    return isinstance(value, list) and len(value) == 2 and bool(sorted(value))


@constructed("Normalization", "axis")
def _normalized_axes(era: Era, value: Any, config: Config) -> bool:
    """`Normalization.__init__` compares them with zero, from 2.6 on."""
    if not era.at_least(2, 6) or value is None:
        return True
    items = [value] if isinstance(value, int) else list(value)
    return bool(sum(each < 0 for each in items) >= 0)


@called("CenterCrop", "height", "width")
def _cropped(era: Era, value: Any, config: Config) -> bool:
    """`CenterCrop.call` subtracts it from a size and crops to it, from 2.7 on by an operation that looks at it."""
    return isinstance(value, int) and (value > 0 or not era.at_least(2, 7))


@called("Resizing", "height", "width")
def _resized(era: Era, value: Any, config: Config) -> bool:
    """`tf.image.resize` makes one tensor of integers of both."""
    return isinstance(value, int)


@called("RandomTranslation RandomRotation RandomZoom", "fill_value")
def _filled(era: Era, value: Any, config: Config) -> bool:
    """`transform` makes a tensor of floats of it, from 2.4 on."""
    return not era.at_least(2, 4) or all(isinstance(each, (int, float)) for each in leaves(value))


@called("Hashing", "mask_value")
def _masked(era: Era, value: Any, config: Config) -> bool:
    """`Hashing.call` compares the inputs with it."""
    return not isinstance(value, Mapping)


@constructed("IntegerLookup", "vocabulary_dtype")
def _vocabulary_dtype(era: Era, value: Any, config: Config) -> bool:
    """`IntegerLookup.__init__` of 2.8 and later wants the name of an integer type."""
    if not era.at_least(2, 8):
        return True
    if isinstance(value, int) and not isinstance(value, bool):
        return value in _INTEGERS_BY_NUMBER
    return isinstance(value, str) and value in _INTEGERS


_INTEGERS_BY_NUMBER = (3, 4, 5, 6, 9, 17, 22, 23, *range(24, 32))
_INTEGERS = (*(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)), "int4", "uint4")


@constructed("IntegerLookup StringLookup", "sparse")
def _sparse_lookup(era: Era, value: Any, config: Config) -> bool:
    """`IndexLookup.__init__` of 2.7 and later."""
    return not era.at_least(2, 7) or not value or config.get("output_mode", "int") != "int"


@constructed("IntegerLookup StringLookup TextVectorization", "vocabulary")
def _hashed(era: Era, value: Any, config: Config) -> bool:
    """`IndexLookup.set_vocabulary` makes a set of what is listed, and of a number nothing from 2.6 on."""
    if isinstance(value, list):
        return all(hash(each) == hash(each) for each in value)
    return not isinstance(value, (int, float)) or not era.at_least(2, 6)


@constructed("IntegerLookup Hashing", "dtype")
def _dtype_of_indices(era: Era, value: Any, config: Config) -> bool:
    """`tf.as_dtype` of 2.8 and later, where the layer gives indices."""
    if not era.at_least(2, 8) or config.get("output_mode", "int") != "int":
        return True
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value == int(value) and value > 0
    return not isinstance(value, list) and not (isinstance(value, Mapping) and "class_name" not in value)


@constructed("IntegerLookup", "mask_token")
def _mask_token(era: Era, value: Any, config: Config) -> bool:
    """`IndexLookup.__init__` makes a tensor of it."""
    if not era.at_least(2, 6) or not isinstance(value, list):
        return True
    return bool(value) and all(isinstance(each, (int, float)) for each in leaves(value))


@called("RandomRotation RandomTranslation RandomZoom", "factor", "height_factor", "width_factor")
def _factors(era: Era, value: Any, config: Config) -> bool:
    return all(isinstance(each, (int, float)) for each in (value[:2] if isinstance(value, list) else ()))


@called("Rescaling", "scale", "offset")
def _scaled(era: Era, value: Any, config: Config) -> bool:
    """`Rescaling.call` casts it to floats."""
    return not any(isinstance(each, (Mapping, type(None))) for each in leaves(value))


_PICTURES = "RandomFlip RandomRotation RandomZoom RandomContrast RandomTranslation RandomBrightness RandomCrop"


@called(f"{_PICTURES} RandomHeight RandomWidth", "seed")
def _seed(era: Era, value: Any, config: Config) -> bool:
    """A generator is made of it, from 2.7 on by `RandomGenerator._maybe_init`."""
    if not era.at_least(2, 7):
        return not isinstance(value, list) or None not in value
    return value is None or all(isinstance(each, (int, float)) for each in leaves(value))


@called("RandomContrast", "factor")
def _contrasted(era: Era, value: Any, config: Config) -> bool:
    """`stateless_random_contrast` takes bounds that differ, which a call hands it in any case, but for that of 2.7 to 2.11."""
    if (2, 7) <= era.level < (2, 12):
        return True
    lower, upper = (value[0], value[1]) if isinstance(value, list) else (value, value)
    return bool(lower + upper > 0)


@called("CategoryEncoding", "num_tokens")
def _num_tokens(era: Era, value: Any, config: Config) -> bool:
    """`CategoryEncoding.call` compares integers with it."""
    return not isinstance(value, float)
