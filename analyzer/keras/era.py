"""Which Keras loads, and what is peculiar to it.

The boundaries were read from the sources of each release: `keras/saving/saving_api.py`, `keras/saving/legacy/save.py`
(Keras 2.12 on), `tensorflow/python/keras/saving/save.py` before, `keras/src/saving/saving_api.py` for Keras 3.
"""

from __future__ import annotations

from analyzer.records import dataclass
from analyzer.tables.keras import KerasApi, keras_api
from analyzer.target import Target, version_tuple


@dataclass(frozen=True, slots=True)
class Era:
    """One Keras as the loader: its package and version, and the table of what it knows."""

    package: str
    version: str
    numbers: tuple[int, ...]
    api: KerasApi
    tensorflow: tuple[int, ...]
    python: tuple[int, ...]
    is_3: bool  # Keras 3
    checks_like_hdf5_1_14: bool

    @property
    def level(self) -> tuple[int, ...]:
        """Minor release on one scale for all Keras 2: `tf.keras` of TensorFlow 2.4 is (2, 4), tf_keras 2.18 is (2, 18)."""
        return self.numbers[:2]

    def at_least(self, *numbers: int) -> bool:
        """Whether this Keras is at or above a release; 1.15 is below every 2."""
        return self.numbers >= numbers

    @property
    def reads_archives(self) -> bool:
        """`.keras` archives: Keras 2.12 and later."""
        return self.numbers >= (2, 12)

    @property
    def hands_on_to_h5(self) -> bool:
        """Whether `load_model` hands custom_objects and compile on for H5 files: Keras 3.0 to 3.2 do not (saving_api.py)."""
        return not self.is_3 or self.at_least(3, 3)

    @property
    def replaces_in_json(self) -> bool:
        """Whether configurations of H5 files go through JSON text once more, functions among them (legacy/saving/serialization.py)."""
        return self.is_3 and not self.at_least(3, 11)

    @property
    def guards_saved_models(self) -> bool:
        """Whether safe mode refuses TFSMLayer: 3.12.1, 3.13.2, 3.14.0 and later of each (export/tfsm_layer.py, from_config)."""
        first = {12: 1, 13: 2}
        if not self.is_3 or self.numbers < (3, 12):
            return False
        return len(self.numbers) < 3 or self.numbers[2] >= first.get(self.numbers[1], 0)

    @property
    def refuses_links(self) -> bool:
        """Whether links and external data in HDF5 are refused (`safe_get_h5_group`: 3.12.2, 3.14.1 and later, not 3.13)."""
        first = {12: 2, 14: 1}
        if not self.is_3 or self.numbers < (3, 12, 2) or self.numbers[1] == 13:
            return False
        return len(self.numbers) < 3 or self.numbers[2] >= first.get(self.numbers[1], 0)


def era_of(target: Target) -> Era:
    """The Keras that `tf.keras` is in a target. Raises ValueError where no table covers it."""
    package, version = target.keras_api
    numbers = version_tuple(version)
    return Era(
        package=package,
        version=version,
        numbers=numbers,
        api=keras_api(package, version),
        tensorflow=version_tuple(target.tensorflow),
        python=version_tuple(target.python),
        is_3=package == "keras" and numbers >= (3,),
        checks_like_hdf5_1_14=target.checks_like_hdf5_1_14,
    )
