"""Views of checkpoints: the tree of their objects, what differs between two, whether one fits a model. Plain values and lines of text."""
