"""One contender of the step benchmark: BLIP's captioner in PyTorch, one training step for each line on stdin.

    python pytorch_step.py '{"style": "lavis", "batch": 32, ...}'

`style` is "lavis", the eager maths of LAVIS's vit.py, med.py and runner_base.py (scores, softmax and product written
out, additive masks, AdamW in two groups with torch's default implementation), or "tuned" (the same model with
scaled_dot_product_attention and fused AdamW). `precision` is float32, bfloat16 or float16 (with GradScaler, as LAVIS
trains). Prints one JSON line when ready and one for each step: {"seconds": …, "loss": …, "peak": bytes}.
"""

import json
import math
import resource
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

config = json.loads(sys.argv[1])
torch.set_num_threads(config["threads"])
torch.manual_seed(0)
tuned = config["style"] == "tuned"
device = config["device"]
amp = None if config["precision"] == "float32" else getattr(torch, config["precision"])


def attend(q, k, v, scale, mask=None, causal=False):
    """q, k, v: [batch, heads, tokens, width]; mask is added to the scores (eager only)."""
    if tuned:
        return F.scaled_dot_product_attention(q, k, v, is_causal=causal)
    scores = q @ k.transpose(-2, -1) * scale
    if mask is not None:
        scores = scores + mask
    return scores.softmax(dim=-1) @ v


class VisionAttention(nn.Module):
    """vit.py: one projection for queries, keys and values."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.scale = heads, (width // heads) ** -0.5
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x):
        batch, tokens, width = x.shape
        qkv = self.qkv(x).reshape(batch, tokens, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        x = attend(qkv[0], qkv[1], qkv[2], self.scale)
        return self.proj(x.transpose(1, 2).reshape(batch, tokens, width))


class Block(nn.Module):
    """A pre-norm vision transformer block."""

    def __init__(self, width, heads):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width, 1e-6), nn.LayerNorm(width, 1e-6)
        self.attn = VisionAttention(width, heads)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class TextAttention(nn.Module):
    """med.py: three projections, and an additive mask also where nothing is masked."""

    def __init__(self, width, heads, source=None):
        super().__init__()
        self.heads, self.scale, self.causal = heads, 1 / math.sqrt(width // heads), source is None
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(source or width, width)
        self.value = nn.Linear(source or width, width)
        self.out = nn.Linear(width, width)

    def forward(self, x, source, mask):
        def split(t):
            return t.view(t.shape[0], t.shape[1], self.heads, -1).permute(0, 2, 1, 3)

        q, k, v = split(self.query(x)), split(self.key(source)), split(self.value(source))
        y = attend(q, k, v, self.scale, mask, self.causal)
        return self.out(y.permute(0, 2, 1, 3).contiguous().flatten(2))


class Layer(nn.Module):
    """A post-norm BERT decoder layer with cross-attention."""

    def __init__(self, width, heads, hidden, source):
        super().__init__()
        self.attention = TextAttention(width, heads)
        self.crossattention = TextAttention(width, heads, source)
        self.feed = nn.Sequential(nn.Linear(width, hidden), nn.GELU(), nn.Linear(hidden, width))
        self.norm1, self.norm2, self.norm3 = (nn.LayerNorm(width, 1e-12) for _ in range(3))

    def forward(self, x, image, causal_mask, image_mask):
        x = self.norm1(self.attention(x, x, causal_mask) + x)
        x = self.norm2(self.crossattention(x, image, image_mask) + x)
        return self.norm3(self.feed(x) + x)


class Captioner(nn.Module):
    def __init__(self, c):
        super().__init__()
        v, t = c["vit_embed_dim"], c["text_hidden_size"]
        patches = (c["image_size"] // c["patch_size"]) ** 2
        self.patch = nn.Conv2d(3, v, c["patch_size"], c["patch_size"])
        self.cls = nn.Parameter(torch.zeros(1, 1, v))
        self.positions = nn.Parameter(torch.randn(1, patches + 1, v) * 0.02)
        self.blocks = nn.ModuleList(Block(v, c["vit_num_heads"]) for _ in range(c["vit_depth"]))
        self.norm = nn.LayerNorm(v, 1e-6)
        self.words = nn.Embedding(c["vocab_size"], t, padding_idx=0)
        self.text_positions = nn.Embedding(c["max_position_embeddings"], t)
        self.text_norm = nn.LayerNorm(t, 1e-12)
        self.layers = nn.ModuleList(
            Layer(t, c["text_num_heads"], c["text_intermediate_size"], v) for _ in range(c["text_num_layers"])
        )
        self.transform = nn.Sequential(nn.Linear(t, t), nn.GELU(), nn.LayerNorm(t, 1e-12))
        self.bias = nn.Parameter(torch.zeros(c["vocab_size"]))

    def forward(self, image, ids):
        x = self.patch(image).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls.expand(len(x), -1, -1), x], 1) + self.positions
        for block in self.blocks:
            x = block(x)
        x = self.norm(x)
        places = torch.arange(ids.shape[1], device=ids.device)
        y = self.text_norm(self.words(ids) + self.text_positions(places))
        causal_mask = (places[None, :] > places[:, None]).to(y.dtype)[None, None] * -10000.0
        image_mask = torch.zeros(len(x), 1, 1, x.shape[1], device=x.device)
        for layer in self.layers:
            y = layer(y, x, causal_mask, image_mask)
        logits = F.linear(self.transform(y), self.words.weight, self.bias)
        scores = logits[:, :-1].contiguous().view(-1, logits.shape[-1])
        return F.cross_entropy(scores, ids[:, 1:].contiguous().view(-1), label_smoothing=0.1)


def groups(model, weight_decay):
    """base_model.py: no decay for biases and for what has fewer than two axes."""
    parameters = list(model.parameters())
    return [
        {"params": [p for p in parameters if p.ndim >= 2], "weight_decay": weight_decay},
        {"params": [p for p in parameters if p.ndim < 2], "weight_decay": 0},
    ]


model = Captioner(config).to(device)
optimizer = torch.optim.AdamW(groups(model, 0.05), lr=1e-4, betas=(0.9, 0.999), **({"fused": True} if tuned else {}))
scaler = torch.amp.GradScaler(device, enabled=amp is torch.float16)
host_image = torch.rand(config["batch"], 3, config["image_size"], config["image_size"])
host_ids = torch.randint(5, config["vocab_size"], (config["batch"], config["text_tokens"]))


def step():
    image, ids = host_image.to(device), host_ids.to(device)
    with torch.autocast(device, amp, enabled=amp is not None):
        loss = model(image, ids)
    scaler.scale(loss).backward()
    scaler.step(optimizer)
    scaler.update()
    optimizer.zero_grad()
    return loss.item()


def peak():
    """The most memory that tensors took on a GPU, else that the process took."""
    if device == "cuda":
        return torch.cuda.max_memory_allocated()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def say(**values):
    print(json.dumps(values), flush=True)


where = torch.cuda.get_device_name() if device == "cuda" else "cpu"
say(parameters=sum(p.numel() for p in model.parameters()), version=f"PyTorch {torch.__version__} on {where}")
for _ in sys.stdin:
    start = time.perf_counter()
    value = step()
    if device == "cuda":
        torch.cuda.synchronize()
    say(seconds=time.perf_counter() - start, loss=value, peak=peak())
