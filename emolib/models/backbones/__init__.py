"""Published networks in torch, one a file, with the names of their published weights.

A module that builds one has `network(classes, ...)`, the network itself, and a
function called after it, which a `TorchNetwork` takes as its `build`. Both give
logits. These modules import torch outright: who names one wants it.
"""
