// `node c10d.mjs defines FOLDER`: which of c10d's process groups a libtorch in this folder has, as definitions for
// the compiler; with `includes` where the headers are that those of NCCL include, with `libraries` what else to link
// for it. libtorch's own headers do not tell: one without distributed training has the same.
import { closeSync, existsSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";

const [, , wanted, folder] = process.argv;

/** Whether a library holds a text, such as the name of a symbol. */
function holds(library, text) {
  if (!existsSync(library)) return false;
  const file = openSync(library, "r");
  const sought = Buffer.from(text);
  const part = Buffer.alloc(1 << 24);
  // What may be the beginning of the text is kept in front of the next part.
  let kept = 0;
  try {
    for (;;) {
      const length = kept + readSync(file, part, kept, part.length - kept, null);
      if (length === kept) return false;
      if (part.subarray(0, length).includes(sought)) return true;
      kept = Math.min(sought.length - 1, length);
      part.copy(part, 0, length - kept, length);
    }
  } finally {
    closeSync(file);
  }
}

const library = (name) => {
  const file = process.platform === "darwin" ? `lib${name}.dylib` : `lib${name}.so`;
  return join(folder, "lib", file);
};

/** The folders of NVIDIA's headers beside a torch of pip's, and of an installed CUDA. */
function includes() {
  const packages = join(folder, "..", "nvidia");
  const ofPip = existsSync(packages)
    ? readdirSync(packages).map((name) => join(packages, name, "include"))
    : [];
  const installed = join(process.env.CUDA_HOME ?? "/usr/local/cuda", "include");
  return [...ofPip, installed].filter((path) => existsSync(path));
}

const found = includes();
const has = (header) => found.some((path) => existsSync(join(path, header)));
const hasGloo = holds(library("torch_cpu"), "_ZN4c10d16ProcessGroupGlooC1E");
// NCCL's headers are many packages' affair: LAVIS_NCCL=off builds the addon without them.
const hasNccl =
  process.env.LAVIS_NCCL !== "off" &&
  hasGloo &&
  ["nccl.h", "cuda_runtime_api.h", "cublas_v2.h", "cusparse.h", "cusolverDn.h"].every(has) &&
  holds(library("torch_cuda"), "_ZN4c10d16ProcessGroupNCCLC1E");

const answers = {
  defines: [...(hasGloo ? ["LAVIS_GLOO"] : []), ...(hasNccl ? ["LAVIS_NCCL"] : [])],
  includes: hasNccl ? found : [],
  libraries: hasNccl ? ["-ltorch_cuda", "-lc10_cuda"] : [],
};
for (const line of answers[wanted]) console.log(line);
