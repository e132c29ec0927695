"""One contender of the overhead benchmark: for each line on stdin, microseconds of small ops in eager PyTorch.

    python pytorch_overhead.py '{"calls": 1000, "chain": 2000}'
"""

import json
import sys
import time

import torch
from torch.nn import functional as F

config = json.loads(sys.argv[1])
torch.set_num_threads(1)
a, b, weight, bias = torch.ones(4, 4), torch.ones(4, 4), torch.ones(4), torch.zeros(4)
learned = torch.ones(4, 4, requires_grad=True)


def each(op):
    """Microseconds of one call, the freeing of its result included."""
    start = time.perf_counter()
    for _ in range(config["calls"]):
        op()
    return 1e6 * (time.perf_counter() - start) / config["calls"]


def in_chain():
    """Microseconds of an op of a long chain of additions, forward and backward."""
    start = time.perf_counter()
    x = learned
    for _ in range(config["chain"]):
        x = x + b
    middle = time.perf_counter()
    torch.autograd.grad(x.sum(), learned)
    end = time.perf_counter()
    return 1e6 * (middle - start) / config["chain"], 1e6 * (end - middle) / config["chain"]


print(json.dumps({"version": f"PyTorch {torch.__version__} on cpu"}), flush=True)
for _ in sys.stdin:
    forward, backward = in_chain()
    measured = {
        "add": each(lambda: a + b),
        "multiply": each(lambda: a * 2.5),
        "matmul": each(lambda: a @ b),
        "reshape": each(lambda: a.reshape(16)),
        "layerNorm": each(lambda: F.layer_norm(a, (4,), weight, bias, 1e-6)),
        "addWithGradient": each(lambda: learned + b),
        "chainForward": forward,
        "chainBackward": backward,
    }
    print(json.dumps(measured), flush=True)
