import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import * as components from "../../../runtime/components.ts";
import type { Recipe } from "../../../runtime/index.ts";
import { secret } from "../../../runtime/secret.ts";
import { type FileServer, serve } from "../datasets/file-server.ts";
import { failure, finished, makeData, tinyRecipe } from "./fixture.ts";

const token = "hunter2-of-the-hub";
let data: string;
let server: FileServer;

beforeAll(async () => {
  data = await makeData();
  server = await serve((request, response) => {
    const isKnown = request.headers.authorization === `Bearer ${token}`;
    if (isKnown && request.url?.endsWith(".json")) response.end(readFileSync(join(data, request.url)));
    else response.writeHead(isKnown ? 404 : 401).end();
  });
  vi.stubEnv("LAVIS_TEST_TOKEN", token);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await server.close();
  rmSync(data, { recursive: true });
});

/** The tiny recipe, with annotations that a server gives to those who show the token. */
function guardedRecipe(): Recipe {
  const recipe = tinyRecipe(data, { run: { valid_splits: [], test_splits: [] } });
  const [shapes] = recipe.datasets;
  const annotations = {
    url: `${server.url}/train.json`,
    md5: null,
    storage: join(data, "fetched", "train.json"),
  };
  const build_info = { images: join(data, "images"), annotations: { train: annotations } };
  return {
    ...recipe,
    datasets: [
      components.coco_caption("shapes", {
        ...(shapes?.options as Parameters<typeof components.coco_caption>[1]),
        build_info: { ...build_info, token: secret("LAVIS_TEST_TOKEN") },
      }),
    ],
  };
}

/** Every file below a folder, as text. */
function textsIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"));
}

describe("a run whose data is behind a token", () => {
  it("gets it, and writes and says the name of the variable only", async () => {
    const { events, folder } = await finished(guardedRecipe());
    expect(server.requests).toEqual(["GET /train.json"]);
    expect(readFileSync(join(folder, "run.json"), "utf8")).toContain("LAVIS_TEST_TOKEN");
    expect(textsIn(join(data, "output")).filter((text) => text.includes(token))).toEqual([]);
    expect(JSON.stringify(events)).not.toContain(token);
  });

  it("says which variable a refused token of weights came from", async () => {
    vi.stubEnv("LAVIS_TEST_WEIGHTS", "another-token");
    const model = {
      load_pretrained: true,
      pretrained: `${server.url}/weights.pth`,
      weights_token: secret("LAVIS_TEST_WEIGHTS"),
    };
    const { message, hint } = await failure(tinyRecipe(data, { model }));
    expect(message).toContain("HTTP 401");
    expect(hint).toContain("LAVIS_TEST_WEIGHTS");
    expect(`${message}${hint}`).not.toContain("another-token");
  });
});
