"""Weights and pictures by formula, and what a network makes of them.

The script that asks the published networks and the tests that ask ours share this
file: the same name and place give the same weight, on every machine.
"""

import hashlib
import zlib

import numpy as np
import torch

BLOCK = 1 << 17  # what a processor keeps at hand


def scattered(name, count, begin=0):
    """`count` numbers between -1 and 1 that a name and their places decide.

    A hash of each place (murmur3's last steps), in whole numbers of 32 bits.
    """
    x = np.arange(begin, begin + count, dtype=np.uint32)
    x *= np.uint32(0x9E3779B9)
    x += np.uint32(zlib.crc32(name.encode()))
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        x ^= x >> np.uint32(shift)
        x *= np.uint32(factor)
    x ^= x >> np.uint32(16)
    return x / 2**31 - 1


def middle_and_reach(name, shape):
    """What a tensor's numbers lie around, and how far; variances are positive."""
    if name.endswith("num_batches_tracked"):
        return 0, 0
    if name.endswith("running_var"):
        return 1, 1 / 2
    if name.endswith(("running_mean", "bias")) or len(shape) == 3:
        return 0, 1 / 10
    if len(shape) > 1:
        return 0, float(np.sqrt(6 / np.prod(shape[1:])))
    return 0.7, 1 / 4


def fill(network):
    """Fill a network with weights by formula, also one of torch's "meta" device."""
    network = network.to_empty(device="cpu")
    for name, tensor in network.state_dict().items():
        middle, reach = middle_and_reach(name, tuple(tensor.shape))
        flat = tensor.view(-1)
        for begin in range(0, len(flat), BLOCK):  # the largest are half a gigabyte
            block = flat[begin : begin + BLOCK]
            numbers = middle + reach * scattered(name, len(block), begin)
            block.copy_(torch.from_numpy(numbers))
    return network


def pictures(shape):
    """A batch by the same formula, as a network reads it; each is of another light."""
    numbers = scattered("pictures", int(np.prod(shape))).reshape(shape)
    light = np.arange(len(numbers)).reshape(-1, *[1] * (len(shape) - 1))
    return torch.from_numpy(numbers + light)


def dropped(network):
    """The shares that a network leaves out in training, in order."""
    shares = [getattr(layer, "p", 0) for layer in network.modules()]
    return [share for share in shares if isinstance(share, float) and share]


def keep_all(network):
    """Leave nothing out in training, so that it has one result."""
    for layer in network.modules():
        if getattr(layer, "p", 0):
            layer.p = 0.0


def names(network):
    """A checksum of all names and shapes."""
    told = [f"{n} {tuple(t.shape)}\n" for n, t in network.state_dict().items()]
    return hashlib.sha256("".join(sorted(told)).encode()).hexdigest()


def told(network, shape):
    """What is compared: names, numbers, outputs, and one step's traces.

    Args:
        network: filled with `fill`.
        shape: of a batch of two or more.
    """
    found = {
        "parameters": sum(p.numel() for p in network.parameters()),
        "tensors": len(network.state_dict()),
        "names": names(network),
        "input": list(shape),
        "dropped": [round(share, 6) for share in dropped(network)],
    }
    x = pictures(shape).to(next(network.parameters()).dtype)
    network.eval()
    with torch.no_grad():
        found["outputs"] = few(network(x))
    network.train()
    keep_all(network)
    outputs = network(x)
    found["training"] = few(outputs)
    # Each class counts differently, or a softmax's gradient would be none.
    (outputs * pictures(outputs.shape).to(x.dtype)).sum().backward()
    found["gradient"] = norm(p.grad for p in network.parameters())
    found["averages"] = norm(b for b in network.buffers() if b.ndim)
    return found


def few(outputs):
    """The first eight numbers of each row, and the norm of all."""
    return {"first": outputs[:, :8].tolist(), "norm": norm([outputs])}


def norm(tensors):
    """The length of all tensors as one vector."""
    lengths = [
        torch.linalg.vector_norm(t.detach(), dtype=torch.float64) for t in tensors
    ]
    return float(np.linalg.norm([float(length) for length in lengths]))
