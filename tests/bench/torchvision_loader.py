"""One contender of the loader benchmark: torchvision's decoding and augmentation behind a PyTorch DataLoader.

    python torchvision_loader.py '{"list": "paths.txt", "imageSize": 64, "batch": 32, "workers": 2}'

`list` names a file with the path of an image on each line. The transforms are those of blip_image_train without
RandAugment, which torchvision has only in a variant of its own. Prints one JSON line when it is ready,
{"version": …}; then goes once through the images for each line of standard input and answers with
{"seconds": …, "images": …}.
"""

import json
import sys
import time
from pathlib import Path

import torch

try:
    # A torchvision whose compiled operators do not fit this torch still has what is needed here, but its
    # import wants these operators declared.
    operators = torch.library.Library("torchvision", "DEF")
    for name in ("nms", "qnms"):
        operators.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
except RuntimeError:
    pass
import PIL
from PIL import Image
import torchvision
from torchvision import transforms
from torchvision.transforms import InterpolationMode

config = json.loads(sys.argv[1])
paths = Path(config["list"]).read_text().splitlines()


class Images(torch.utils.data.Dataset):
    transform = transforms.Compose(
        [
            transforms.RandomResizedCrop(
                config["imageSize"], scale=(0.5, 1.0), interpolation=InterpolationMode.BICUBIC
            ),
            transforms.RandomHorizontalFlip(),
            transforms.ToTensor(),
            transforms.Normalize((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)),
        ]
    )

    def __len__(self):
        return len(paths)

    def __getitem__(self, index):
        return self.transform(Image.open(paths[index]).convert("RGB"))


loader = torch.utils.data.DataLoader(
    Images(), config["batch"], num_workers=config["workers"], drop_last=True, persistent_workers=True
)
versions = f"torch {torch.__version__}, torchvision {torchvision.__version__}, Pillow {PIL.__version__}"
print(json.dumps({"version": versions}), flush=True)
for _ in sys.stdin:
    start = time.perf_counter()
    count = sum(len(batch) for batch in loader)
    print(json.dumps({"seconds": time.perf_counter() - start, "images": count}), flush=True)
