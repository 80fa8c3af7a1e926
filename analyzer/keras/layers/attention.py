"""Attention layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from analyzer.keras.broadcast import Dims, broadcast, product
from analyzer.keras.calls import Call, Function
from analyzer.keras.encoded import type_name
from analyzer.keras.model import UNKNOWN, BuildError, Dim, Layer, Opaque, Shape, Tensor, flatten, shape_text
from analyzer.keras.values.registry import is_number


def _given(call: Call) -> list[Shape]:
    """Shapes of query, value and key, however the call passes them."""
    shapes = [each.shape if isinstance(each, Tensor) else None for each in flatten(call.inputs)]
    for extra in call.kwargs.get("*") or []:
        if isinstance(extra, Tensor):
            shapes.append(extra.shape)
    for key in ("value", "key"):
        if isinstance(call.kwargs.get(key), Tensor):
            shapes.append(call.kwargs[key].shape)
    return shapes


def _last(shape: Shape) -> int:
    dim = shape[-1] if shape else UNKNOWN
    return UNKNOWN if dim is None else dim


def _from_config(call: Call, name: str) -> Shape:
    shape = call.layer.config.get(f"{name}_shape")
    plain = isinstance(shape, list) and not any(isinstance(dim, (str, float, list, dict)) for dim in shape)
    if shape is not None and not plain and not isinstance(shape, dict) and not call.era.is_3 and call.building:
        error = "Dimension value must be integer or None or have an __index__ method"
        raise BuildError(f"has {name}_shape={shape!r}", error, "invalid-argument")
    return tuple(shape) if isinstance(shape, list) and shape else None


def _tensors_only(call: Call) -> None:
    """What a call of Keras 2 attends to, and what it was built for. Raises BuildError."""
    for key in ("value", "key"):
        given = call.kwargs.get(key)
        if isinstance(given, (int, float, str, list)) and (key == "value" or given is not None):
            raise BuildError(f"attends to {key}={given!r}"[:200], "tuple index out of range", "invalid-graph")
    shapes = [call.layer.config.get(f"{name}_shape") for name in ("query", "value", "key")]
    empty = next((shape for shape in shapes if isinstance(shape, (list, dict)) and not shape), None)
    if empty is not None and None not in shapes and call.building:
        raise BuildError(
            "was built for a tensor without dimensions",
            "unsupported operand type(s) for *=: 'int' and 'NoneType'",
            "invalid-argument",
        )


def multi_head_attention(call: Call) -> Any:
    """`MultiHeadAttention._build_from_signature`: four EinsumDense layers."""
    if call.era.is_3 and call.building and isinstance(call.kwargs.get("value"), list):
        raise BuildError(
            "is given its value in a node of Keras 2's form, which Keras 3 takes for no tensor",
            "MultiHeadAttention.build() missing 1 required positional argument: 'value_shape'",
        )
    _dropout(call)
    if not call.era.is_3:
        _tensors_only(call)
    shapes = _given(call)
    _together(call, shapes)
    query = _from_config(call, "query") or (shapes[0] if shapes else None)
    value = _from_config(call, "value") or (shapes[1] if len(shapes) > 1 else None)
    key = _from_config(call, "key") or (shapes[2] if len(shapes) > 2 else value)
    if not call.era.is_3:
        _alike(call, (query, value, key), shapes)
        odd = next((key for key in ("num_heads", "key_dim") if not isinstance(call.get(key), int)), None)
        if odd is not None and call.building:
            error = "Dimension value must be integer or None or have an __index__ method"
            raise BuildError(f"has {odd}={call.get(odd)!r}", error, "invalid-argument")
    heads, key_dim = int(call.get("num_heads")), int(call.get("key_dim"))
    value_dim = int(call.get("value_dim") or key_dim)
    given = call.get("output_shape") or None
    width_of_query = _last(query)
    if not call.era.is_3:
        query, value, key = _called_on(shapes, (query, value, key))
    out = [given] if isinstance(given, int) else list(given) if given else [width_of_query]
    if call.building:
        for name, source, width in (("query", query, key_dim), ("key", key, key_dim), ("value", value, value_dim)):
            _projection(call, f"_{name}_dense", name, (_last(source), heads, width), (heads, width))
            if name == "key" and call.get("use_gate", False):
                _projection(call, "_gate_dense", "gate", (_last(query), heads, value_dim), (heads, value_dim))
        _projection(call, "_output_dense", "attention_output", (heads, value_dim, *out), tuple(out))
    call.open = _has_scores(call, 3, 3)
    return None if query is None else (*query[:-1], *out)


def _together(call: Call, shapes: list[Shape]) -> None:
    """What `MultiHeadAttention.compute_output_shape` of Keras 3 compares, and what it adds to a tuple. Raises BuildError."""
    if not call.era.is_3:
        return
    if not call.era.at_least(3, 7) and call.get("output_shape"):
        raise BuildError(
            f"has output_shape={call.get('output_shape')!r}, which Keras {call.era.version} adds to a tuple as it is",
            'can only concatenate tuple (not "list") to tuple',
        )
    if "value" in call.kwargs and call.kwargs.get("*"):
        raise BuildError("is given its value twice", "multiple values for argument 'value'")
    query, value, key = (*shapes, None, None, None)[:3]
    if value is None:
        return
    if not call.era.at_least(3, 7) and query and query[-1] != value[-1] and UNKNOWN not in (query[-1], value[-1]):
        raise BuildError(
            f"takes queries of {query[-1]} and values of {value[-1]}",
            "The last dimension of `query_shape` and `value_shape` must be equal",
        )
    if key is not None and UNKNOWN not in (*value, *key) and value[1:-1] != key[1:-1]:
        raise BuildError(
            f"takes values of {value} with keys of {key}",
            "All dimensions of `value` and `key`, except the last one, must be equal.",
        )


def _called_on(given: list[Shape], built: tuple[Shape, Shape, Shape]) -> tuple[Shape, Shape, Shape]:
    """What the kernels of Keras 2 are made for: the tensors of the first call, as far as they are known."""
    query, value, key = (*given, None, None, None)[:3]
    return query or built[0], value or built[1], (key if len(given) > 2 else value) or built[2]


def _alike(call: Call, built: tuple[Shape, ...], given: list[Shape]) -> None:
    """The einsums of Keras 2, whose equations name each dimension: shapes that it is called on. Raises BuildError.

    Of those that it was built for they have the rank alone: the layers within are built when they are called.
    """
    query, value, key = (*given, None, None, None)[:3]
    actual = (query, value, key if len(given) > 2 else value)
    known = [shape for shape in (*built, *actual) if shape is not None]
    if len({len(shape) for shape in known}) > 1:
        _mismatch(call, known)
    if any(shape is None for shape in actual):
        return
    key = actual[2]
    assert query is not None and value is not None and key is not None
    axes = call.get("attention_axes")
    attended = list(range(1, len(query) - 1)) if axes is None else axes if isinstance(axes, list) else [axes]
    for axis in range(len(query) - 1):
        if not _equal(key[axis], value[axis]) or (axis not in attended and not _equal(query[axis], key[axis])):
            _mismatch(call, [query, value, key])


def _equal(left: Dim, right: Dim) -> bool:
    return left == right or left in (None, UNKNOWN) or right in (None, UNKNOWN)


def _mismatch(call: Call, shapes: list[tuple[Dim, ...]]) -> None:
    raise BuildError(
        f"attends over {', '.join(map(shape_text, shapes))}, which do not go together",
        f"Exception encountered when calling layer '{call.layer.name}': Dimensions must be equal",
    )


def _dropout(call: Call) -> None:
    """The `Dropout` that attention makes itself when it is built, whatever its own constructor took. Raises BuildError."""
    rate = call.get("dropout", 0.0)
    if call.building and call.era.at_least(2, 5) and is_number(rate) and not 0 <= rate <= 1:
        raise BuildError(
            f"has dropout={rate!r}",
            f"Invalid value received for argument `rate`. Expected a float value between 0 and 1. Received: rate={rate}",
        )


def grouped_query_attention(call: Call) -> Any:
    """`GroupedQueryAttention.build`: keys and values of fewer heads, a gate where asked for."""
    _dropout(call)
    shapes = _given(call)
    query = shapes[0] if shapes else None
    value = shapes[1] if len(shapes) > 1 else None
    key = shapes[2] if len(shapes) > 2 else value
    size, heads = int(call.get("head_dim")), int(call.get("num_query_heads"))
    shared, features = int(call.get("num_key_value_heads")), _last(query)
    if call.building:
        _projection(call, "_query_dense", "query", (features, heads, size), (heads, size))
        _projection(call, "_key_dense", "key", (_last(key), shared, size), (shared, size))
        if call.get("use_gate", False):
            _projection(call, "_gate_dense", "gate", (features, heads, size), (heads, size))
        _projection(call, "_value_dense", "value", (_last(value), shared, size), (shared, size))
        _projection(call, "_output_dense", "attention_output", (heads, size, features), (features,))
    call.open = _has_scores(call, 3, 15)
    return query


def _has_scores(call: Call, *since: int) -> bool:
    """Whether scores may come out too: Keras 3 goes by `compute_output_spec`, which classes got at some release, else by one shape."""
    return not call.era.is_3 or call.era.at_least(*since)


def _projection(call: Call, attribute: str, name: str, kernel: Shape, bias: Shape) -> None:
    drawn = {key: call.get(key) for key in ("kernel_initializer", "bias_initializer")}
    part = Layer("EinsumDense", name, drawn, f"{call.layer.where}/{name}", call.layer.symbol, built=True)
    part.add("kernel", kernel)
    if call.get("use_bias", True):
        part.add("bias", bias)
    call.layer.parts[attribute] = part


def attention(call: Call) -> Any:
    """`Attention.build`: scale, and concat_score_weight in that mode."""
    _listed(call)
    if call.get("use_scale", False):
        call.add("scale", ())
    concat = call.get("score_mode", "dot") == "concat"
    if concat:
        call.add("concat_score_weight", ())
    return _attended(call, _added if concat else _multiplied)


def additive_attention(call: Call) -> Any:
    """`AdditiveAttention.build`: scale of the size of the query."""
    _listed(call)
    shapes = _given(call)
    if call.get("use_scale", True):
        call.add("scale", (_last(shapes[0] if shapes else None),))
    return _attended(call, _added)


def _listed(call: Call) -> None:
    """`BaseDenseAttention._validate_call_args` of Keras 2, `Attention._validate_inputs` of Keras 3. Raises BuildError."""
    if isinstance(call.inputs, list) and len(call.inputs) in (2, 3):
        odd = [each for each in call.inputs if not isinstance(each, (Tensor, Opaque, dict, list))]
        if odd and call.era.is_3:
            error = f"{type_name(odd[0])!r} object has no attribute 'shape'"
            raise BuildError(f"attends with {odd[0]!r} among its inputs", error)
        return
    count = len(call.inputs) if isinstance(call.inputs, list) else 1
    raise BuildError(
        f"attends with {count} input{'s' if count > 1 else ''}, where it takes a query, a value and perhaps a key",
        f"{call.layer.kind} layer must be called on a list of inputs, namely [query, value] or [query, value, key].",
    )


def _attended(call: Call, scores: Callable[[Dims, Dims], Dims]) -> Any:
    shapes = _given(call)
    call.open = _has_scores(call, 3, 8)
    query, value = (*shapes, None, None)[:2]
    key = shapes[2] if len(shapes) > 2 else value
    if call.era.is_3 and not call.era.at_least(3, 1):
        return query
    if query is None or value is None:
        return None
    if call.era.is_3:
        return (*query[:-1], value[-1])
    return None if key is None else product(scores(query, key), value)


def _multiplied(query: Dims, key: Dims) -> Dims:
    """Scores of `Attention`: `tf.matmul(query, key, transpose_b=True)`."""
    return product(query, (*key[:-2], key[-1], key[-2])) if len(key) > 1 else product(query, key)


def _added(query: Dims, key: Dims) -> Dims:
    """Scores of `AdditiveAttention`: sums over the last axis of each query's and each key's sum."""
    if min(len(query), len(key)) < 2:
        return product(query, key)
    return broadcast((*query[:-1], 1, query[-1]), (*key[:-2], 1, *key[-2:]))[:-1]


FUNCTIONS: dict[str, Function] = {
    "MultiHeadAttention": multi_head_attention,
    "GroupedQueryAttention": grouped_query_attention,
    "Attention": attention,
    "AdditiveAttention": additive_attention,
}
