"""What `from_config` does with a configuration, and what tells one class of one Keras from that of another."""

import contextlib
import copy
import hashlib
import inspect
import re
import sys

from samples import arguments_of

# Words with which some Keras refuses an argument that it does not know, whatever its value.
REFUSAL = re.compile(
    r"unexpected keyword|[Uu]nrecognized keyword|not understood|is deprecated in|is not a valid argument"
    r"|Unexpected keyword|Unknown keyword|Invalid keyword|argument\(s\) (?:are )?not supported|not supported in Keras 3"
    r"|multiple values for (?:keyword )?argument|Unrecognized argument|[Uu]nknown argument|unrecognized arguments"
    r"|has no argument|Only (?:allowed|supported) (?:keyword )?arguments|not recognized",
    re.S,
)
UNKNOWN = "an_argument_that_no_keras_knows"


@contextlib.contextmanager
def fresh_graph(tf):
    """In TensorFlow 1 a graph and session that end with the block, so that variables do not pile up."""
    if tf.__version__.startswith("1."):
        with tf.Graph().as_default(), tf.compat.v1.Session().as_default():
            yield
    else:
        yield


def copied(config):
    """A deep copy of a config; a shallow one where it holds what cannot be copied, as some random layers' do."""
    try:
        return copy.deepcopy(config)
    except Exception:
        return dict(config)


def revive(cls, config):
    """Call `from_config` on a copy. Returns None, or the error."""
    import tensorflow as tf

    config = copied(config)
    try:
        with fresh_graph(tf):
            cls.from_config(config)
    except Exception as error:
        return error
    return None


def received(cls, config):
    """The keyword arguments that `from_config` hands to the constructor, or None where it calls none."""
    seen = []
    original = cls.__init__

    def spy(self, *args, **kwargs):
        if not seen:
            seen.append((args, set(kwargs)))
        return original(self, *args, **kwargs)

    spy.__wrapped__ = original
    spy.__signature__ = inspect.signature(original)
    own = "__init__" in vars(cls)
    try:
        cls.__init__ = spy
        revive(cls, config)
    except Exception:
        return None
    finally:
        if own:
            cls.__init__ = original
        else:
            del cls.__init__
    if not seen:
        return None
    args, names = seen[0]
    positional = [row[0] for row in arguments_of(cls) or []][: len(args)]
    return names | set(positional)


def refuses(error, unknown=None, key=""):
    """Whether an error says that the argument is not known: in known words, or in those that `unknown` was refused with."""
    if error is None:
        return False
    if REFUSAL.search(str(error)):
        return True
    return unknown is not None and str(error) == str(unknown).replace(UNKNOWN, key)


SOURCES = {}


def source_of(name):
    """Hash and words of a module's source file; read once."""
    if name not in SOURCES:
        try:
            source = inspect.getsource(sys.modules[name])
        except (KeyError, OSError, TypeError):
            source = ""
        SOURCES[name] = (hashlib.sha1(source.encode("utf-8")).hexdigest(), frozenset(re.findall(r"\w+", source)))
    return SOURCES[name]


def words_of(era, cls):
    """The words in the source files of a class and its bases: an argument that is accepted is one of them."""
    return frozenset().union(*(source_of(base.__module__)[1] for base in cls.__mro__ if era.owns(base)))


def digest(era, cls):
    """A class by name and the hashes of its source files and those of its bases."""
    hashes = sorted({source_of(base.__module__)[0] for base in cls.__mro__ if era.owns(base)})
    return cls.__name__ + " " + hashlib.sha1(" ".join(hashes).encode("ascii")).hexdigest()


def text(error):
    return (type(error).__name__ + ": " + str(error))[:400]
