"""One contender of the step benchmark: BLIP's captioner in PyTorch, one training step for each line on stdin.

    python pytorch_step.py '{"style": "lavis", "batch": 32, ...}'

`style` is "lavis" (explicit softmax attention, AdamW as LAVIS calls it) or "tuned" (scaled_dot_product_attention,
fused AdamW). Prints one JSON line when ready and one for each step: {"seconds": …, "loss": …, "peak": bytes}.
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


def attend(q, k, v, causal):
    """q, k, v: [batch, heads, tokens, width]."""
    if tuned:
        return F.scaled_dot_product_attention(q, k, v, is_causal=causal)
    scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
    if causal:
        tokens = q.shape[2]
        scores = scores + torch.full((tokens, tokens), -10000.0).triu(1)
    return scores.softmax(-1) @ v


class Attention(nn.Module):
    def __init__(self, width, heads, source=None, causal=False):
        super().__init__()
        self.heads, self.causal = heads, causal
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(source or width, width)
        self.value = nn.Linear(source or width, width)
        self.out = nn.Linear(width, width)

    def forward(self, x, source=None):
        def split(t):
            return t.view(t.shape[0], t.shape[1], self.heads, -1).transpose(1, 2)

        source = x if source is None else source
        y = attend(split(self.query(x)), split(self.key(source)), split(self.value(source)), self.causal)
        return self.out(y.transpose(1, 2).flatten(2))


class Block(nn.Module):
    """A pre-norm vision transformer block."""

    def __init__(self, width, heads):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width, 1e-6), nn.LayerNorm(width, 1e-6)
        self.attn = Attention(width, heads)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class Layer(nn.Module):
    """A post-norm BERT decoder layer with cross-attention."""

    def __init__(self, width, heads, hidden, source):
        super().__init__()
        self.attention = Attention(width, heads, causal=True)
        self.crossattention = Attention(width, heads, source)
        self.feed = nn.Sequential(nn.Linear(width, hidden), nn.GELU(), nn.Linear(hidden, width))
        self.norm1, self.norm2, self.norm3 = (nn.LayerNorm(width, 1e-12) for _ in range(3))

    def forward(self, x, image):
        x = self.norm1(x + self.attention(x))
        x = self.norm2(x + self.crossattention(x, image))
        return self.norm3(x + self.feed(x))


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
        self.words = nn.Embedding(c["vocab_size"], t)
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
        y = self.text_norm(self.words(ids) + self.text_positions(torch.arange(ids.shape[1])))
        for layer in self.layers:
            y = layer(y, x)
        logits = F.linear(self.transform(y), self.words.weight, self.bias)
        return F.cross_entropy(logits[:, :-1].flatten(0, 1), ids[:, 1:].flatten(), label_smoothing=0.1)


model = Captioner(config)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0.05, fused=True if tuned else None)
image = torch.rand(config["batch"], 3, config["image_size"], config["image_size"])
ids = torch.randint(5, config["vocab_size"], (config["batch"], config["text_tokens"]))


def say(**values):
    print(json.dumps(values), flush=True)


say(ready=True, parameters=sum(p.numel() for p in model.parameters()), version=torch.__version__)
for _ in sys.stdin:
    start = time.perf_counter()
    with torch.autocast("cpu", torch.bfloat16, enabled=config.get("amp", False)):
        loss = model(image, ids)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    value = loss.item()
    seconds = time.perf_counter() - start
    say(seconds=seconds, loss=value, peak=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
