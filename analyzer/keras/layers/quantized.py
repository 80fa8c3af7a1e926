"""Weights of layers that can be quantized or have LoRA in Keras 3: which there are, in which order they are stored and read.

After `quantized_build`, `enable_lora` and `load_own_variables` of core/dense.py, core/einsum_dense.py, core/embedding.py.
"""

from __future__ import annotations

from collections.abc import Mapping

from analyzer.keras.calls import Call
from analyzer.keras.model import UNKNOWN, Dim, Shape, Weight
from analyzer.records import NamedTuple

_FLOAT8 = ("inputs", "kernel", "outputs_grad")
_CALIBRATED = ("gptq", "awq")  # how many weights they have is known, not how they are packed


class Main(NamedTuple):
    """The weight that is quantized: its shape, that of its scale (int8), its low rank factors, and what int4 makes of it."""

    name: str
    shape: Shape
    scale: Shape
    factors: tuple[Shape, Shape]
    packed: Shape = None
    groups: Shape = None  # of the scale with a block size, the last one standing for the grouped dimension
    grouped: Dim = UNKNOWN


def variables(call: Call, main: Main, bias: Shape | None, *, has_bias: bool) -> None:
    """`add_weight` for the main weight, the bias and what belongs to them."""
    if not call.building:
        return
    mode, rank = _mode(call), call.get("lora_rank")
    if not mode and not rank and not isinstance(call.get("quantization_config"), Mapping):
        call.add(main.name, main.shape)
        if has_bias:
            call.add("bias", bias)
        return
    if not _modelled(call, mode, rank):
        call.layer.known = False
        return
    kind, _, block = mode.partition("/")
    biases = [Weight("bias", bias)] if has_bias else []
    if kind in _CALIBRATED:
        stored = [Weight(name, None, trainable=False) for name in (main.name, *_calibrated(main, kind))]
        call.layer.own += [*biases, *stored]
        call.layer.reads = [*biases, *stored]
        return
    extra = _int4(call, main, block) if kind == "int4" else _plain(call, main, kind)
    packed = main.packed if kind == "int4" else main.shape
    fixed = bool(rank) or kind in ("int8", "int4")
    first = Weight(main.name, packed, trainable=not fixed)
    factors = [
        Weight(f"lora_{main.name}_{each}", shape) for each, shape in zip("ab", main.factors, strict=True) if rank
    ]
    early = extra if kind == "float8" else []
    call.layer.own += [*early, first, *biases, *factors, *(extra if not early else [])]
    if call.era.at_least(3, 2) or not mode:
        call.layer.reads = [first, *biases, *extra]
    call.layer.counted = not rank


def _mode(call: Call) -> str:
    """`quantization_mode` of the dtype policy: `int8`, `int4/128`; empty for layers that have none."""
    mode, source, _ = call.layer.policy.partition("_from_")
    return mode if source and not call.layer.kind.startswith("Conv") else ""


def _modelled(call: Call, mode: str, rank: object) -> bool:
    """Kinds of quantization with settings of their own are not."""
    config = call.get("quantization_config")
    custom = isinstance(config, Mapping) and _setting(config, "weight_quantizer") is not None
    kind = mode.partition("/")[0]
    early = bool(mode and rank) and not call.era.at_least(3, 6)
    embedding = call.layer.kind != "Dense" and call.layer.kind != "EinsumDense"
    unready = embedding and (kind in ("float8", *_CALIBRATED) or (kind == "int4" and not call.era.at_least(3, 12)))
    return (
        kind in ("", "int8", "float8", "int4", *_CALIBRATED)
        and not custom
        and not early
        and not unready
        and not (kind in ("float8", *_CALIBRATED) and rank)
    )


def _setting(config: Mapping[str, object], key: str) -> object:
    inner = config.get("config")
    return inner.get(key) if isinstance(inner, Mapping) else None


def _plain(call: Call, main: Main, kind: str) -> list[Weight]:
    if kind == "float8":
        history = (UNKNOWN,)
        return [
            Weight(f"{each}_{part}", shape)
            for each in _FLOAT8
            for part, shape in (("scale", ()), ("amax_history", history))
        ]
    scaled = kind == "int8" and (main.name == "kernel" or call.era.at_least(3, 2))
    return [Weight(f"{main.name}_scale", main.scale, trainable=False)] if scaled else []


def _calibrated(main: Main, kind: str) -> tuple[str, ...]:
    """`_gptq_build` and `_awq_build`, without the kernel."""
    scales = ("awq_scales",) if kind == "awq" else ()
    return (f"{main.name}_scale", f"{main.name}_zero", *scales, "g_idx")


def _int4(call: Call, main: Main, block: str) -> list[Weight]:
    """From 3.14 on by groups: a scale and a zero for each, and an index of the groups. `get_block_size_for_layer` asks the
    configuration before the policy, and takes one that says nothing of blocks for one of an older Keras, which has none."""
    config = call.get("quantization_config")
    size: object = int(block) if block.lstrip("-").isdigit() else None
    if isinstance(config, Mapping) and config.get("class_name") == "Int4QuantizationConfig":
        size = _setting(config, "block_size")
    if not isinstance(size, int) or size < 1 or not call.era.at_least(3, 14):
        return [Weight(f"{main.name}_scale", main.scale, trainable=False)]
    groups: Shape = None
    if main.groups is not None:
        whole = main.grouped
        count: Dim = UNKNOWN if whole in (None, UNKNOWN) else -(-whole // size)
        groups = tuple(count if dim is None else dim for dim in main.groups)
    return [
        Weight(f"{main.name}_scale", groups, trainable=False),
        Weight(f"{main.name}_zero", groups, trainable=False),
        Weight("g_idx", (main.grouped,) if main.groups is not None else None, trainable=False),
    ]
