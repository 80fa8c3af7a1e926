"""`PY corpus/write_tf/hanging.py OUTDIR`: a session SavedModel that never finishes loading.

Its main op takes from a queue that nothing fills. Kept out of the corpus, where it would cost every loader under every release
its whole time limit; it shows what a confirmation does about it.
"""

import os
import sys

import recipe
from recipe import tf, v1, variable


def v1_hangs(folder):
    with recipe.graph():
        x = v1.placeholder(tf.float32, [None], "x")
        y = tf.multiply(x, variable("w", []), name="y")
        queue = (
            tf.queue.FIFOQueue(1, [tf.float32], [[]])
            if recipe.RELEASE >= (1, 13)
            else tf.FIFOQueue(1, [tf.float32], [[]])
        )
        key = "legacy_init_op" if recipe.RELEASE < (1, 13) else "main_op"
        recipe.save_session(folder, {"x": x}, {"y": y}, **{key: tf.group(queue.dequeue())})


if __name__ == "__main__":
    target = os.path.join(sys.argv[1], "v1_hangs")
    os.makedirs(target)
    v1_hangs(target)
