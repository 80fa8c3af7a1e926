"""What TensorFlow derives from a graph: op definitions, types of inputs and outputs, calls between functions."""
