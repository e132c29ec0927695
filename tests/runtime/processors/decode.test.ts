import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UserError } from "../../../runtime/errors.ts";
import {
  decodeBytes,
  decodeImage,
  decodeOnOneThread,
  ImageError,
} from "../../../runtime/processors/decode.ts";

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../fixtures/images/${name}`, import.meta.url));

/** What Pillow 11.3 gives for the fixtures: `Image.open(file).convert("RGB")`, the bytes in hexadecimal. */
const pillow = JSON.parse(readFileSync(fixture("pillow.json"), "utf8")) as {
  readonly images: Readonly<Record<string, { width: number; height: number; rgb: string }>>;
};

describe("a decoded image", () => {
  it.each(Object.entries(pillow.images))("%s is what Pillow converts to RGB", async (name, wanted) => {
    const { width, height, data } = await decodeImage(fixture(name));
    expect({ width, height, rgb: Buffer.from(data).toString("hex") }).toEqual({
      width: wanted.width,
      height: wanted.height,
      rgb: wanted.rgb,
    });
  });

  it("keeps the high byte of 16-bit greys, which Pillow would clip to white", async () => {
    const grey = await decodeImage(fixture("grey.png"));
    expect(await decodeImage(fixture("sixteen-bit-grey.png"))).toEqual(grey);
  });

  it("comes out the same on one thread", async () => {
    const before = { threads: sharp.concurrency(), cache: sharp.cache() };
    const first = await decodeImage(fixture("rgb.jpg"));
    decodeOnOneThread();
    expect(sharp.concurrency()).toBe(1);
    expect(await decodeImage(fixture("rgb.jpg"))).toEqual(first);
    sharp.concurrency(before.threads);
    sharp.cache(true);
  });
});

describe("a file that gives no image is named, with the reason", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "lavis-decode-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function failure(path: string): Promise<ImageError> {
    const error: unknown = await decodeImage(path).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ImageError);
    expect(error).toBeInstanceOf(UserError);
    const failed = error as ImageError;
    expect(failed.path).toBe(path);
    expect(failed.message).toBe(`cannot read the image ${path}: ${failed.reason}`);
    return failed;
  }

  async function written(name: string, bytes: Uint8Array | string): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, bytes);
    return path;
  }

  it("when it is missing, or a folder", async () => {
    expect((await failure(join(folder, "none.jpg"))).reason).toBe("there is no such file");
    expect((await failure(folder)).reason).toMatch(/EISDIR/);
  });

  it("when it is empty", async () => {
    expect((await failure(await written("empty.jpg", ""))).reason).toBe("the file is empty");
  });

  it("when it is text, whatever its name", async () => {
    expect((await failure(await written("text.png", "no image"))).reason).toMatch(/no image of a format/);
  });

  it("when it is of a format that draws instead of holding pixels", async () => {
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><rect width="4" height="4"/></svg>';
    expect((await failure(await written("drawing.svg", svg))).reason).toBe(
      "images of the format svg are not read",
    );
  });

  it.each(["rgb.jpg", "progressive.jpg", "rgba.png", "rgb.webp", "rgb.tiff"])(
    "when %s is cut off",
    async (name) => {
      const whole = await readFile(fixture(name));
      for (const share of [0.1, 0.5, 0.75]) {
        const path = await written(`cut-${share}-${name}`, whole.subarray(0, whole.length * share));
        expect((await failure(path)).reason).not.toBe("");
      }
    },
  );

  it("when its bytes are damaged where the decoder can tell", async () => {
    const bytes = Uint8Array.from(await readFile(fixture("rgba.png")));
    bytes.fill(0x55, 60, 80);
    await expect(decodeBytes(bytes, "damaged.png")).rejects.toThrow(/damaged\.png: /);
  });
});
