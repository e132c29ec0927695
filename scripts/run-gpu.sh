#!/bin/sh
# Builds, tests and measures lavis' torch engine on this machine's GPU, with this machine's PyTorch and no network.
#     lavis-gpu/run-gpu.sh [build] [test] [bench]      all three, in this order, unless some are named
# From the environment:
#     PYTHON       a Python with PyTorch (python3)
#     DEVICE       cuda; cpu tries the script itself
#     OUT          the table (performance-gpu.md in the working folder)
#     SIZE, BATCHES, IMAGE_SIZE, ROUNDS, STEPS, BENCH_FLAGS     what is measured: base, "32 64", 384, 3, 10, none
# A C++20 compiler and make are needed beside Python. Everything that it writes is in its own folder, but OUT.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
python=${PYTHON:-python3}
device=${DEVICE:-cuda}
out=${OUT:-$PWD/performance-gpu.md}
case $out in /*) ;; *) out=$PWD/$out ;; esac

python=$(command -v "$python") || { echo "there is no ${PYTHON:-python3}: PYTHON names the one with PyTorch" >&2; exit 2; }
case $python in /*) ;; *) python=$PWD/$python ;; esac
"$python" -c 'import torch' || { echo "$python has no PyTorch: PYTHON names the one that has" >&2; exit 2; }
case $device in
  cpu) ;;
  cuda)
    "$python" -c 'import sys, torch; sys.exit(not torch.cuda.is_available())' ||
      { echo "PyTorch sees no GPU here (nvidia-smi); DEVICE=cpu tries the script itself" >&2; exit 2; } ;;
  *) echo "DEVICE is $device, expected cuda or cpu" >&2; exit 2 ;;
esac
for phase in "$@"; do
  case $phase in build | test | bench) ;; *) echo "there is no $phase: build, test, bench" >&2; exit 2 ;; esac
done
[ $# -gt 0 ] || set -- build test bench
mkdir -p "$(dirname "$out")"

# What looks for python3 and node finds these. A Python that is a script itself looks for its own as it does now.
mkdir -p "$here/bin"
printf '#!/bin/sh\nPATH="%s" exec "%s" "$@"\n' "$PATH" "$python" > "$here/bin/python3"
chmod +x "$here/bin/python3"
PATH=$here/bin:$here/node/bin:$PATH
LAVIS_CACHE=$here/cache
LAVIS_BENCH_PYTHON=$here/bin/python3
export PATH LAVIS_CACHE LAVIS_BENCH_PYTHON
unset VIRTUAL_ENV CONDA_PREFIX npm_config_nodedir
cd "$here/project"
results=$here/results/$device
mkdir -p "$results"
status=0

build() {
  flags=
  [ "$device" = cpu ] || flags=--cuda
  node dist/lavisc.js engine install torch --from python $flags
  node dist/lavisc.js engine list
}

run_tests() {
  rm -f "$results/tests.json"
  LAVIS_ENGINES=torch LAVIS_DEVICE=$device node node_modules/vitest/vitest.mjs run --maxWorkers=4 \
    --reporter=default --reporter=json --outputFile.json="$results/tests.json" \
    tests/runtime/engine/conformance golden tests/runtime/train/torch-precision.test.ts || status=$?
}

bench() {
  precisions="--amp-dtype bfloat16"
  [ "$device" = cpu ] || precisions="$precisions --amp-dtype float16"
  for batch in ${BATCHES:-32 64}; do
    table=$results/bench-$batch
    rm -f "$table.json" "$table.md"
    # shellcheck disable=SC2086 # precisions and BENCH_FLAGS are several words
    node --import tsx tests/bench/step.ts "${ROUNDS:-3}" "${SIZE:-base}" --device "$device" --batch "$batch" \
      --image-size "${IMAGE_SIZE:-384}" --steps "${STEPS:-10}" --only torch,pytorch-lavis,pytorch-tuned \
      --markdown $precisions --json "$table.json" ${BENCH_FLAGS:-} > "$table.part" || status=$?
    cat "$table.part"
    # It is written last: without it the table is not whole, and is not reported.
    [ ! -f "$table.json" ] || mv "$table.part" "$table.md"
  done
}

report() {
  {
    "$python" - "$device" <<'PYTHON'
import platform, shutil, subprocess, sys, torch
cuda = sys.argv[1] == "cuda"
print(f"# Measured on {torch.cuda.get_device_name() if cuda else 'the CPU'}\n")
query = ["nvidia-smi", "--query-gpu=driver_version,memory.total", "--format=csv,noheader"]
driver = subprocess.run(query, capture_output=True, text=True).stdout.strip() if cuda and shutil.which(query[0]) else ""
parts = [f"PyTorch {torch.__version__}", f"CUDA {torch.version.cuda}" if cuda else "", f"driver and memory {driver}" if driver else "", platform.platform()]
print("; ".join(part for part in parts if part) + ".\n")
PYTHON
    if [ -f "$results/tests.json" ]; then
      node -e '
        const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(require("fs").readFileSync(process.argv[1]));
        console.log(`Conformance suite, golden tests and mixed precision on ${process.argv[2]}: ${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped.`);
      ' "$results/tests.json" "$device"
    fi
    for table in "$results"/bench-*.md; do
      [ ! -f "$table" ] || cat "$table"
    done
  } > "$out"
  echo "written: $out"
}

for phase in "$@"; do
  echo "> $phase on $device"
  case $phase in
    build) build ;;
    test) run_tests ;;
    bench) bench ;;
  esac
done
report
exit "$status"
