"""Training: one loop, with Keras and with torch, with the same promises.

Both take arrays or streams and read one batch at a time. Both shuffle by seed and
epoch alone, so that a run that was killed and called again with the same
checkpoint ends with the very weights of one that ran through. Both return the
history as a table.
"""

from emolib.training.loop import LEAST, MEASURED, named
from emolib.training.with_keras import fit_keras, traced
from emolib.training.with_torch import fit_torch

__all__ = ["LEAST", "MEASURED", "fit_keras", "fit_torch", "named", "traced"]
