"""Session SavedModels by place and signature: device pins, partitions and shards, several meta graphs, tags and signatures."""

import recipe
from recipe import case, dense, graph, save_session, saved_model_v1, signature, tf, v1, variable


def soft():
    """A session that places what it can where the pins are not to be had."""
    return v1.Session(config=v1.ConfigProto(allow_soft_placement=True, device_count={"CPU": 2}))


@saved_model_v1(at="1.4 1.15 2.4 2.15")
def v1_gpu_pinned(folder):
    """Everything on /GPU:0, as users of one GPU write it; the session placed it softly."""
    with v1.device("/gpu:0"):
        x = v1.placeholder(tf.float32, [None, 4], "x")
        y = tf.identity(dense(x, 2, "logits"), "y")
    return {"x": x}, {"y": y}, {"session": soft()}


@saved_model_v1(at="1.12 2.10")
def v1_gpu_compute_only(folder):
    """Variables on the CPU, the multiplication on a GPU."""
    x = v1.placeholder(tf.float32, [None, 4], "x")
    with v1.device("/cpu:0"):
        w = variable("w", [4, 2])
    with v1.device("/device:GPU:1"):
        y = tf.matmul(x, w, name="y")
    return {"x": x}, {"y": y}, {"session": soft()}


@saved_model_v1(at="1.4 1.15 2.4 2.15")
def v1_gpu_cleared(folder):
    """Written on a GPU with clear_devices=True: loads anywhere."""
    with v1.device("/gpu:0"):
        x = v1.placeholder(tf.float32, [None, 4], "x")
        y = tf.identity(dense(x, 2, "logits"), "y")
    return {"x": x}, {"y": y}, {"session": soft(), "clear_devices": True}


@saved_model_v1(at="1.12 1.15 2.7")
def v1_cpu_pinned(folder):
    with v1.device("/job:localhost/replica:0/task:0/device:CPU:0"):
        x = v1.placeholder(tf.float32, [None, 4], "x")
        y = tf.identity(dense(x, 2, "logits"), "y")
    return {"x": x}, {"y": y}


@saved_model_v1(at="1.12 2.4")
def v1_two_cpus(folder):
    """Pinned to a second CPU device, which a default session does not have."""
    x = v1.placeholder(tf.float32, [None, 4], "x")
    with v1.device("/cpu:1"):
        y = tf.identity(dense(x, 2, "logits"), "y")
    return {"x": x}, {"y": y}, {"session": soft()}


@saved_model_v1(at="1.15 2.4 2.18", since="1.14")
def v1_cudnn_rnn(folder):
    """An op that no CPU kernel exists for, on the way to an output."""
    x = v1.placeholder(tf.float32, [5, 1, 3], "x")
    state = tf.zeros([1, 1, 4])
    net = tf.raw_ops.CudnnRNN(input=x, input_h=state, input_c=state, params=tf.zeros([180]), is_training=False)[0]
    return {"x": x}, {"y": tf.identity(net, "y")}, {"initialise": False}


@saved_model_v1(at="1.4 1.15 2.4 2.12")
def v1_partitioned(folder):
    """Variables in slices, by axis and by size."""
    x = v1.placeholder(tf.float32, [None, 8], "x")
    with v1.variable_scope("a", partitioner=v1.fixed_size_partitioner(3)):
        w = variable("w", [8, 6])
    with v1.variable_scope("b", partitioner=v1.variable_axis_size_partitioner(64, axis=1)):
        u = variable("u", [6, 6])
    return {"x": x}, {"y": tf.matmul(tf.matmul(x, tf.convert_to_tensor(w)), tf.convert_to_tensor(u), name="y")}


@case("saved_model", at="1.4 1.15 2.3 2.15")
def v1_two_meta_graphs(folder):
    """One meta graph to serve and one to train, over the same variables."""
    import shutil

    shutil.rmtree(folder)
    builder = v1.saved_model.builder.SavedModelBuilder(folder)
    for tags, first in ((["train"], True), (["serve"], False), (["serve", "gpu"], False)):
        with v1.Graph().as_default(), v1.Session() as session:
            x = v1.placeholder(tf.float32, [None, 4], "x")
            y = tf.identity(dense(x, 2, "logits"), "y")
            session.run(v1.global_variables_initializer())
            made = {"serving_default": signature({"x": x}, {"y": y})}
            if first:
                builder.add_meta_graph_and_variables(session, tags, signature_def_map=made)
            else:
                builder.add_meta_graph(tags, signature_def_map=made)
    builder.save()


@saved_model_v1(at="1.12 2.4 2.15")
def v1_train_only(folder):
    """Only tagged "train": what asks for "serve" finds nothing."""
    x = v1.placeholder(tf.float32, [None, 4], "x")
    return {"x": x}, {"y": tf.identity(dense(x, 2, "logits"), "y")}, {"tags": ["train"]}


@case("saved_model", at="1.15 2.10")
def v1_no_tags(folder):
    with graph():
        x = v1.placeholder(tf.float32, [None, 4], "x")
        save_session(folder, {"x": x}, {"y": tf.identity(dense(x, 2, "logits"), "y")}, tags=[])


@case("saved_model", at="1.4 1.15 2.0 2.12")
def v1_many_signatures(folder):
    """Classification, regression, two inputs, and an output that is an input."""
    with graph():
        x = v1.placeholder(tf.float32, [None, 4], "x")
        other = v1.placeholder(tf.int32, [], "other")
        text = v1.placeholder(tf.string, [None], "text")
        scores = tf.nn.softmax(dense(x, 2, "logits"))
        signatures = {
            "serving_default": signature({"x": x}, {"scores": scores}),
            "classify": signature(
                {"inputs": text},
                {"scores": tf.tile(tf.constant([[0.5]]), [tf.size(text), 1])},
                "tensorflow/serving/classify",
            ),
            "two": signature({"x": x, "other": other}, {"y": scores * tf.cast(other, tf.float32)}),
            "echo": signature({"x": x}, {"x": x}),
        }
        save_session(folder, {}, {}, signatures=signatures)


@case("saved_model", at="1.12 2.4 2.15")
def v1_no_signatures(folder):
    with graph():
        x = v1.placeholder(tf.float32, [None, 4], "x")
        tf.identity(dense(x, 2, "logits"), "y")
        session = v1.Session()
        session.run(v1.global_variables_initializer())
        import shutil

        shutil.rmtree(folder)
        builder = v1.saved_model.builder.SavedModelBuilder(folder)
        builder.add_meta_graph_and_variables(session, ["serve"])
        builder.save()


@saved_model_v1(at="1.4 1.15 2.4 2.21")
def v1_no_variables(folder):
    x = v1.placeholder(tf.float32, [None], "x")
    return {"x": x}, {"y": tf.add(x * 2.0, 1.0, name="y")}


@saved_model_v1(at="1.12 2.0 2.15")
def v1_placeholder_not_fed(folder):
    """A placeholder that the signature does not name (keep_prob of old): a session feeds it, a function cannot."""
    x = v1.placeholder(tf.float32, [None, 4], "x")
    keep = v1.placeholder(tf.float32, [], "keep_prob")
    return {"x": x}, {"y": tf.multiply(dense(x, 2, "logits"), keep, name="y")}


@saved_model_v1(at="1.15 2.4 2.12", since="1.7")
def v1_stripped(folder):
    """Saved with strip_default_attrs, as TensorFlow advises for serving by older releases."""
    x = v1.placeholder(tf.float32, [None, 4, 4, 1], "x")
    net = v1.nn.conv2d(x, variable("kernel", [2, 2, 1, 2]), strides=[1, 1, 1, 1], padding="SAME")
    return {"x": x}, {"y": tf.cast(net, tf.float64, name="y")}, {"strip_default_attrs": True}


@case("saved_model", at="1.12 2.15")
def v1_text(folder):
    """saved_model.pbtxt instead of saved_model.pb."""
    import shutil

    with graph(), v1.Session() as session:
        x = v1.placeholder(tf.float32, [None, 4], "x")
        made = {"serving_default": signature({"x": x}, {"y": tf.identity(dense(x, 2, "logits"), "y")})}
        session.run(v1.global_variables_initializer())
        shutil.rmtree(folder)
        builder = v1.saved_model.builder.SavedModelBuilder(folder)
        builder.add_meta_graph_and_variables(session, ["serve"], signature_def_map=made)
        builder.save(as_text=True)


@saved_model_v1(at="1.15 2.3 2.18")
def v1_main_op(folder):
    """A main op that assigns: what loading runs after it restored."""
    x = v1.placeholder(tf.float32, [None], "x")
    w = variable("w", [])
    return {"x": x}, {"y": tf.multiply(x, w, name="y")}, {"main_op": tf.group(v1.assign(w, 2.0), name="main")}


@saved_model_v1(at="1.15 2.4", since="1.12")
def v1_collections(folder):
    """Collections of many kinds, scopes with odd but legal names, a saver of the user's own."""
    with v1.name_scope("a.b-c/d_e"):
        x = v1.placeholder(tf.float32, [None, 4], "x")
    y = tf.identity(dense(x, 2, "logits"), "y")
    v1.add_to_collection("floats", 1.5)
    v1.add_to_collection("words", "word")
    v1.add_to_collection("tensors", y)
    step = v1.train.get_or_create_global_step()
    keep = v1.train.Saver([v for v in v1.global_variables()], max_to_keep=3)
    return {"x": x}, {"y": y, "step": tf.identity(step)}, {"saver": keep}


if __name__ == "__main__":
    recipe.main()
