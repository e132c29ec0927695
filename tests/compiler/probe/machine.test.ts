import { mkdirSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type MachineServices, machineWorld, probeRecipes } from "../../../compiler/probe/index.ts";
import { dataPath } from "../../../runtime/cache.ts";
import { openWeights } from "../../../runtime/checkpoint/open.ts";
import { writeSafetensors } from "../../../runtime/checkpoint/safetensors.ts";
import { CheckpointStore, findCheckpoint } from "../../../runtime/checkpoint/store.ts";
import { parseVocabulary } from "../../../runtime/text/vocabulary.ts";
import { pickle, pickledTensor, zipCheckpoint } from "../../runtime/checkpoint/build-pth.ts";
import { testFolder } from "../../runtime/checkpoint/folder.ts";
import { sampleCheckpoint } from "../../runtime/checkpoint/sample-checkpoint.ts";
import { checkText, recipe } from "../marked.ts";

const folder = testFolder();

/** This machine's world, with the runtime's own services but for its engines. */
function world(changes: Partial<MachineServices> = {}) {
  const services: MachineServices = {
    dataPath,
    findCheckpoint,
    openWeights,
    parseVocabulary,
    probeEngines: async () => [{ name: "wasm", isUsable: true, devices: ["cpu"] }],
    ...changes,
  };
  return machineWorld(services, folder.path("."));
}

/** A file of weights with one tensor. */
function weights(name: string): string {
  const path = folder.path(name);
  writeSafetensors(path, new Map([["w", { dtype: "F32", shape: [2, 3], data: new Float32Array(6) }]]));
  return path;
}

describe("the world of this machine", () => {
  it("tells files from folders, and from nothing", () => {
    const file = folder.write("a.txt", "a");
    expect(world().kindOf(file)).toBe("file");
    expect(world().kindOf(folder.path("."))).toBe("folder");
    expect(world().kindOf(folder.path("nothing"))).toBeUndefined();
    expect(world().kindOf(join(file, "inside"))).toBeUndefined();
  });

  it("places relative paths in the working folder, and the cache's in the cache", () => {
    expect(world().path("output/r")).toBe(folder.path("output/r"));
    expect(world().path("/there")).toBe("/there");
    expect(world().path("cache:data/coco")).toBe(dataPath("cache:data/coco"));
  });

  it("digests files, and fails on what it cannot read", async () => {
    expect(await world().md5(folder.write("a.txt", "a"))).toBe("0cc175b9c0f1b6a831c399e269772661");
    await expect(world().md5(folder.path("nothing"))).rejects.toThrow("ENOENT");
  });

  it("counts a vocabulary's tokens as the runtime does", () => {
    expect(world().vocabulary(folder.write("v.txt", "[PAD]\nthe\n"))).toEqual(["[PAD]", "the"]);
    expect(world().vocabulary(folder.path("nothing"))).toBeUndefined();
  });

  it("reads the headers of safetensors and of PyTorch's files", () => {
    expect([...world().tensors(weights("w.safetensors"))].map(([name, { shape }]) => [name, shape])).toEqual([
      ["w", [2, 3]],
    ]);
    const tensor = pickledTensor({
      storage: "0",
      type: "FloatStorage",
      elements: 6,
      shape: [3, 2],
      stride: [2, 1],
    });
    const state = pickle.dict([["model", pickle.dict([["v", tensor]])]]);
    const path = folder.write("v.pth", zipCheckpoint(state, { 0: new Uint8Array(24) }));
    expect(world().tensors(path).get("v")?.shape).toEqual([3, 2]);
  });

  it("says what is wrong with weights that were cut off, wherever that is", () => {
    for (const bytes of [4, 20, 90]) {
      const path = weights(`cut-${bytes}.safetensors`);
      truncateSync(path, bytes);
      expect(() => world().tensors(path)).toThrow(/is not a valid safetensors file/);
    }
  });

  it("finds the model in the checkpoint that a run points to", () => {
    const store = new CheckpointStore(folder.path("run/checkpoints"));
    const path = store.write("epoch_1", sampleCheckpoint(1));
    for (const named of [path, folder.path("run"), folder.path("run/checkpoints/latest")])
      expect([...world().tensorsOfCheckpoint(named).keys()]).toEqual(["weight"]);
    expect(() => world().tensorsOfCheckpoint(folder.path("."))).toThrow();
  });

  it("knows the disk of a folder that is not there yet", async () => {
    const { folder: nearest, free } = await world().disk(folder.path("output/r/deep"));
    expect(nearest).toBe(folder.path("."));
    expect(free).toBeGreaterThan(0);
    expect(world().whyNotWritable(nearest)).toBeUndefined();
  });

  it("cannot write into a file", async () => {
    const file = folder.write("output.txt", "");
    const { folder: nearest } = await world().disk(join(file, "run"));
    expect(world().whyNotWritable(nearest)).toBe("it is not a folder");
  });

  it("opens the engines once, however many recipes ask", async () => {
    let asked = 0;
    const one = world({
      probeEngines: async () => {
        asked++;
        return [];
      },
    });
    await one.engines();
    await one.engines();
    expect(asked).toBe(1);
  });
});

describe("probing this machine", () => {
  it("finds a cut-off checkpoint, a wrong checksum and a missing folder in one go", async () => {
    const path = weights("mine.safetensors");
    truncateSync(path, 90);
    mkdirSync(folder.path("data"), { recursive: true });
    const annotations = folder.write("data/train.json", "[]");
    const text = recipe({
      model: `model blip_caption.tiny { load_pretrained = true, pretrained = "${path}" }`,
      dataset: `dataset emoji_caption { build_info { images = "${folder.path("gone")}", annotations { train { storage = "${annotations}", md5 = "0" } } } }`,
      run: `run { device = cpu, valid_splits = [], test_splits = [], output_dir = "${folder.path("out")}" }`,
    });
    const { partial, diagnostics } = checkText(text);
    expect(diagnostics).toEqual([]);
    const found = await probeRecipes(partial, world());
    expect(found.map(({ diagnostic }) => diagnostic.code)).toEqual(["LV6001", "LV6003", "LV6004"]);
  });

  it("finds a disk too small for a model that no disk is large enough for", async () => {
    const text = recipe({
      model: "model blip_caption.tiny { text_intermediate_size = 1_000_000_000_000 }",
      dataset: `dataset emoji_caption { build_info { images = "${folder.path(".")}", annotations { train = "${folder.write("t.json", "[]")}" } } }`,
      run: `run { device = cpu, valid_splits = [], test_splits = [], output_dir = "${folder.path("out")}" }`,
    });
    const found = await probeRecipes(checkText(text).partial, world());
    expect(found.map(({ diagnostic }) => diagnostic.code)).toEqual(["LV6008"]);
  });
});
