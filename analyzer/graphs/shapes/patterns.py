"""Shape functions that only compare ranks and sizes, each as one line: `"[n,4] [n] [] -> [?]"`.

Left of the arrow stands what inputs must be, right of it what outputs are. A word is a shape:

    *           any shape, unknown as an output
    S           one shape, the same wherever it stands (`Merge`)
    [n,4,?]     a size that is the same wherever its letter stands, one that is given, one that is any
    [.B,m,n]    sizes behind what may be of any rank; `.B` is one shape, the same wherever it stands (`.` names none)
    ~1          a shape of at most that rank
    =0          as an output: the shape of that input, whatever it was merged with

A last `+` lets the word before it stand for all further inputs. Outputs that no word stands for are unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from analyzer.graphs.shapes.algebra import (
    Shape,
    ShapeError,
    merge,
    merge_sizes,
    with_rank,
    with_rank_at_least,
    with_rank_at_most,
)
from analyzer.graphs.shapes.call import Call, ShapeFunction

_Word = tuple[str, tuple[str, ...]]
"""A name of a whole shape or of the sizes in front (empty for none), and the sizes behind it."""


class _Names:
    """What the names of a line stand for, for one call."""

    def __init__(self) -> None:
        self._sizes: dict[str, int] = {}
        self._shapes: dict[str, Shape] = {}

    def accept(self, word: _Word, shape: Shape) -> None:
        """Hold an input to its word; raises ShapeError."""
        name, sizes = word
        if name.startswith("~"):
            with_rank_at_most(shape, int(name[1:]))
            return
        if not name:
            shape = with_rank(shape, len(sizes))
        elif sizes:
            shape = with_rank_at_least(shape, len(sizes))
        if shape is None:
            return
        front = len(shape) - len(sizes)
        if name not in ("", "*", "."):
            self._shapes[name] = merge(self._shapes.get(name), shape[:front])
        for size, word_size in zip(shape[front:], sizes, strict=True):
            self._bind(word_size, size)

    def _bind(self, word: str, size: int) -> None:
        if word == "?":
            return
        if word.isdigit():
            if size not in (-1, int(word)):
                raise ShapeError(f"Dimension must be {word} but is {size}")
        else:
            self._sizes[word] = merge_sizes(self._sizes.get(word, -1), size)

    def made(self, word: _Word) -> Shape:
        """The shape that an output's word stands for."""
        name, sizes = word
        front: Shape = self._shapes.get(name) if name else ()
        if front is None:
            return None
        return (*front, *(int(size) if size.isdigit() else self._sizes.get(size, -1) for size in sizes))


def pattern(line: str) -> ShapeFunction:
    """The shape function that a line describes."""

    def shape_function(call: Call) -> tuple[Shape, ...]:
        inputs, rest, outputs = _parsed(line)
        names = _Names()
        for word, shape in zip(_repeated(inputs, rest, len(call.shapes)), call.shapes, strict=False):
            names.accept(word, shape)
        return tuple(call.shapes[int(word[0][1:])] if word[0][:1] == "=" else names.made(word) for word in outputs)

    return shape_function


def _repeated(words: Sequence[_Word], rest: bool, count: int) -> Iterator[_Word]:
    yield from words
    for _ in range(count - len(words) if rest else 0):
        yield words[-1]


@cache
def _parsed(line: str) -> tuple[tuple[_Word, ...], bool, tuple[_Word, ...]]:
    left, _, right = line.partition("->")
    inputs = left.split()
    rest = inputs[-1:] == ["+"]
    return tuple(map(_word, inputs[: len(inputs) - rest])), rest, tuple(map(_word, right.split()))


def _word(text: str) -> _Word:
    if not text.startswith("["):
        return text, ()
    sizes = tuple(size for size in text[1:-1].split(",") if size)
    return (sizes[0][1:] or ".", sizes[1:]) if sizes and sizes[0].startswith(".") else ("", sizes)
