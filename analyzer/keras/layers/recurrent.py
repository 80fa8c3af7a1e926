"""Recurrent layers and cells. A layer such as LSTM keeps its weights in `cell`."""

from __future__ import annotations

from typing import Any

from analyzer.keras.building import build_from_config
from analyzer.keras.calls import Call, Function
from analyzer.keras.dtypes import computed, kept
from analyzer.keras.layers.convolution import sizes_left, window
from analyzer.keras.model import UNKNOWN, BuildError, Dim, Layer, Shape, Tensor, flatten, shape_text

_GATES = {"SimpleRNN": 1, "GRU": 3, "LSTM": 4, "CuDNNGRU": 3, "CuDNNLSTM": 4, "PeepholeLSTM": 4}
_LAYERS = ("SimpleRNN", "GRU", "LSTM", "CuDNNGRU", "CuDNNLSTM")


def _cell_weights(call: Call, cell: Layer, kind: str, features: Dim) -> int:
    """kernel, recurrent_kernel and bias of a cell, added when the layer builds. Returns the units."""
    units, gates = int(cell.get("units")), _GATES[kind]
    wide = units * gates
    if call.building and not cell.built:
        cell.add("kernel", (UNKNOWN if features is None else features, wide))
        cell.add("recurrent_kernel", (units, wide))
        if kind.startswith("CuDNN"):
            cell.add("bias", (2 * wide,))
        elif cell.get("use_bias", True):
            after = kind == "GRU" and cell.get("reset_after", cell.symbol is not None and call.era.at_least(2))
            cell.add("bias", (2, wide) if after else (wide,))
        for gate in ("input", "forget", "output") if kind == "PeepholeLSTM" else ():
            cell.add(f"{gate}_gate_peephole_weights", (units,))
        cell.built = True
    return units


def _result(call: Call, units: Dim, states: list[Dim]) -> Any:
    shape = call.shape
    batch: Dim = shape[0] if shape is not None else UNKNOWN
    time: Dim = shape[1] if shape is not None else UNKNOWN
    output: Shape = (batch, time, units) if call.get("return_sequences", False) else (batch, units)
    if call.get("time_major", False):
        output = None
    if call.get("return_state", False):
        return [output, *((batch, size) for size in states)]
    return output


def _stateful(call: Call) -> None:
    """`RNN.build`: a stateful layer needs the batch size, and up to Keras 3.7 zeros of the dtype that variables have."""
    shape = call.shape
    if not call.get("stateful", False) or shape is None:
        return
    if shape[0] is None and not call.get("time_major", False):
        raise BuildError(
            "is stateful, but the batch size is not known",
            "When using `stateful=True` in a RNN, the batch size must be static.",
        )
    if not call.era.is_3 or call.era.at_least(3, 8):
        return
    cell = call.layer.parts.get("cell", call.layer)
    made, states = computed(cell), kept(call.layer)
    if made and made != states and cell.kind != "StackedRNNCells":
        raise BuildError(
            f"keeps states of {states}, which its cell makes as {made}",
            f"initial_value: Tensor conversion requested dtype {states} for Tensor with dtype {made}",
        )


def _features(call: Call) -> int:
    """The last dimension, of which no Keras can make a kernel where it is undefined. Raises BuildError."""
    features = call.dim(-1)
    if features is not None:
        return features
    if not call.building:
        return UNKNOWN
    return call.defined(-1, "The last dimension of the inputs to a recurrent layer")


def _unrolled(call: Call) -> None:
    """`backend.rnn`: steps are laid out one by one where their number is known. Raises BuildError."""
    shape = call.shape
    if call.era.is_3 or not call.get("unroll", False) or shape is None or call.get("time_major", False):
        return
    if shape[1] is None:
        raise BuildError(
            "is unrolled, but the number of time steps is not known",
            "Unrolling requires a fixed number of timesteps.",
        )


def _first_only(call: Call) -> None:
    """Initial states come as further inputs: what counts is the sequence."""
    if isinstance(call.inputs, list) and call.inputs:
        call.inputs = call.inputs[0]


def _initial_states(call: Call) -> list[Any]:
    """`_standardize_args`: states that a call of Keras 2 gives, among its inputs or by name."""
    if call.era.is_3 or not call.building:
        return []
    given = call.inputs[1:] if isinstance(call.inputs, list) else flatten(call.kwargs.get("initial_state"))
    return given if all(isinstance(each, Tensor) for each in given) else []


def _fitting(call: Call, initial: list[Tensor], count: int) -> None:
    """`RNN._validate_state_spec`, when the layer is built. Raises BuildError."""
    units = call.size("units")
    shapes = [each.shape for each in initial]
    fit = len(shapes) == count and all(
        shape is None or (len(shape) == 2 and shape[1] in (None, UNKNOWN, units)) for shape in shapes
    )
    if not fit:
        raise BuildError(
            f"is given {', '.join(map(shape_text, shapes))} as initial states, of which it takes {count} of {units}",
            f"An `initial_state` was passed that is not compatible with `cell.state_size`. Received {shapes}",
        )


def recurrent(kind: str) -> Function:
    """SimpleRNN, GRU, LSTM: built from the last dimension of sequences."""

    def build(call: Call) -> Any:
        initial = _initial_states(call)
        _first_only(call)
        call.ndim(3)
        _stateful(call)
        features = _features(call)
        if initial and not kind.startswith("CuDNN"):
            _fitting(call, initial, 2 if kind == "LSTM" else 1)
        _unrolled(call)
        if not call.era.is_3:  # where `input_spec` of Keras 3 says the rank alone
            call.pin(-1, features)
        cell = call.layer.parts.get("cell")
        if cell is None:
            cell = Layer(f"{kind}Cell", "", call.layer.config, call.layer.where, call.layer.symbol, trainable=True)
            if kind.startswith("CuDNN"):
                cell = call.layer
            else:
                call.layer.parts["cell"] = cell
        units = _cell_weights(call, cell, kind, features)
        return _result(call, units, [units, units] if kind.endswith("LSTM") else [units])

    return build


def cell(kind: str) -> Function:
    """A cell that is called on one step."""

    def build(call: Call) -> Shape:
        _first_only(call)
        units = _cell_weights(call, call.layer, kind, call.dim(-1))
        batch: Dim = call.shape[0] if call.shape is not None else UNKNOWN
        return (batch, units)

    return build


def rnn(call: Call) -> Any:
    """RNN with a cell of its own."""
    _first_only(call)
    inner = call.layer.parts.get("cell")
    loose = call.era.is_3 and call.shape is not None and len(call.shape) != 3  # Keras 3: `self.input_spec = None`
    if inner is not None and _plain(inner) and not loose:
        call.ndim(3)
    if inner is None or inner.symbol is None or (loose and not _plain(inner)):
        call.layer.known = False
        call.open = True
        return None
    _stateful(call)
    if inner.kind in ("StackedRNNCells", "LSTMCell", "GRUCell", "SimpleRNNCell"):
        _unrolled(call)
    if not call.era.is_3 and call.era.at_least(2, 1):
        _one_dtype(call, inner)
    units = _step(
        call, inner, _of_step(call, loose=loose) if _plain(inner) and not _built(call, inner) else call.dim(-1)
    )
    if call.get("return_state", False):
        _states_of_cells(call, inner)
    if units is None or (call.get("return_state", False) and not (call.era.is_3 and _plain(inner))):
        call.open = True
        return None
    return _result(call, units, _states(inner))


def _one_dtype(call: Call, inner: Layer) -> None:
    """States are of the dtype that the layer casts sequences to; a cell casts its input only. Raises BuildError."""
    own = computed(call.layer)
    for each in inner.cells if inner.kind == "StackedRNNCells" else [inner]:
        if _plain(each) and own and computed(each) not in ("", own):
            raise BuildError(
                f"computes in {own}, its cell in {computed(each)}",
                f"Input 'b' of 'MatMul' Op has type {computed(each)} that does not match type {own} of argument 'a'.",
            )


def _built(call: Call, inner: Layer) -> bool:
    """Whether all cells have their variables already: of Keras 3 from shapes of their own."""
    cells = inner.cells if inner.kind == "StackedRNNCells" else [inner]
    for each in cells:
        build_from_config(call.d, each)
    return call.era.is_3 and all(each.built for each in cells)


def _of_step(call: Call, *, loose: bool) -> int:
    """The last dimension of one step, which of an input of two dimensions is the batch (`RNN.build` of Keras 3)."""
    if loose and call.shape is not None and len(call.shape) == 2 and call.building:
        return call.defined(0, "The last dimension of one step")
    return _features(call)


def _states(cell: Layer) -> list[Dim]:
    """The sizes of a cell's states (`state_size`)."""
    if cell.kind == "StackedRNNCells":
        return [size for each in cell.cells for size in _states(each)]
    units = int(cell.get("units"))
    return [units, units] if cell.kind == "LSTMCell" else [units]


def _states_of_cells(call: Call, inner: Layer) -> None:
    """`RNN.compute_output_shape` of Keras 3.0 to 3.2 takes each cell's state for one tensor, and an LSTM has two."""
    if call.era.is_3 and not call.era.at_least(3, 3) and any(cell.kind == "LSTMCell" for cell in inner.cells):
        raise BuildError(
            "returns the states of several cells, of which an LSTMCell has two: Keras 3.0 to 3.2 expect one of each",
            "Cannot map function to unknown object None",
        )


def _plain(inner: Layer) -> bool:
    return inner.symbol is not None and (inner.kind.removesuffix("Cell") in _GATES or inner.kind == "StackedRNNCells")


def _step(call: Call, inner: Layer, features: Dim) -> Dim:
    """Build a cell; the number of its outputs, None where unknown."""
    if inner.kind == "StackedRNNCells":
        size: Dim = features
        for each in inner.cells:
            size = _step(call, each, size)
        inner.built = True
        return size
    kind = inner.kind.removesuffix("Cell")
    if kind not in _GATES or inner.symbol is None:
        inner.known = False
        return None
    return _cell_weights(call, inner, kind, features)


def _windows(call: Call, space: tuple[Dim, ...], kernel: tuple[int, ...]) -> list[Dim]:
    """The sizes that a step's convolution leaves. Raises BuildError."""
    if call.era.is_3 and None in space:
        raise BuildError(
            f"takes inputs of known size, but the input is {shape_text(call.shape)}",
            "ConvLSTM layers only support static input shapes for the spatial dimension.",
        )
    return sizes_left(call, space, kernel)


def conv_lstm(rank: int) -> Function:
    """`ConvLSTMCell.build`: kernel (window, channels, 4 filters), recurrent_kernel (window, filters, 4 filters)."""

    def build(call: Call) -> Any:
        _first_only(call)
        call.ndim(rank + 3)
        _stateful(call)
        shape = call.shape
        first = (call.get("data_format") or "channels_last") == "channels_first"
        channels = call.defined(2 if first else -1, "The channel dimension of the inputs")
        filters, kernel = call.size("filters"), window(call.get("kernel_size"), rank)
        inner = call.layer.parts.setdefault(
            "cell", Layer(f"ConvLSTM{rank}DCell", "", call.layer.config, call.layer.where, call.layer.symbol)
        )
        if call.building and not inner.built:
            inner.add("kernel", (*kernel, channels, 4 * filters))
            inner.add("recurrent_kernel", (*kernel, filters, 4 * filters))
            if call.get("use_bias", True):
                inner.add("bias", (4 * filters,))
            inner.built = True
        if shape is None:
            call.open = bool(call.get("return_state", False))
            return None
        out = _windows(call, shape[3:] if first else shape[2:-1], kernel)
        step: tuple[Dim, ...] = (filters, *out) if first else (*out, filters)
        output = (shape[0], shape[1], *step) if call.get("return_sequences", False) else (shape[0], *step)
        return [output, (shape[0], *step), (shape[0], *step)] if call.get("return_state", False) else output

    return build


FUNCTIONS: dict[str, Function] = {
    **{kind: recurrent(kind) for kind in _LAYERS},
    **{f"{kind}Cell": cell(kind) for kind in ("SimpleRNN", "GRU", "LSTM", "PeepholeLSTM")},
    "RNN": rnn,
    **{f"ConvLSTM{rank}D": conv_lstm(rank) for rank in (1, 2, 3)},
}
