"""Random layers on random shapes: real Keras against the models of `analyzer.keras.layers`."""
