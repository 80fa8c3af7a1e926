"""Compiled models: every built-in optimizer, loss and metric, by string and by object, trained and not.

One model holds one optimizer, one loss and up to two metrics; the lists are walked together, so that each entry occurs in a few.
"""

from _writing import TF, begin, keras, layers, main, model, train

OPTIMIZERS = [
    "Adam", "SGD", "RMSprop", "Adagrad", "Adadelta", "Adamax", "Nadam", "Ftrl", "AdamW", "Adafactor", "Lion", "Lamb", "Muon",
]  # fmt: skip
LOSSES = [
    "MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredLogarithmicError", "BinaryCrossentropy",
    "CategoricalCrossentropy", "Hinge", "SquaredHinge", "CategoricalHinge", "Poisson", "KLDivergence", "LogCosh", "Huber",
    "CosineSimilarity", "BinaryFocalCrossentropy", "CategoricalFocalCrossentropy", "Dice", "Tversky",
]  # fmt: skip
LOSS_STRINGS = [
    "mse", "mae", "mape", "msle", "binary_crossentropy", "categorical_crossentropy", "hinge", "squared_hinge", "categorical_hinge",
    "poisson", "kld", "mean_squared_error", "mean_absolute_error", "cosine_similarity", "logcosh", "kullback_leibler_divergence",
]  # fmt: skip
METRICS = [
    "MeanSquaredError", "MeanAbsoluteError", "RootMeanSquaredError", "BinaryAccuracy", "CategoricalAccuracy", "Precision", "Recall",
    "AUC", "TruePositives", "FalseNegatives", "SensitivityAtSpecificity", "PrecisionAtRecall", "MeanIoU", "TopKCategoricalAccuracy",
    "KLDivergence", "LogCoshError", "CosineSimilarity", "Hinge", "BinaryCrossentropy", "F1Score", "R2Score",
]  # fmt: skip
METRIC_STRINGS = [
    "acc",
    "accuracy",
    "mse",
    "mae",
    "AUC",
    "mape",
    "binary_accuracy",
    "categorical_accuracy",
    "msle",
    "hinge",
    "cosine_similarity",
]
REQUIRED = {
    "SensitivityAtSpecificity": {"specificity": 0.5}, "PrecisionAtRecall": {"recall": 0.5}, "MeanIoU": {"num_classes": 2},
    "TopKCategoricalAccuracy": {"k": 2},
}  # fmt: skip


def base():
    return keras.Sequential([begin((3,)), layers.Dense(2, activation="softmax")])


def available(module, names):
    return [name for name in names if hasattr(module, name)]


def pick(names, index):
    return names[index % len(names)]


def metric_object(name):
    return getattr(keras.metrics, name)(**REQUIRED.get(name, {}))


def by_object(index, step):
    def build():
        optimizers, losses = available(keras.optimizers, OPTIMIZERS), available(keras.losses, LOSSES)
        metrics = available(keras.metrics, METRICS)
        if index >= max(len(optimizers), 8):
            return None
        built = base()
        built.compile(
            getattr(keras.optimizers, pick(optimizers, index))(),
            getattr(keras.losses, pick(losses, index * 2 + step))(),
            metrics=[
                metric_object(pick(metrics, index * 2 + step)),
                metric_object(pick(metrics, index * 2 + 1 + step)),
            ],
        )
        return train(built, (4, 3), (4, 2)) if index % 2 == 0 and TF >= (2, 0) else built

    return build


def by_string(index):
    def build():
        name = pick(available(keras.optimizers, OPTIMIZERS), index).lower()
        try:
            keras.optimizers.get(name)
        except ValueError:
            return None
        built = base()
        built.compile(
            name,
            pick(LOSS_STRINGS, index),
            metrics=[pick(METRIC_STRINGS, index), pick(METRIC_STRINGS, index + 5)],
        )
        return train(built, (4, 3), (4, 2)) if index % 2 == 0 else built

    return build


for _index in range(12):
    model(forms=("h5", "keras"), name="compiled_objects_%d" % _index)(by_object(_index, _index % 2))
    model(forms=("h5", "keras"), name="compiled_strings_%d" % _index)(by_string(_index))


@model()
def compiled_adam_decay():
    """The arguments that older code gives an optimizer."""
    options = {"decay": 1e-4} if TF < (2, 11) else {"weight_decay": 1e-4}
    built = base()
    built.compile(
        keras.optimizers.Adam(1e-3, clipnorm=1.0, amsgrad=True, **options), "categorical_crossentropy", metrics=["acc"]
    )
    return train(built, (4, 3), (4, 2))


@model(since=(2, 0))
def compiled_sgd_momentum():
    built = base()
    built.compile(
        keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True, clipvalue=0.5),
        keras.losses.Huber(delta=0.5),
        metrics=[keras.metrics.AUC(num_thresholds=5)],
    )
    return train(built, (4, 3), (4, 2))


SCHEDULES = {
    "ExponentialDecay": (0.1, 10, 0.9),
    "PiecewiseConstantDecay": ([5, 10], [0.1, 0.05, 0.01]),
    "PolynomialDecay": (0.1, 10),
    "InverseTimeDecay": (0.1, 10, 0.5),
    "CosineDecay": (0.1, 10),
    "CosineDecayRestarts": (0.1, 10),
}


def schedule(name):
    def build():
        if not hasattr(keras.optimizers.schedules, name):
            return None
        built = base()
        built.compile(keras.optimizers.Adam(getattr(keras.optimizers.schedules, name)(*SCHEDULES[name])), "mae")
        return train(built, (4, 3), (4, 2))

    return build


for _name in SCHEDULES:
    model(name="compiled_" + _name, since=(2, 0))(schedule(_name))


@model(since=(2, 11), only_keras2=True, every=True)
def compiled_legacy_optimizer():
    built = base()
    built.compile(keras.optimizers.legacy.Adam(0.01, decay=1e-3), "categorical_crossentropy", metrics=["accuracy"])
    return train(built, (4, 3), (4, 2))


@model(since=(2, 1))
def compiled_loss_list():
    inputs = keras.Input((3,))
    built = keras.Model(inputs, [layers.Dense(1, name="a")(inputs), layers.Dense(1, name="b")(inputs)])
    built.compile(
        "adam",
        loss=["mse", keras.losses.Huber()],
        metrics=[["mae"], [keras.metrics.MeanSquaredError()]],
        loss_weights=[1.0, 2.0],
    )
    return train(built, (2, 3), (2, 1), (2, 1), targets=2)


@model(since=(2, 2))
def compiled_weighted_metrics():
    built = base()
    options = {"steps_per_execution": 2} if TF >= (2, 5) else {}
    built.compile("adam", "categorical_crossentropy", metrics=["accuracy"], weighted_metrics=["mae"], **options)
    return built


@model()
def compiled_loss_options():
    built = base()
    built.compile("sgd", keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1))
    return built


@model()
def compiled_sparse():
    built = base()
    built.compile(
        "adam",
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy", keras.metrics.SparseTopKCategoricalAccuracy(k=1), "sparse_categorical_crossentropy"],
    )
    return built


if __name__ == "__main__":
    main()
