"""One contender of the all-reduce benchmark: PyTorch's gloo. For each line on stdin, seconds of each call by size.

    python pytorch_allreduce.py '{"size": 2, "bytes": [26214400], "calls": 5}'
"""

import json
import subprocess
import sys
import tempfile
import time

import torch
import torch.distributed as dist

config = json.loads(sys.argv[1])
rank = int(sys.argv[2]) if len(sys.argv) > 2 else 0
# The same threads as the others have: one that adds up.
torch.set_num_threads(1)
folder = tempfile.TemporaryDirectory(prefix="lavis-gloo-") if rank == 0 else None
meeting = f"{folder.name}/store" if folder else sys.argv[3]
others = [
    subprocess.Popen([sys.executable, __file__, sys.argv[1], str(other), meeting], stdout=sys.stderr)
    for other in range(1, config["size"] if rank == 0 else 1)
]
dist.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=config["size"])
numbers = torch.ones(max(config["bytes"]) // 4)


def call(part):
    """Seconds of one sum, of the slowest process."""
    part.fill_(1)  # Sums of sums would soon be too large for a float.
    dist.barrier()
    start = time.perf_counter()
    dist.all_reduce(part)
    seconds = torch.tensor([time.perf_counter() - start], dtype=torch.float64)
    dist.all_reduce(seconds, op=dist.ReduceOp.MAX)
    return seconds.item()


def step():
    return {"seconds": [[call(numbers[: b // 4]) for _ in range(config["calls"])] for b in config["bytes"]]}


def goes_on(is_more):
    """Whether there is another step, as rank 0 knows."""
    told = torch.tensor([int(is_more)])
    dist.broadcast(told, 0)
    return bool(told.item())


step()
if rank == 0:
    print(json.dumps({"version": f"PyTorch {torch.__version__} with gloo"}), flush=True)
    for _ in sys.stdin:
        goes_on(True)
        print(json.dumps(step()), flush=True)
    goes_on(False)
else:
    while goes_on(False):
        step()
dist.destroy_process_group()
for other in others:
    other.wait()
