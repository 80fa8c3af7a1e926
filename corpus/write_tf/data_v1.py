"""Session SavedModels that read data: examples, strings, images, tables with assets, datasets, sparse and ragged values, numerics."""

import os

import recipe
from recipe import saved_model_v1, tf, v1, variable

WORDS = "alpha\nbeta\ngamma\ndelta\n"


def vocabulary(folder, text=WORDS):
    """A vocabulary file beside the folder that is about to be replaced by the SavedModel."""
    path = os.path.join(os.path.dirname(folder), os.path.basename(folder) + "_vocab.txt")
    with open(path, "w") as stream:
        stream.write(text)
    return path


def file_table(path):
    """The v1 table from a text file, which adds the file to the assets: tf.contrib.lookup before tf.lookup had it."""
    asset = tf.constant(path, name="vocabulary")
    if recipe.RELEASE < (1, 13):
        lookup = tf.contrib.lookup
        return lookup.index_table_from_file(asset, num_oov_buckets=1)
    start = v1.lookup.TextFileInitializer(
        asset, tf.string, v1.lookup.TextFileIndex.WHOLE_LINE, tf.int64, v1.lookup.TextFileIndex.LINE_NUMBER
    )
    return v1.lookup.StaticVocabularyTable(start, 1)


def assets():
    return {"assets_collection": v1.get_collection(v1.GraphKeys.ASSET_FILEPATHS)}


@saved_model_v1(at="1.4 1.15 2.4 2.12 2.21")
def v1_table_asset(folder):
    return text_table(folder)


@saved_model_v1(at="1.4 1.15 2.0 2.4 2.12 2.21")
def v1_table_file(folder):
    """The file is named as an asset twice, by the user and by the table: the serving loader is not to be fed twice."""
    return text_table(folder, twice=True)


def text_table(folder, twice=False):
    words = v1.placeholder(tf.string, [None], "words")
    path = vocabulary(folder)
    table = file_table(path)
    if twice:
        v1.add_to_collection(v1.GraphKeys.ASSET_FILEPATHS, v1.get_collection(v1.GraphKeys.ASSET_FILEPATHS)[0])
    key = "legacy_init_op" if recipe.RELEASE < (1, 13) else "main_op"
    extra = dict(assets(), **{key: tf.group(v1.tables_initializer(), name="init_tables")})
    return {"words": words}, {"ids": tf.identity(table.lookup(words), "ids")}, extra


@saved_model_v1(at="1.4 1.12 2.3 2.15")
def v1_table_constant(folder):
    words = v1.placeholder(tf.string, [None], "words")
    if recipe.RELEASE < (1, 13):
        table = tf.contrib.lookup.index_table_from_tensor(tf.constant(["a", "b", "c"]), default_value=-1)
    else:
        start = v1.lookup.KeyValueTensorInitializer(["a", "b", "c"], tf.constant([0, 1, 2], tf.int64))
        table = v1.lookup.StaticHashTable(start, -1)
    extra = {"legacy_init_op" if recipe.RELEASE < (1, 13) else "main_op": v1.tables_initializer()}
    return {"words": words}, {"ids": tf.identity(table.lookup(words), "ids")}, extra


@saved_model_v1(at="1.12 1.15 2.4")
def v1_table_mutable(folder):
    words = v1.placeholder(tf.string, [None], "words")
    home = (
        tf.contrib.lookup
        if recipe.RELEASE < (1, 15)
        else v1.lookup.experimental
        if hasattr(v1.lookup, "experimental")
        else tf.lookup.experimental
    )
    kind = getattr(home, "MutableHashTable", None) or getattr(tf.lookup.experimental, "MutableHashTable", None)
    if kind is None:
        from tensorflow.python.ops.lookup_ops import MutableHashTable as kind
    table = kind(tf.string, tf.int64, tf.constant(-1, tf.int64))
    with v1.control_dependencies([table.insert(tf.constant(["a"]), tf.constant([3], tf.int64))]):
        y = tf.identity(table.lookup(words), "ids")
    return {"words": words}, {"ids": y}


@saved_model_v1(at="1.4 1.15 2.4 2.15")
def v1_parse_example(folder):
    serialized = v1.placeholder(tf.string, [None], "serialized")
    features = {
        "a": v1.FixedLenFeature([2], tf.float32, default_value=[0.0, 1.0]),
        "b": v1.VarLenFeature(tf.int64),
        "c": v1.FixedLenFeature([], tf.string, default_value=""),
        "d": v1.FixedLenSequenceFeature([], tf.float32, allow_missing=True),
    }
    parsed = v1.parse_example(serialized, features)
    w = variable("w", [2, 1])
    outputs = {
        "y": tf.matmul(parsed["a"], w),
        "ids": v1.sparse_tensor_to_dense(parsed["b"]),
        "c": parsed["c"],
        "d": parsed["d"],
    }
    return {"inputs": serialized}, outputs


@saved_model_v1(at="1.4 1.12 2.3 2.12")
def v1_strings(folder):
    text = v1.placeholder(tf.string, [None], "text")
    split = v1.string_split(text, " ") if hasattr(v1, "string_split") else tf.string_split(text, " ")
    hashed = v1.string_to_hash_bucket_fast(split.values, 10)
    joined = v1.string_join([text, text], "-")
    number = v1.string_to_number(tf.constant(["1.5"]))
    outputs = {
        "hash": hashed,
        "joined": joined,
        "number": number,
        "part": v1.substr(text, 0, 1),
        "text": v1.as_string(hashed),
    }
    if recipe.RELEASE >= (1, 12):
        outputs["lower"] = tf.strings.regex_replace(text, "[A-Z]", "x")
        outputs["unicode"] = (
            tf.strings.unicode_script(tf.constant([97])) if hasattr(tf.strings, "unicode_script") else number
        )
    return {"text": text}, outputs


@saved_model_v1(at="1.4 1.15 2.4 2.18")
def v1_image(folder):
    data = v1.placeholder(tf.string, [], "data")
    image = tf.image.decode_jpeg(data, channels=3)
    net = tf.expand_dims(tf.image.convert_image_dtype(image, tf.float32), 0)
    net = v1.image.resize_bilinear(net, [8, 8], align_corners=True)
    net = v1.image.resize_nearest_neighbor(net, [4, 4])
    boxes = tf.constant([[0.0, 0.0, 1.0, 1.0]])
    crop = (
        v1.image.crop_and_resize(net, boxes, box_ind=[0], crop_size=[2, 2])
        if recipe.RELEASE < (2, 0)
        else tf.image.crop_and_resize(net, boxes, [0], [2, 2])
    )
    keep = tf.image.non_max_suppression(boxes, tf.constant([0.9]), 1)
    flipped = tf.image.adjust_contrast(tf.image.random_flip_left_right(net[0], seed=1), 0.5)
    return {"data": data}, {
        "y": tf.identity(crop, "y"),
        "keep": keep,
        "flipped": flipped,
        "png": tf.image.encode_png(image),
    }


@saved_model_v1(at="1.4 1.12 1.15 2.4 2.12")
def v1_dataset(folder):
    x = v1.placeholder(tf.int64, [None], "x")
    data = tf.data.Dataset.from_tensor_slices(x).map(lambda e: e * 2).filter(lambda e: e > 2).batch(2).repeat(2)
    make = getattr(v1.data, "make_initializable_iterator", None)
    iterator = make(data) if make else data.make_initializable_iterator()
    with v1.control_dependencies([iterator.initializer]):
        y = tf.identity(iterator.get_next(), "y")
    return {"x": x}, {"y": y}


@saved_model_v1(at="1.4 1.15 2.3 2.15")
def v1_sparse(folder):
    sparse = v1.sparse_placeholder(tf.float32, [None, 6], "sparse")
    w = variable("w", [6, 2])
    y = v1.sparse_tensor_dense_matmul(sparse, w)
    if recipe.RELEASE < (1, 12):
        inputs = {"indices": sparse.indices, "values": sparse.values, "shape": sparse.dense_shape}
    else:
        inputs = {"sparse": sparse}
    return inputs, {"y": tf.identity(y, "y"), "sum": v1.sparse_reduce_sum(sparse, 1)}


@saved_model_v1(at="1.15 2.3 2.10 2.21", since="1.15")
def v1_ragged(folder):
    values = v1.placeholder(tf.float32, [None], "values")
    lengths = v1.placeholder(tf.int64, [None], "lengths")
    ragged = tf.RaggedTensor.from_row_lengths(values, lengths, validate=False)
    return {"values": values, "lengths": lengths}, {"dense": ragged.to_tensor(), "sum": tf.reduce_sum(ragged, 1)}


@saved_model_v1(at="1.4 1.15 2.4 2.21")
def v1_numerics(folder):
    x = v1.placeholder(tf.float32, [4, 4], "x")
    ids = v1.placeholder(tf.int32, [4], "ids")
    top, where = tf.nn.top_k(x, 2)
    outputs = {
        "top": top,
        "where": where,
        "segment": v1.segment_sum(x, ids),
        "solve": v1.matrix_solve(x + tf.eye(4), x),
        "cholesky": tf.cholesky(tf.matmul(x, x, transpose_b=True))
        if recipe.RELEASE < (2, 0)
        else tf.linalg.cholesky(tf.matmul(x, x, transpose_b=True)),
        "fft": v1.abs(v1.fft(tf.cast(x, tf.complex64)))
        if hasattr(v1, "fft")
        else tf.abs(tf.signal.fft(tf.cast(x, tf.complex64))),
        "one_hot": tf.one_hot(ids, 3),
        "gather": v1.gather_nd(x, [[0, 1]]),
        "scatter": v1.scatter_nd([[0]], [1.0], [3]),
        "unique": v1.unique(ids)[0],
        "strided": x[1:3, ::-1, tf.newaxis],
        "random": v1.random_uniform([2]) + v1.random_normal([2]) + v1.truncated_normal([2]),
        "shuffle": v1.random_shuffle(ids),
        "multinomial": v1.multinomial(x, 1),
        "bits": v1.bitcast(x, tf.int32),
        "sequence": v1.sequence_mask(ids, 4),
        "cumsum": v1.cumsum(x),
        "argmax": v1.argmax(x, 1),
        "pad": v1.pad(x, [[1, 1], [0, 0]], "REFLECT"),
    }
    return {"x": x, "ids": ids}, outputs


@saved_model_v1(at="1.4 2.4")
def v1_ctc(folder):
    x = v1.placeholder(tf.float32, [5, 1, 4], "x")
    decoded, scores = v1.nn.ctc_greedy_decoder(x, tf.constant([5]))
    beam, _ = v1.nn.ctc_beam_search_decoder(x, tf.constant([5]), top_paths=1)
    return {"x": x}, {"ids": decoded[0].values, "scores": scores, "beam": beam[0].values}


if __name__ == "__main__":
    recipe.main()
