"""Write as one JSON document which fields and enum values an installed TensorFlow knows in what a text proto may hold.

    dump_text_names.py OUT

The messages are those reachable from SavedModel, in the Python protos of the release: `tensorflow.NodeDef` has `device`,
`tensorflow.DataType` has `DT_INT4`. Runs under the interpreter of the release (Python 3.6 and later, TensorFlow 1.15 and later).
"""

# Written for Python 3.6.

import json
import sys

from tensorflow.core.protobuf import saved_model_pb2


def names_of(message, found):
    """Names by the full name of their message or enum, for a message and all below it."""
    if message.full_name in found:
        return
    found[message.full_name] = sorted(field.name for field in message.fields)
    for field in message.fields:
        if field.message_type is not None:
            names_of(field.message_type, found)
        if field.enum_type is not None:
            found[field.enum_type.full_name] = sorted(value.name for value in field.enum_type.values)


if __name__ == "__main__":
    known = {}
    names_of(saved_model_pb2.SavedModel.DESCRIPTOR, known)
    with open(sys.argv[1], "w") as file:
        json.dump(known, file, sort_keys=True)
