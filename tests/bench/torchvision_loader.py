"""One contender of the loader benchmark: torchvision's decoding and augmentation behind a PyTorch DataLoader.

    python torchvision_loader.py '{"folder": …, "image_size": 64, "batch": 32, "workers": 2, "images": 2000}'

The transforms are those of blip_image_train without RandAugment, which torchvision has only in a variant of
its own. Prints one JSON line: {"seconds": …, "images": …}.
"""

import json
import sys
import time
from pathlib import Path

import torch

try:
    # A torchvision whose compiled operators do not fit this torch still has what is needed here, but its
    # import wants this one operator declared.
    torch.library.Library("torchvision", "DEF").define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
except RuntimeError:
    pass
from PIL import Image
from torchvision import transforms
from torchvision.transforms import InterpolationMode

config = json.loads(sys.argv[1])
paths = sorted(Path(config["folder"]).glob("*.jpg"))[: config["images"]]


class Images(torch.utils.data.Dataset):
    transform = transforms.Compose(
        [
            transforms.RandomResizedCrop(
                config["image_size"], scale=(0.5, 1.0), interpolation=InterpolationMode.BICUBIC
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
for _ in loader:
    pass
start = time.perf_counter()
count = sum(len(batch) for batch in loader)
print(json.dumps({"seconds": time.perf_counter() - start, "images": count}), flush=True)
