"""What `tf.keras.models.load_model` does with a file, emulated from its configuration and the shapes of its weights.

`emulation.events` runs the whole load and returns what would go wrong; the rules of the families `keras` and `custom`
pick their causes from it. Nothing here runs what a file contains.
"""
