"""Shapes as TensorFlow infers them while it imports a graph (core/common_runtime/shape_refiner.cc).

Only the ops in `functions.py` are modelled; the outputs of all others are of unknown rank, which conflicts with nothing.
"""
