import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";
import { CheckpointStore, openCheckpoint } from "../../../runtime/checkpoint/store.ts";
import { UserError } from "../../../runtime/errors.ts";
import { testFolder } from "./folder.ts";
import { sampleCheckpoint } from "./sample-checkpoint.ts";

const folder = testFolder();
let count = 0;
const newStore = () => new CheckpointStore(folder.path(`store-${count++}`));

describe("a store of checkpoints", () => {
  it("gives back what was written", () => {
    const store = newStore();
    store.write("checkpoint_0", sampleCheckpoint(7));
    const checkpoint = store.open("latest");
    expect(checkpoint.manifest.state).toEqual(sampleCheckpoint(7).state);
    expect(checkpoint.model.read("weight").data).toEqual(new Float32Array(4).fill(7));
    expect(checkpoint.optimizer?.tensors.has("weight.exp_avg")).toBe(true);
    checkpoint.close();
  });

  it("gives back the loss scale, and none where a checkpoint is from before there was one", () => {
    const store = newStore();
    const { state, ...rest } = sampleCheckpoint(1);
    const lossScaler = { scale: 32_768, goodSteps: 12, skippedSteps: 1 };
    const path = store.write("checkpoint_1", { ...rest, state: { ...state, lossScaler } });
    const scalerOf = () => {
      const checkpoint = store.open("checkpoint_1");
      checkpoint.close();
      return checkpoint.manifest.state.lossScaler;
    };
    expect(scalerOf()).toEqual(lossScaler);
    const file = join(path, "state.json");
    const manifest = JSON.parse(readFileSync(file, "utf8"));
    delete manifest.state.lossScaler;
    writeFileSync(file, JSON.stringify(manifest));
    expect(scalerOf()).toBeNull();
  });

  it("writes checkpoints without an optimizer", () => {
    const store = newStore();
    const { model, state } = sampleCheckpoint(1);
    store.write("checkpoint_best", { model, state });
    const checkpoint = store.open("checkpoint_best");
    expect(checkpoint.optimizer).toBeUndefined();
    checkpoint.close();
  });

  it("moves its pointers: latest by itself, best when told", () => {
    const store = newStore();
    expect(store.pointed("best")).toBeUndefined();
    expect(() => store.open("best")).toThrow("has no best checkpoint yet");
    store.write("checkpoint_0", sampleCheckpoint(1));
    store.point("best", "checkpoint_0");
    store.write("checkpoint_1", sampleCheckpoint(2));
    expect([store.pointed("latest"), store.pointed("best")]).toEqual(["checkpoint_1", "checkpoint_0"]);
  });

  it("replaces a checkpoint of the same name and leaves nothing else behind", () => {
    const store = newStore();
    for (const step of [1, 2]) store.write("checkpoint_last", sampleCheckpoint(step));
    expect(readdirSync(store.folder).sort()).toEqual(["checkpoint_last", "latest"]);
    const checkpoint = store.open("latest");
    expect(checkpoint.manifest.state.position.step).toBe(2);
    checkpoint.close();
  });

  it("keeps the old checkpoint when a new one cannot be written", () => {
    const store = newStore();
    store.write("checkpoint_last", sampleCheckpoint(1));
    const { state } = sampleCheckpoint(2);
    const fails = (): Float32Array => {
      throw new Error("out of memory");
    };
    const model = new Map([["weight", { dtype: "F32", shape: [4], data: fails } as const]]);
    expect(() => store.write("checkpoint_last", { model, state })).toThrow("out of memory");
    const checkpoint = store.open("latest");
    expect(checkpoint.manifest.state.position.step).toBe(1);
    checkpoint.close();
    expect(readdirSync(store.folder).sort()).toEqual(["checkpoint_last", "latest"]);
  });

  it("adopts another run's checkpoint, but keeps its own of that name", () => {
    const [store, other] = [newStore(), newStore()];
    const path = other.write("checkpoint_3", sampleCheckpoint(3));
    store.adopt(path, "checkpoint_best");
    store.adopt(other.write("checkpoint_4", sampleCheckpoint(4)), "checkpoint_best");
    const checkpoint = store.open("checkpoint_best");
    expect(checkpoint.manifest.state.position.step).toBe(3);
    checkpoint.close();
  });

  it("removes a checkpoint, but none that a pointer stands for", () => {
    const store = newStore();
    for (const step of [1, 2]) store.write(`checkpoint_${step}`, sampleCheckpoint(step));
    expect([store.remove("checkpoint_1"), store.remove("checkpoint_2"), store.remove("none")]).toEqual([
      true,
      false,
      false,
    ]);
    expect(readdirSync(store.folder).sort()).toEqual(["checkpoint_2", "latest"]);
  });

  it.each(["latest", "best", "../up", ".hidden", ""])("takes no checkpoint named %j", (name) => {
    expect(() => newStore().write(name, sampleCheckpoint(1))).toThrow("is no name for a checkpoint");
  });
});

describe("damaged checkpoints are named", () => {
  const damaged = (change: (path: string) => void) => {
    const store = newStore();
    const path = store.write("checkpoint_0", sampleCheckpoint(1));
    change(path);
    return () => openCheckpoint(path).close();
  };
  const manifest = (change: (json: { [key: string]: unknown; state: Record<string, unknown> }) => void) =>
    damaged((path) => {
      const json = JSON.parse(readFileSync(join(path, "state.json"), "utf8"));
      change(json);
      writeFileSync(join(path, "state.json"), JSON.stringify(json));
    });

  it.each<[string, () => () => void, string]>([
    [
      "a file cut off",
      () => damaged((path) => truncateSync(join(path, "model.safetensors"), 20)),
      "it has 20 bytes",
    ],
    [
      "a file changed",
      () =>
        damaged((path) => {
          const file = join(path, "optimizer.safetensors");
          const bytes = readFileSync(file);
          bytes[bytes.length - 1]! ^= 1;
          writeFileSync(file, bytes);
        }),
      "optimizer.safetensors is damaged: its content is not what was written",
    ],
    [
      "a file missing",
      () => damaged((path) => renameSync(join(path, "model.safetensors"), join(path, "x"))),
      "it is missing",
    ],
    [
      "no manifest",
      () => damaged((path) => renameSync(join(path, "state.json"), join(path, "x"))),
      "is no checkpoint of lavis",
    ],
    [
      "a manifest that is no JSON",
      () => damaged((path) => writeFileSync(join(path, "state.json"), "{")),
      "not a valid checkpoint manifest",
    ],
    [
      "a loss scale that lacks a field",
      () => manifest(({ state }) => Object.assign(state, { lossScaler: { scale: 2 } })),
      "state.lossScaler.goodSteps is missing",
    ],
    ["a field missing", () => manifest(({ state }) => delete state.position), "state.position is missing"],
    [
      "a field of another type",
      () => manifest(({ state }) => Object.assign(state, { randomKey: ["a"] })),
      "state.randomKey is no list of numbers",
    ],
    [
      "a newer format",
      () => manifest((json) => Object.assign(json, { format: 2 })),
      "has format 2; this version reads format 1",
    ],
    [
      "a file outside",
      () => manifest((json) => Object.assign(json.files as object, { "../x": { bytes: 1, sha256: "" } })),
      "no plain name",
    ],
  ])("%s", (_, open, message) => {
    expect(open()).toThrow(UserError);
    expect(open()).toThrow(message);
  });
});

describe("after an interruption", () => {
  it("a new store clears unfinished writes away", () => {
    const store = newStore();
    store.write("checkpoint_0", sampleCheckpoint(1));
    mkdirSync(join(store.folder, ".writing-checkpoint_1"));
    writeFileSync(join(store.folder, "best.123.tmp"), "checkpoint_1");
    new CheckpointStore(store.folder);
    expect(readdirSync(store.folder).sort()).toEqual(["checkpoint_0", "latest"]);
  });

  it("a checkpoint that was being replaced comes back", () => {
    const store = newStore();
    const path = store.write("checkpoint_last", sampleCheckpoint(1));
    renameSync(path, join(store.folder, ".replaced-checkpoint_last"));
    const checkpoint = new CheckpointStore(store.folder).open("latest");
    expect([checkpoint.path, checkpoint.manifest.state.position.step]).toEqual([path, 1]);
    checkpoint.close();
  });

  let script = "";
  beforeAll(async () => {
    script = folder.path("writer.mjs");
    await build({
      entryPoints: [fileURLToPath(new URL("./killed-writer.ts", import.meta.url))],
      bundle: true,
      platform: "node",
      format: "esm",
      outfile: script,
      logLevel: "error",
    });
  });

  it("a process killed while it writes leaves a whole checkpoint, whenever it is killed", async () => {
    for (let round = 0; round < 8; round++) {
      const path = folder.path(`killed-${round}`);
      const writer: ChildProcess = spawn(process.execPath, [script, path], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let reported = 0;
      writer.stdout?.on("data", (data: Buffer) => {
        reported = Math.max(reported, ...data.toString().trim().split("\n").map(Number));
      });
      await once(writer.stdout!, "data");
      await new Promise((resolve) => setTimeout(resolve, 7 * round));
      writer.kill("SIGKILL");
      await once(writer, "close");

      const store = new CheckpointStore(path);
      const checkpoint = store.open("latest");
      const step = checkpoint.manifest.state.position.step;
      expect(step).toBeGreaterThanOrEqual(reported);
      const values = checkpoint.model.read("weight").data;
      expect(values.length).toBe(200_000);
      expect(values.every((value) => value === step)).toBe(true);
      checkpoint.close();
      expect(readdirSync(path).sort()).toEqual(["checkpoint_last", "latest"]);
      expect(existsSync(join(path, "checkpoint_last", "state.json"))).toBe(true);
    }
  });
});
