"""The parts of an artifact, one module per kind of format; plain data without protobuf or HDF5 objects."""
