import { bool, count, defineCard, listOf, name, oneOf, path, string } from "../card.ts";

const split = name({ doc: "A split of the dataset." });

/** LAVIS's `run` section, option by option (runners/runner_base.py, runner_iter.py). */
export const run = defineCard({
  kind: "run",
  name: "run",
  doc: "How to run: batches, splits, devices, files.",
  options: {
    batch_size_train: count({
      doc: "Samples in a training step of one process.",
      dimension: "samples",
      range: { min: 1 },
    }),
    batch_size_eval: count({
      doc: "Samples in an evaluation step of one process.",
      dimension: "samples",
      range: { min: 1 },
    }),
    accum_grad_iters: count({
      doc: "Batches whose gradients are summed before the optimizer takes a step.",
      range: { min: 1 },
      default: { value: 1 },
    }),
    train_splits: listOf(split, {
      doc: "Splits to train on.",
      default: { value: ["train"] },
    }),
    valid_splits: listOf(split, {
      doc: "Splits to validate on while training; the first one picks the best checkpoint.",
      default: { value: ["val"] },
    }),
    test_splits: listOf(split, {
      doc: "Splits to test on after training, with the best checkpoint.",
      default: { value: ["test"] },
    }),
    evaluate: bool({
      doc: "Only evaluate, on the validation and test splits; do not train.",
      default: { value: false },
    }),
    // Other paths are relative to their recipe. What a run writes belongs to whoever runs it, and a recipe that
    // came with a package must not write into the package.
    output_dir: path({
      doc: "Folder for logs, results and checkpoints; a relative one lies in the folder that the program is run in.",
      relativeTo: "working directory",
      default: { template: "output/{recipe}" },
    }),
    resume_ckpt_path: path({
      doc: "Checkpoint to continue training from: weights, optimizer, schedule, random state, position in the data.",
      nullable: true,
      default: { value: null },
    }),
    seed: count({
      doc: "Seed of everything random: weights, shuffling, augmentation, dropout.",
      default: { value: 42 },
    }),
    device: oneOf(["cuda", "cpu"], {
      doc: "Where to compute: `cuda` is an NVIDIA GPU. Without one, write `device = cpu`.",
      noun: "device",
      default: { value: "cuda" },
    }),
    engine: oneOf(["auto", "torch", "wasm", "tfjs_node", "tfjs_node_gpu"], {
      doc: "What computes: `auto` takes the fastest installed engine that has the device, and mixed precision where `amp` asks for it (`lavisc doctor` tells which).",
      noun: "engine",
      default: { value: "auto" },
    }),
    threads: count({
      doc: "Threads of an engine on the CPU; none uses all cores.",
      range: { min: 1 },
      nullable: true,
      default: { value: null },
    }),
    amp: bool({
      doc: "Automatic mixed precision in training: products are computed in `amp_dtype`; weights, optimizer and losses stay float32. Evaluation computes in float32, as in LAVIS. Needs the engine `torch`.",
      default: { value: false },
    }),
    amp_dtype: oneOf(["bfloat16", "float16"], {
      doc: "What mixed precision computes in: `bfloat16` has float32's range; `float16`, which LAVIS takes, has more digits, needs a GPU, and scales the loss: a step that overflows is skipped.",
      noun: "precision",
      default: { value: "bfloat16" },
      idleWhile: { option: "amp", is: false },
    }),
    world_size: count({
      doc: "Processes that train together, one for each device; they share each batch of `batch_size_train` samples times `world_size`. Where torchrun, srun, mpirun or Kubernetes start the program, it is what they say.",
      range: { min: 1 },
      default: { value: 1 },
      idleWhile: { option: "distributed", is: false },
    }),
    distributed: bool({
      doc: "Train in `world_size` processes; `false` trains in one, whatever `world_size` is.",
      default: { value: true },
    }),
    dist_url: string({
      doc: "How processes that another launcher started find each other: `env://` by what it left in the environment (MASTER_ADDR and MASTER_PORT, SLURM's or MPI's variables), `tcp://HOST:PORT` at that address of the first process, `file:///FOLDER` in a folder that all can write to.",
      default: { value: "env://" },
    }),
    use_dist_eval_sampler: bool({
      doc: "Share evaluations among the processes, each sample in one of them; `false` evaluates everything in each. The scores are the same.",
      default: { value: true },
    }),
    num_workers: count({
      doc: "Threads that decode and augment images; 0 does it in the training process. The order of samples does not depend on it.",
      default: { value: 2 },
    }),
    max_bad_images: count({
      doc: "Damaged or missing images that are reported and skipped before the run stops.",
      dimension: "samples",
      default: { value: 10 },
    }),
    log_freq: count({
      doc: "Steps between two lines of the log.",
      dimension: "steps",
      range: { min: 1 },
      default: { value: 50 },
    }),
    val_freq: count({
      doc: "Epochs between two validations.",
      dimension: "epochs",
      range: { min: 1 },
      default: { value: 1 },
    }),
    save_freq: count({
      doc: "Epochs between two checkpoints that are kept; 0 keeps none but the best and the last.",
      dimension: "epochs",
      default: { value: 5 },
    }),
    save_last: bool({
      doc: "Keep a checkpoint of the end of training.",
      default: { value: true },
    }),
  },
});
