"""`tf.saved_model.load(path)`: what it visits.

Source: python/saved_model/load.py `load_partial` and `Loader`, loader_impl.py `parse_saved_model_with_debug_info`,
function_deserialization.py `load_function_def_library`, load_v1_in_v2.py `_EagerSavedModelLoader.load`.

With one meta graph that has an object graph the top-level graph is never imported: every function of the library is, then
the objects are made, the checkpoint restored, and the initialisers of resources run. Anything else is loaded as a
version 1 model: functions, then the whole graph, the saver's restore, the init op, and each signature is lifted. TensorFlow
1.15 does all this in graph mode: nothing is restored or run by the load itself, which reads the object graph from the checkpoint and no value.
"""

from __future__ import annotations

from analyzer.artifact import Artifact
from analyzer.findings import Check, Location, Phase
from analyzer.graphs.initial import initializer_functions, lifted_handles, running
from analyzer.graphs.restored import node_keys, object_keys
from analyzer.loaders import Visits
from analyzer.loaders.graphs import FUNCTION_IMPORT, GRAPH_IMPORT
from analyzer.parts.checkpoint import OBJECT_GRAPH_KEY
from analyzer.target import Target

_V2 = {
    Check.ANY,
    Check.OBJECTS,
    Check.KERAS_IMPORTED,
    Check.RESTORE_OBJECTS,
    Check.ASSIGNED,
    Check.TENSOR_BYTES,
    Check.VAR_MAPS,
    Check.INITIALIZER,
    Check.KERNEL,
    Check.DEVICE_NAME,
    Check.OTHER_PROCESS,
}
_V1 = {
    Check.ANY,
    Check.SAVER,
    Check.SIGNATURE,
    Check.COLLECTIONS,
    Check.LIFT,
    Check.RESTORE_NAMES,
    Check.TENSOR_BYTES,
    Check.VAR_MAPS,
    Check.INITIALIZER,
    Check.KERNEL,
    Check.DEVICE_NAME,
    Check.OTHER_PROCESS,
}
_TOP_LEVEL = (GRAPH_IMPORT - {Check.ADD_LIBRARY, Check.GRADIENTS}) | {Check.FUNCTION_LIBRARY}
"""load_v1_in_v2.py `_EagerSavedModelLoader.load`: the library is replaced by functions of new names, without gradients."""


def plan(artifact: Artifact, target: Target) -> Visits:
    """What the loader visits in this artifact."""
    model = artifact.saved_model
    if model is None or len(model.meta_graphs) != 1:
        return lambda where, phase, check: (
            where.area == "file" and check in (Check.ANY, Check.TAGS_DEFAULT, Check.DEBUG_INFO)
        )
    if model.meta_graphs[0].objects is not None:
        return _object_graph(artifact, target)
    return _version_1(artifact, target)


_EAGER = frozenset({Check.INITIALIZER, Check.KERNEL, Check.DEVICE_NAME, Check.OTHER_PROCESS})


def _object_graph(artifact: Artifact, target: Target) -> Visits:
    running = initializer_functions(artifact.meta_graphs[0])
    runs = target.at_least("2.0")
    keys = object_keys(artifact, target) if runs else frozenset({OBJECT_GRAPH_KEY})
    debug_info = target.at_least("2.2")  # `parse_saved_model_with_debug_info` came

    def visits(where: Location, phase: Phase, check: Check) -> bool:
        if check in _EAGER and not runs:
            return False
        if check is Check.DEBUG_INFO:
            return debug_info
        if where.area == "function":
            if phase in (Phase.PLACE, Phase.RUN, Phase.RESTORE):
                return where.owner in running and check in _V2
            return check in FUNCTION_IMPORT
        if where.area == "entry":
            return check is Check.VAR_MAPS or (check in _V2 and (keys is None or where.owner in keys))
        if where.area in ("graph", "signature", "collection", "saver_def", "init_op"):
            return False
        return check in _V2 or check is Check.TAGS_DEFAULT

    return visits


def _version_1(artifact: Artifact, target: Target) -> Visits:
    parts = running(artifact.meta_graphs[0])
    lifted = lifted_handles(artifact.meta_graphs[0])
    keys = node_keys(artifact, parts.nodes, parts.functions, artifact.meta_graphs[0].tag_set)
    eager = target.at_least("2.0")
    debug_info = target.at_least("2.2")  # `parse_saved_model_with_debug_info` came

    def visits(where: Location, phase: Phase, check: Check) -> bool:
        if check is Check.DEBUG_INFO:
            return debug_info
        if phase in (Phase.PLACE, Phase.RESTORE, Phase.RUN) and not eager:
            return check in (Check.SIGNATURE, Check.LIFT, Check.SAVER)
        if where.area == "function":
            if phase in (Phase.PLACE, Phase.RUN, Phase.RESTORE):
                return where.owner in parts.functions and check in _V1
            return check in FUNCTION_IMPORT
        if where.area == "graph":
            if phase in (Phase.PLACE, Phase.RUN, Phase.RESTORE):
                return where.node in parts.nodes and where.node not in lifted and check in _V1
            return check in _TOP_LEVEL
        if where.area == "entry":
            return check in _V1 and (keys is None or where.owner in keys)
        if where.area in ("object", "concrete_function"):
            return False
        return check in _V1 or check is Check.TAGS_DEFAULT

    return visits
