"""Device pins by kind and place (catalogue rows D04 to D06): every node, only what restores, only constants, functions, initialisers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bases import FROZEN, RESOURCE, SAVER, TABLE, TABLE_V1, V1, V2
from recipe import graph_edit

GPU, GPU_FULL, GPU_ONE = "/gpu:0", "/job:localhost/replica:0/task:0/device:GPU:0", "/device:GPU:1"
WORKER, SERVER, TPU = (
    "/job:worker/replica:0/task:1",
    "/job:ps/replica:0/task:0/device:CPU:0",
    "/job:tpu_worker/task:0/device:TPU:0",
)
LOCAL_TPU, OTHER_CPU, BAD = "/device:TPU:0", "/device:CPU:3", "the second gpu"


def is_saver(node: Any) -> bool:
    return node.op in ("RestoreV2", "SaveV2", "Assign", "AssignVariableOp") and "save" in node.name


def is_constant(node: Any) -> bool:
    return node.op == "Const"


def is_compute(node: Any) -> bool:
    return node.op in ("MatMul", "Conv2D")


def is_variable(node: Any) -> bool:
    return node.op in ("VariableV2", "VarHandleOp")


def is_table(node: Any) -> bool:
    return "Table" in node.op


def everything(node: Any) -> bool:
    return True


def pin(name: str, device: str, chosen: Callable[[Any], bool], breaks: str | None, *bases: str) -> None:
    """Register: the chosen nodes of the graph get that device."""

    @graph_edit(name, breaks, *bases)
    def edit(graph: Any) -> None:
        nodes = [node for node in graph.node if chosen(node)]
        if not nodes:
            raise LookupError("nothing to pin")
        for node in nodes:
            node.device = device


def pin_functions(name: str, device: str, kind: str, breaks: str | None, *bases: str) -> None:
    """Register: every node of the functions whose name holds `kind` gets that device."""

    @graph_edit(name, breaks, *bases)
    def edit(graph: Any) -> None:
        functions = [function for function in graph.library.function if kind in function.signature.name]
        if not functions:
            raise LookupError("no such function")
        for function in functions:
            for node in function.node_def:
                node.device = device


pin("d_gpu_all", GPU, everything, "D04", V1, RESOURCE, SAVER, FROZEN, V2)
pin("d_gpu_full_all", GPU_FULL, everything, "D04", V1, TABLE_V1)
pin("d_gpu1_all", GPU_ONE, everything, "D06", V1)
pin("d_worker_all", WORKER, everything, "D05", V1, RESOURCE, SAVER, FROZEN, V2)
pin("d_ps_variables", SERVER, is_variable, "D05", V1, RESOURCE)
pin("d_tpu_all", TPU, everything, "D05", V1)
pin("d_local_tpu_compute", LOCAL_TPU, is_compute, "D04", V1, FROZEN)
pin("d_bad_all", BAD, everything, "D04", V1, FROZEN, V2)
pin("d_bad_compute", BAD, is_compute, "D04", V1)
pin("d_gpu_compute", GPU, is_compute, "D04", V1, RESOURCE)
pin("d_gpu_saver", GPU, is_saver, "D04", V1, RESOURCE)
pin("d_gpu_constants", GPU, is_constant, "D04", V1)
pin("d_gpu_variables", GPU, is_variable, "D04", V1, RESOURCE)
pin("d_worker_compute", WORKER, is_compute, "D05", V1)
pin("d_worker_saver", WORKER, is_saver, "D05", V1)
pin("d_worker_constants", WORKER, is_constant, "D05", V1)
pin("d_cpu3_compute", OTHER_CPU, is_compute, "D06", V1, FROZEN)
pin("d_cpu3_saver", OTHER_CPU, is_saver, "D06", RESOURCE)
pin("d_table_gpu", GPU, is_table, "D04", TABLE_V1)
pin("d_table_worker", WORKER, is_table, "D05", TABLE_V1)
pin("x_cpu0_all", "/cpu:0", everything, None, V1, SAVER, V2)
pin("x_task0_all", "/job:localhost/replica:0/task:0", everything, None, V1)
pin("x_any_cpu", "/device:CPU:*", everything, None, V1)

pin_functions("d_fn_gpu_all", GPU, "", "D04", V2, TABLE)
pin_functions("d_fn_worker_all", WORKER, "", "D05", V2, TABLE)
pin_functions("d_fn_tpu_all", LOCAL_TPU, "", "D04", V2)
pin_functions("d_fn_bad_all", BAD, "", "D04", V2, TABLE)
pin_functions("d_fn_worker_restore", WORKER, "traced_restore", "D05", V2)
pin_functions("d_fn_gpu_restore", GPU, "traced_restore", "D04", V2)
pin_functions("d_fn_bad_restore", BAD, "traced_restore", "D04", V2)
pin_functions("d_fn_worker_save", WORKER, "traced_save", "D05", V2)
pin_functions("d_fn_gpu_init", GPU, "initializer", "D04", TABLE)
pin_functions("d_fn_worker_init", WORKER, "initializer", "D05", TABLE)
pin_functions("d_fn_worker_create", WORKER, "creator", "D05", TABLE)
pin_functions("d_fn_bad_init", BAD, "initializer", "D04", TABLE)
pin_functions("d_fn_cpu3_init", OTHER_CPU, "initializer", "D06", TABLE)
