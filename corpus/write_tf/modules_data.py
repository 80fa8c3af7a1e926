"""SavedModels of tf.Module that read data: tables and assets, examples, strings, images, datasets, ragged and sparse inputs."""

import os

import recipe
from modules import saved_module, served, spec
from recipe import RELEASE, tf

WORDS = "alpha\nbeta\ngamma\ndelta\n"


def vocabulary(folder, text=WORDS):
    path = os.path.join(os.path.dirname(folder), os.path.basename(folder) + "_vocab.txt")
    with open(path, "w") as stream:
        stream.write(text)
    return path


def table_from_file(asset, **columns):
    lookup = tf.lookup
    start = lookup.TextFileInitializer(
        asset, tf.string, lookup.TextFileIndex.WHOLE_LINE, tf.int64, lookup.TextFileIndex.LINE_NUMBER, **columns
    )
    return lookup.StaticHashTable(start, -1)


@saved_module()
def v2_table_file(folder):
    root = tf.Module()
    root.asset = tf.saved_model.Asset(vocabulary(folder))
    root.table = table_from_file(root.asset)
    root.w = tf.Variable(1.0)
    root.serve = tf.function(
        lambda words: {"ids": root.table.lookup(words)}, input_signature=[spec([None], tf.string, "words")]
    )
    return root, root.serve


@saved_module(at="2.0 2.4 2.15")
def v2_table_columns(folder):
    """A vocabulary of two columns, its size stated."""
    lookup = tf.lookup
    root = tf.Module()
    root.asset = tf.saved_model.Asset(vocabulary(folder, "a,10\nb,20\nc,30\n"))
    start = lookup.TextFileInitializer(root.asset, tf.string, 0, tf.int64, 1, delimiter=",", vocab_size=3)
    root.table = lookup.StaticVocabularyTable(start, 2)
    root.serve = tf.function(lambda words: root.table.lookup(words), input_signature=[spec([None], tf.string)])
    return root, root.serve


@saved_module(at="2.0 2.4 2.10 2.18")
def v2_table_constant(folder):
    root = tf.Module()
    start = tf.lookup.KeyValueTensorInitializer(["a", "b"], tf.constant([1, 2], tf.int64))
    root.table = tf.lookup.StaticHashTable(start, -1)
    root.serve = tf.function(lambda words: root.table.lookup(words), input_signature=[spec([None], tf.string)])
    return root, root.serve


@saved_module(at="2.4 2.12 2.21", since="2.3")
def v2_table_mutable(folder):
    root = tf.Module()
    root.table = tf.lookup.experimental.DenseHashTable(tf.int64, tf.float32, 0.0, -1, -2)
    root.table.insert(tf.constant([1, 2], tf.int64), tf.constant([1.0, 2.0]))
    if RELEASE >= (2, 7):
        root.other = tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1)
        root.other.insert(["a"], tf.constant([1], tf.int64))
    root.serve = tf.function(lambda ids: root.table.lookup(ids), input_signature=[spec([None], tf.int64)])
    return root, root.serve


@saved_module(at="2.0 2.10")
def v2_asset_only(folder):
    root = tf.Module()
    root.asset = tf.saved_model.Asset(vocabulary(folder, ""))
    root.serve = tf.function(lambda n: tf.io.read_file(root.asset.asset_path), input_signature=[spec([], tf.int32)])
    return root, root.serve


@saved_module(at="2.4 2.15")
def v2_two_assets(folder):
    root = tf.Module()
    root.first = table_from_file(tf.saved_model.Asset(vocabulary(folder)))
    other = os.path.join(os.path.dirname(folder), "more")
    os.makedirs(other, exist_ok=True)
    root.second = table_from_file(
        tf.saved_model.Asset(vocabulary(os.path.join(other, os.path.basename(folder)), "x\ny\n"))
    )
    root.serve = tf.function(
        lambda w: root.first.lookup(w) + root.second.lookup(w), input_signature=[spec([None], tf.string)]
    )
    return root, root.serve


@saved_module(at="2.0 2.4 2.12 2.18")
def v2_parse_example(folder):
    features = {
        "a": tf.io.FixedLenFeature([2], tf.float32),
        "b": tf.io.VarLenFeature(tf.int64),
        "c": tf.io.FixedLenSequenceFeature([], tf.string, allow_missing=True),
    }
    if RELEASE >= (2, 2):
        features["d"] = tf.io.RaggedFeature(tf.float32)

    def body(serialized):
        parsed = tf.io.parse_example(serialized, features)
        return {"a": parsed["a"], "b": tf.sparse.to_dense(parsed["b"]), "c": parsed["c"]}

    return served(body, spec([None], tf.string, "examples"))


@saved_module(at="2.0 2.4 2.10 2.21")
def v2_strings(folder):
    def body(text):
        words = tf.strings.split(tf.strings.lower(text))
        return {
            "length": words.row_lengths(),
            "hash": tf.strings.to_hash_bucket_fast(words.flat_values, 10),
            "grams": tf.strings.ngrams(words, 2).to_tensor(""),
            "joined": tf.strings.reduce_join(words, -1, separator="-"),
            "replaced": tf.strings.regex_replace(text, "[0-9]+", "#"),
            "code": tf.strings.unicode_decode(text, "UTF-8").to_tensor(),
            "part": tf.strings.substr(text, 0, 1),
            "number": tf.strings.to_number(tf.strings.format("{}", tf.size(text))),
        }

    return served(body, spec([None], tf.string, "text"))


@saved_module(at="2.0 2.4 2.15")
def v2_image(folder):
    def body(data):
        image = tf.io.decode_image(data, channels=3, expand_animations=False)
        net = tf.image.resize(tf.image.convert_image_dtype(image, tf.float32), [8, 8], method="bicubic", antialias=True)
        net = tf.image.random_brightness(tf.image.rgb_to_grayscale(net), 0.1)
        boxes = tf.image.combined_non_max_suppression(tf.zeros([1, 3, 1, 4]), tf.zeros([1, 3, 2]), 2, 2)
        return {"y": net, "boxes": boxes.nmsed_boxes}

    return served(body, spec([], tf.string, "data"))


@saved_module(at="2.0 2.4 2.10 2.15")
def v2_dataset(folder):
    """tf.data inside a function, with functions of its own."""

    def body(x):
        data = (
            tf.data.Dataset.from_tensor_slices(x).map(lambda e: e * 2.0).filter(lambda e: e > 1.0).batch(2).prefetch(1)
        )
        return data.reduce(0.0, lambda total, batch: total + tf.reduce_sum(batch))

    return served(body, spec([None]))


@saved_module(at="2.3 2.7 2.15 2.21", since="2.3")
def v2_ragged_inputs(folder):
    root = tf.Module()
    ragged = tf.RaggedTensorSpec([None, None], tf.float32)
    sparse = tf.SparseTensorSpec([None, 4], tf.float32)
    root.w = tf.Variable(tf.ones([4, 2]))
    root.rag = tf.function(lambda r: tf.reduce_sum(r, 1) * root.w[0, 0], input_signature=[ragged])
    root.spa = tf.function(lambda s: tf.sparse.sparse_dense_matmul(s, root.w), input_signature=[sparse])
    root.both = tf.function(lambda r: (r + 1.0, {"n": r.nrows()}), input_signature=[ragged])
    return root, None


@saved_module(at="2.4 2.12")
def v2_embedding(folder):
    root = tf.Module()
    root.table = tf.Variable(tf.ones([10, 4]), name="embedding")
    root.parts = [tf.Variable(tf.ones([5, 2])), tf.Variable(tf.ones([5, 2]))]

    def body(ids):
        return tf.nn.embedding_lookup(root.table, ids), tf.compat.v1.nn.embedding_lookup(
            root.parts, ids, partition_strategy="div"
        )

    root.serve = tf.function(body, input_signature=[spec([None], tf.int64)])
    return root, None


@saved_module(at="2.0 2.10 2.18")
def v2_constants(folder):
    """Captured eager tensors, a large constant in the graph, an int4-free mix of constant types."""
    root = tf.Module()
    root.shift = tf.constant([1.0, 2.0])
    held = tf.constant([3.0, 4.0])
    root.serve = tf.function(
        lambda x: x + root.shift + held + tf.constant(list(range(64)), tf.float32)[:2], input_signature=[spec([2])]
    )
    return root, root.serve


@saved_module(at="2.4 2.15", since="2.3")
def v2_quantized(folder):
    root = tf.Module()
    root.w = tf.Variable(tf.ones([4, 2]))

    def body(x):
        net = tf.quantization.fake_quant_with_min_max_args(x @ root.w, -3, 3)
        parts = tf.quantization.quantize(net, -3.0, 3.0, tf.qint8)
        return tf.quantization.dequantize(parts[0], parts[1], parts[2])

    root.serve = tf.function(body, input_signature=[spec([None, 4])])
    return root, root.serve


if __name__ == "__main__":
    recipe.main()
