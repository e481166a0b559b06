"""Ask the published networks what ours must give: writes backbones.json beside this.

Run by `make oracles`. No published weights are needed: theirs and ours are filled by
the same formula.
"""

import importlib.metadata
import json
from pathlib import Path

import formula
import torch

# The wheel from the package index needs operators that only a CUDA build of torch
# has; declared beforehand, without a body, they let it be imported.
OPERATORS = torch.library.Library("torchvision", "DEF")
for name in ("nms", "qnms"):
    OPERATORS.define(f"{name}(Tensor boxes) -> Tensor")

from facenet_pytorch import InceptionResnetV1  # noqa: E402
from pytorchvideo.models.resnet import create_resnet  # noqa: E402
from pytorchvideo.models.x3d import create_x3d  # noqa: E402
from torchvision import models  # noqa: E402

FILE = Path(__file__).with_name("backbones.json")


def inception():
    """With the classes of its weights from VGGFace2."""
    return InceptionResnetV1(classify=True, num_classes=8631)


def slow():
    """As pytorchvideo's hub makes slow_r50, but averaging smaller pictures."""
    return create_resnet(
        stem_conv_kernel_size=(1, 7, 7), head_pool_kernel_size=(8, 2, 2), model_depth=50
    )


def x3d():
    """As its hub makes x3d_s, but for smaller films, and logits without a softmax."""
    return create_x3d(input_clip_length=5, input_crop_size=64, head_activation=None)


# Who publishes it, how it is made, and pictures to look at.
ASKED = {
    "vgg16": ("torchvision", models.vgg16, (2, 3, 112, 112)),
    "efficientnet_v2_m": ("torchvision", models.efficientnet_v2_m, (2, 3, 96, 96)),
    "vit_b_16": ("torchvision", models.vit_b_16, (2, 3, 224, 224)),
    "resnet18": ("torchvision", models.resnet18, (2, 3, 96, 96)),
    "inception_resnet_v1": ("facenet-pytorch", inception, (2, 3, 112, 112)),
    "x3d_s": ("pytorchvideo", x3d, (2, 3, 5, 64, 64)),
    "slow_r50": ("pytorchvideo", slow, (2, 3, 8, 64, 64)),
}


def main():
    """Ask all, one after the other, in double precision."""
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    found = {}
    for name, (package, make, shape) in ASKED.items():
        with torch.device("meta"):  # without the random start, which takes longest
            network = make()
        by = f"{package} {importlib.metadata.version(package)}"
        found[name] = {"by": by} | formula.told(formula.fill(network), shape)
        FILE.write_text(json.dumps(found, indent=1) + "\n")
        print(name, found[name]["parameters"], "parameters", flush=True)


if __name__ == "__main__":
    main()
