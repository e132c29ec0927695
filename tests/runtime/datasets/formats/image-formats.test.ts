import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { parquetWriteBuffer } from "hyparquet-writer";
import sharp from "sharp";
import { create } from "tar";
import { describe, expect, it } from "vitest";
import { from_image_folder, from_parquet, from_webdataset } from "../../../../runtime/components.ts";
import { decodeImage } from "../../../../runtime/processors/decode.ts";
import { folderForTests, open, rowsOf } from "./fixture.ts";

const folder = folderForTests();

/** A picture of one colour. */
const picture = (red: number): Promise<Buffer> =>
  sharp({ create: { width: 4, height: 3, channels: 3, background: { r: red, g: 0, b: 0 } } })
    .png()
    .toBuffer();

/** The red of the first pixel that the loader would see. */
const redOf = async (image: string): Promise<number | undefined> => (await decodeImage(image)).data[0];

describe("image_folder", () => {
  const of = (path: string, captions: "folder_name" | "text_file") =>
    from_image_folder("mine", { captions, annotations: { train: [path], val: [path] } });

  it("takes an image's caption from its folder, in the order of the names", async () => {
    for (const name of [
      "red_kettle/2.JPG",
      "red_kettle/old/1.png",
      "a pan/1.webp",
      "a pan/notes.md",
      ".cache/1.png",
    ])
      folder.write(`train/${name}`, "");
    const val = await open(of(folder.at("train"), "folder_name"), "val");
    expect(rowsOf(val).map(({ image_id }) => image_id)).toEqual([
      "train/a pan/1.webp",
      "train/red_kettle/2.JPG",
      "train/red_kettle/old/1.png",
    ]);
    expect([...(val.references?.().values() ?? [])]).toEqual([["a pan"], ["red kettle"], ["red kettle"]]);
    expect(val.row(1).image).toBe(folder.at("train/red_kettle/2.JPG"));
  });

  it("takes captions from the text beside an image, one from each line", async () => {
    folder.write("train/a.jpg", "");
    folder.write("train/a.txt", "\ufeffa kettle\r\n\n  a red kettle \n");
    const train = await open(of(folder.at("train"), "text_file"));
    expect(rowsOf(train).map(({ text_input }) => text_input)).toEqual(["a kettle", "a red kettle"]);
  });

  it("follows links to folders, unless they have no end", async () => {
    folder.write("elsewhere/1.jpg", "");
    folder.write("train/blue/2.jpg", "");
    symlinkSync(folder.at("elsewhere"), folder.at("train/red"));
    const train = await open(of(folder.at("train"), "folder_name"));
    expect(rowsOf(train).map(({ text_input }) => text_input)).toEqual(["blue", "red"]);
    symlinkSync(folder.at("train"), folder.at("elsewhere/back"));
    await expect(open(of(folder.at("train"), "folder_name"))).rejects.toThrow(
      /back leads to .*train, which it lies in/,
    );
  });

  it("says what is missing", async () => {
    folder.write("flat/a.jpg", "");
    folder.write("empty/readme.md", "");
    folder.write("blank/a.jpg", "");
    folder.write("blank/a.txt", "\n");
    folder.write("bmp/red/a.BMP", "");
    folder.write("under/_/a.jpg", "");
    folder.write("file", "");
    const fault = (name: string, captions: "folder_name" | "text_file") =>
      open(of(folder.at(name), captions));
    await expect(fault("flat", "folder_name")).rejects.toThrow("the image a.jpg lies in");
    await expect(fault("flat", "text_file")).rejects.toThrow(
      /a\.jpg has no caption: .*a\.txt: there is no such file/,
    );
    await expect(fault("blank", "text_file")).rejects.toThrow(/the caption of the image .*a\.jpg is empty/);
    await expect(fault("empty", "folder_name")).rejects.toThrow("has no image");
    await expect(fault("bmp", "folder_name")).rejects.toThrow(/a\.BMP cannot be read: \.bmp is none of/);
    await expect(fault("under", "folder_name")).rejects.toThrow("_ has a blank for a name");
    await expect(fault("file", "folder_name")).rejects.toThrow("it is no folder");
    await expect(fault("gone", "folder_name")).rejects.toThrow("gone: there is no such file");
  });
});

describe("webdataset", () => {
  /** Packs files of the folder `content` into a shard. */
  async function shard(name: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
    const content = `content-${name}`;
    for (const [file, bytes] of Object.entries(files)) folder.write(join(content, file), bytes);
    const path = folder.at(name);
    mkdirSync(folder.at(content), { recursive: true });
    await create({ file: path, cwd: folder.at(content), portable: true }, Object.keys(files));
    return path;
  }
  const of = (path: string, columns: object = {}) =>
    from_webdataset("mine", { columns, annotations: { train: [path], val: [path] } });

  it("reads images and texts from the middle of archives", async () => {
    const long = `${"deep/".repeat(30)}002`;
    const path = await shard("shard-000.tar", {
      "000.png": await picture(200),
      "000.txt": "a red square\n",
      "sub/001.txt": "a dark square",
      "sub/001.PNG": await picture(50),
      [`${long}.png`]: await picture(10),
      [`${long}.txt`]: "deep down",
    });
    const train = await open(of(path));
    expect(rowsOf(train).map((row) => [row.text_input, row.image_id])).toEqual([
      ["a red square", "shard-000/000"],
      ["a dark square", "shard-000/sub/001"],
      ["deep down", `shard-000/${long}`],
    ]);
    expect(await Promise.all(rowsOf(train).map(({ image }) => redOf(image)))).toEqual([200, 50, 10]);
    expect(train.origin(2)).toBe(`${path} sample 2`);
  });

  it("reads the fields of a sample's json", async () => {
    const json = JSON.stringify({ caption: ["one", "two"], uid: 17 });
    const path = await shard("a.tar", { "0.jpg": await picture(1), "0.json": json });
    const val = await open(of(path, { caption: "json.caption", image_id: "json.uid" }), "val");
    expect([...(val.references?.() ?? [])]).toEqual([[17, ["one", "two"]]]);
  });

  it("reads a folder of shards, or a range of them, in the order of their names", async () => {
    mkdirSync(folder.at("shards"), { recursive: true });
    for (const part of ["01", "00"]) {
      const path = await shard(`${part}.tar`, { [`${part}.jpg`]: await picture(1), [`${part}.txt`]: part });
      renameSync(path, folder.at(`shards/part-${part}.tar`));
    }
    const texts = async (path: string) => rowsOf(await open(of(path))).map(({ text_input }) => text_input);
    expect(await texts(folder.at("shards"))).toEqual(["00", "01"]);
    expect(await texts(folder.at("shards/part-{00..01}.tar"))).toEqual(["00", "01"]);
    await expect(texts(folder.at("shards/part-{01..00}.tar"))).rejects.toThrow("{01..00} is no range");
    await expect(texts(folder.at("shards/part-{00..02}.tar"))).rejects.toThrow(
      "part-02.tar: there is no such file",
    );
  });

  it("loses nothing of an archive that is cut off, joined with another, or has a name twice", async () => {
    const path = await shard("a.tar", { "0.png": await picture(1), "0.txt": "x" });
    const whole = readFileSync(path);
    const cut = folder.write("cut.tar", whole.subarray(0, 2048));
    await expect(open(of(cut))).rejects.toThrow("cut.tar, byte 2048: it is cut off");
    const joined = folder.write("joined.tar", Buffer.concat([whole, whole]));
    await expect(open(of(joined))).rejects.toThrow(/joined\.tar, byte \d+: more follows behind/);
    const twice = folder.write("twice.tar", Buffer.concat([whole.subarray(0, 2048), whole]));
    await expect(open(of(twice))).rejects.toThrow("twice.tar: sample 0 has two files .png");
  });

  it("is no folder in which one archive is compressed", async () => {
    const path = await shard("a.tar", { "0.png": await picture(1), "0.txt": "x" });
    folder.write("shards/b.tar.gz", gzipSync(readFileSync(path)));
    renameSync(path, folder.at("shards/a.tar"));
    await expect(open(of(folder.at("shards")))).rejects.toThrow("has b.tar.gz, which is compressed");
  });

  it("reads long names as GNU's tar writes them", async () => {
    const name = `${"x".repeat(120)}`;
    folder.write(`gnu/${name}.jpg`, await picture(77));
    folder.write(`gnu/${name}.txt`, "long");
    execFileSync("tar", [
      "--format=gnu",
      "-cf",
      folder.at("gnu.tar"),
      "-C",
      folder.at("gnu"),
      `${name}.jpg`,
      `${name}.txt`,
    ]);
    const train = await open(of(folder.at("gnu.tar")));
    expect(train.row(0)).toMatchObject({ text_input: "long", image_id: `gnu/${name}` });
    expect(await redOf(train.row(0).image)).toBe(77);
  });

  it("says what a sample lacks", async () => {
    const path = await shard("a.tar", { "7.jpg": await picture(1), "7.caption": "x" });
    await expect(open(of(path))).rejects.toMatchObject({
      message: `${path}: sample 7 has no .txt, but .jpg, .caption`,
      hint: 'columns { caption = "…" } says which file of a sample it is',
    });
    await expect(open(of(path, { image: "tiff", caption: "caption" }))).rejects.toThrow(
      "has no image (.tiff)",
    );
    await expect(open(of(path, { caption: "caption.title" }))).rejects.toThrow(
      /a\.tar, 7\.caption is not JSON/,
    );
  });

  it("says that an archive is compressed, cut off, or none", async () => {
    const path = await shard("a.tar", { "7.jpg": await picture(1), "7.txt": "x" });
    await expect(open(of(folder.write("b.tar", gzipSync(readFileSync(path)))))).rejects.toThrow(
      "b.tar is compressed",
    );
    await expect(open(of(folder.write("c.tar", "x".repeat(2000))))).rejects.toThrow(
      "c.tar, byte 0: it is no tar archive",
    );
    truncateSync(path, 540);
    await expect(open(of(path))).rejects.toThrow(/a\.tar, byte 0: 7\.jpg is cut off/);
  });

  it("calls an image bad whose archive has changed since", async () => {
    const path = await shard("a.tar", { "7.png": await picture(1), "7.txt": "x" });
    const train = await open(of(path));
    truncateSync(path, 520);
    await expect(decodeImage(train.row(0).image)).rejects.toThrow("it has changed since it was opened");
  });
});

describe("parquet", () => {
  type Columns = Parameters<typeof parquetWriteBuffer>[0]["columnData"];
  function table(name: string, columnData: Columns, more: object = {}): string {
    return folder.write(name, new Uint8Array(parquetWriteBuffer({ columnData, ...more })));
  }
  const of = (path: string, columns: object = {}) =>
    from_parquet("mine", { columns, annotations: { train: [path], val: [path] } });

  it("reads names of files, a group of rows after another", async () => {
    folder.write("a.jpg", "");
    const path = table(
      "rows.parquet",
      [
        { name: "file", data: ["a.jpg", "b.jpg", "c.jpg"], type: "STRING" },
        { name: "caption", data: ["one", "two", "three"], type: "STRING" },
        { name: "id", data: [1n, 2n, 3n], type: "INT64" },
      ],
      { rowGroupSize: 2 },
    );
    const train = await open(of(path, { image: "file", image_id: "id" }));
    expect(rowsOf(train).map((row) => [row.image, row.text_input, row.image_id])).toEqual([
      [folder.at("a.jpg"), "one", 1],
      [folder.at("b.jpg"), "two", 2],
      [folder.at("c.jpg"), "three", 3],
    ]);
    expect(train.origin(2)).toBe(`${path} row 2`);
  });

  it("packs the images of a table into the cache, once", async () => {
    const images = [await picture(200), await picture(50), await picture(10)];
    const path = table(
      "train-0.parquet",
      [
        { name: "image", data: images.map((bytes) => new Uint8Array(bytes)), type: "BYTE_ARRAY" },
        { name: "caption", data: ["one", "two", "three"], type: "STRING" },
      ],
      { rowGroupSize: 2 },
    );
    const train = await open(of(path));
    expect(rowsOf(train).map((row) => [row.text_input, row.image_id])).toEqual([
      ["one", "train-0/0"],
      ["two", "train-0/1"],
      ["three", "train-0/2"],
    ]);
    expect(await Promise.all(rowsOf(train).map(({ image }) => redOf(image)))).toEqual([200, 50, 10]);
    const packs = readdirSync(folder.at("cache/images"));
    expect(packs).toHaveLength(1);
    // What is there is taken as it is.
    writeFileSync(folder.at(`cache/images/${packs[0]}/images.bin`), Buffer.concat([...images].reverse()));
    expect(await redOf((await open(of(path))).row(0).image)).toBe(10);
    expect(readdirSync(folder.at("cache/images"))).toEqual(packs);
  });

  it("reads images as the Hugging Face hub has them, and texts that are not said to be texts", async () => {
    const image = [
      { bytes: new Uint8Array(await picture(90)), path: "1.png" },
      { bytes: new Uint8Array(await picture(30)), path: null },
    ];
    const path = table(
      "hub.parquet",
      [
        { name: "image", data: image },
        { name: "text", data: [Buffer.from("a kettle"), Buffer.from("größer")] },
      ],
      {
        schema: [
          { name: "root", num_children: 2 },
          { name: "image", repetition_type: "OPTIONAL", num_children: 2 },
          { name: "bytes", type: "BYTE_ARRAY", repetition_type: "OPTIONAL" },
          { name: "path", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
          { name: "text", type: "BYTE_ARRAY", repetition_type: "REQUIRED" },
        ],
      },
    );
    const train = await open(of(path, { caption: "text" }));
    expect(rowsOf(train).map(({ text_input }) => text_input)).toEqual(["a kettle", "größer"]);
    expect(await Promise.all(rowsOf(train).map(({ image }) => redOf(image)))).toEqual([90, 30]);
  });

  it("packs a table once where several ask for it at the same time", async () => {
    const data = await Promise.all([10, 20, 30].map(async (red) => new Uint8Array(await picture(red))));
    const path = table("t.parquet", [
      { name: "image", data, type: "BYTE_ARRAY" },
      { name: "caption", data: ["x", "y", "z"], type: "STRING" },
    ]);
    const opened = await Promise.all([1, 2, 3].map(() => open(of(path))));
    expect(await Promise.all(opened.map((train) => redOf(train.row(2).image)))).toEqual([30, 30, 30]);
    expect(readdirSync(folder.at("cache/images"))).toHaveLength(1);
  });

  it("says which column is missing, and which there are", async () => {
    const path = table("rows.parquet", [{ name: "text", data: ["x"], type: "STRING" }]);
    await expect(open(of(path))).rejects.toMatchObject({
      message: `${path} has no column "image"`,
      hint: 'its columns are text; columns { image = "…" } says which one it is',
    });
  });

  it("says that a file is none of Parquet's, or damaged", async () => {
    await expect(open(of(folder.write("empty.parquet", "")))).rejects.toThrow(
      "empty.parquet cannot be read as Parquet: it has 0 bytes",
    );
    await expect(open(of(folder.write("a.parquet", "no table")))).rejects.toThrow(
      /a\.parquet cannot be read as Parquet: /,
    );
    const path = table("b.parquet", [
      { name: "image", data: ["a.jpg"], type: "STRING" },
      { name: "caption", data: ["a caption that is longer than a few letters"], type: "STRING" },
    ]);
    const bytes = readFileSync(path);
    bytes.fill(0xff, 4, 60);
    await expect(open(of(folder.write("b.parquet", bytes)))).rejects.toThrow(
      /b\.parquet, rows 0 to 0 cannot be read/,
    );
  });

  it("leaves nothing half done in the cache where a row has no image", async () => {
    const data = [new Uint8Array(await picture(1)), null];
    const path = table("c.parquet", [
      { name: "image", data, type: "BYTE_ARRAY", nullable: true },
      { name: "caption", data: ["x", "y"], type: "STRING" },
    ]);
    await expect(open(of(path))).rejects.toThrow(
      /c\.parquet row 1: field "image" must be an image's bytes, not null/,
    );
    expect(readdirSync(folder.at("cache/images"))).toEqual([]);
  });
});
