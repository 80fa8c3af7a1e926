"""More or fewer weights of a layer than the configuration makes.

## Why it matters

"Weight count mismatch for layer #1 ... Layer expects 2 weight(s). Received 1" (H5), "Layer 'dense' expected 2
variables, but received 1 variables during loading" (archives).

Number, order and shapes of weights follow from the configuration for: Activation, ActivityRegularization,
AdaptiveAveragePooling1D, AdaptiveAveragePooling2D, AdaptiveAveragePooling3D, AdaptiveMaxPooling1D,
AdaptiveMaxPooling2D, AdaptiveMaxPooling3D, Add, AddLoss, AddMetric, AdditiveAttention, AlphaDropout, Attention,
AutoContrast, Average, AveragePooling1D, AveragePooling2D, AveragePooling3D, BatchNormalization,
BatchNormalizationBase, Bidirectional, CategoryCrossing, CategoryEncoding, CenterCrop, ClassMethod, Concatenate,
Conv1D, Conv1DTranspose, Conv2D, Conv2DTranspose, Conv3D, Conv3DTranspose, ConvLSTM1D, ConvLSTM2D, ConvLSTM3D,
Cropping1D, Cropping2D, Cropping3D, CuDNNGRU, CuDNNLSTM, Dense, DenseFeatures, DepthwiseConv1D,
DepthwiseConv2D, Discretization, Dot, Dropout, ELU, EinsumDense, Embedding, Equalization, Flatten, GRU, GRUCell, GaussianDropout, GaussianNoise,
GlobalAveragePooling1D, GlobalAveragePooling2D, GlobalAveragePooling3D, GlobalMaxPooling1D, GlobalMaxPooling2D,
GlobalMaxPooling3D, GroupNormalization, GroupedQueryAttention, HashedCrossing, Hashing, Identity, InputLayer,
InstanceMethod, InstanceProperty, IntegerLookup, LSTM, LSTMCell, Lambda, LayerNormalization, LeakyReLU,
LocallyConnected1D, LocallyConnected2D, Masking, MaxPooling1D, MaxPooling2D, MaxPooling3D, Maximum, MelSpectrogram,
Minimum, MultiHeadAttention, Multiply, Normalization, PReLU, PeepholeLSTMCell, Permute, RMSNormalization, RNN,
RandomBrightness, RandomColorDegeneration, RandomColorJitter, RandomContrast, RandomCrop, RandomElasticTransform,
RandomErasing, RandomFlip, RandomGaussianBlur, RandomGrayscale, RandomHeight, RandomHue, RandomInvert,
RandomPerspective, RandomPosterization, RandomRotation, RandomSaturation, RandomSharpness, RandomShear,
RandomTranslation, RandomWidth, RandomZoom, ReLU, RepeatVector, Rescaling, Reshape, Resizing, ReversibleEmbedding,
STFTSpectrogram, SeparableConv1D, SeparableConv2D, SimpleRNN, SimpleRNNCell, SlicingOpLambda, Softmax, Solarization,
SpatialDropout1D, SpatialDropout2D, SpatialDropout3D, SpectralNormalization, StringLookup, Subtract,
SyncBatchNormalization, TFOpLambda, TensorFlowOpLayer, TextVectorization, ThresholdedReLU, TimeDistributed,
UnitNormalization, UpSampling1D, UpSampling2D, UpSampling3D, ZeroPadding1D, ZeroPadding2D, ZeroPadding3D. In models
with other layers, or with custom ones, only what the file says of itself is checked.

## How to fix

Configuration and weights come from different models, or of different settings such as use_bias: save them together
again.
"""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.artifact import Artifact
from analyzer.findings import Check, Finding, Phase
from analyzer.rule import Rule, bad, ok
from analyzer.rules.keras import _models as m
from analyzer.rules.keras._events import found
from analyzer.target import Target

rule = Rule(__name__, Phase.RESTORE, noticed_by=Check.KERAS)


@rule.check
def check(artifact: Artifact, target: Target) -> Iterator[Finding]:
    """Each layer's weights against the file."""
    yield from found(rule, artifact, target)


rule.examples(
    ok(h5=m.h5()),
    ok(archive=m.archive(), target=m.KERAS_3),
    ok(archive=m.archive(m.serialized_dense(dtype=m.QUANTIZED), weights=m.STORED_INT8), target=m.KERAS_3_15),
    bad("has 3 variables", archive=m.archive(m.serialized_dense(dtype=m.QUANTIZED)), target=m.KERAS_3_15),
    bad("has 1 weights, the file 2", h5=m.h5(m.dense(use_bias=False))),
    bad("has 1 variables, the file 2", archive=m.archive(m.serialized_dense(use_bias=False)), target=m.KERAS_3),
)
