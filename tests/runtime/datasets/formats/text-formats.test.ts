import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { from_coco_captions, from_jsonl, from_karpathy, from_vqa } from "../../../../runtime/components.ts";
import type { QuestionDataset } from "../../../../runtime/datasets/formats/vqa.ts";
import { folderForTests, open, rowsOf } from "./fixture.ts";

const folder = folderForTests();

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");
/** Bytes that are in use. */
const held = (): number => {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

const lines = (...rows: readonly unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

describe("jsonl", () => {
  const shop = { columns: { image: "file", caption: "title" } };
  const of = (file: string, more: object = {}) =>
    from_jsonl("my_shop", { ...shop, ...more, annotations: { train: [file], val: [file] } });

  it("has a training sample for each caption, named by its image", async () => {
    folder.write("photos/a.jpg", "");
    const file = folder.write(
      "train.jsonl",
      `\ufeff${lines({ file: "a.jpg", title: "a kettle" })}\r\n${lines({ file: "sub/b.jpg", title: ["a pan", "ein Töpfchen"] })}`,
    );
    const train = await open(of(file, { images: folder.at("photos") }));
    const photo = (name: string) => join(folder.at("photos"), name);
    expect(rowsOf(train)).toEqual([
      { image: photo("a.jpg"), text_input: "a kettle", image_id: "a.jpg", instance_id: "0" },
      { image: photo("sub/b.jpg"), text_input: "a pan", image_id: "sub/b.jpg", instance_id: "1" },
      { image: photo("sub/b.jpg"), text_input: "ein Töpfchen", image_id: "sub/b.jpg", instance_id: "2" },
    ]);
    expect(train.origin(2)).toBe(`${file} line 3`);
    expect(train.references).toBeUndefined();
  });

  it("evaluates an image once, against the captions of all its rows", async () => {
    folder.write("a.jpg", "");
    const rows = [
      { file: "a.jpg", title: "one" },
      { file: "b.jpg", title: "other" },
      { file: "a.jpg", title: ["two", "three"] },
    ];
    const val = await open(of(folder.write("rows.jsonl", lines(...rows))), "val");
    expect(rowsOf(val).map(({ image_id }) => image_id)).toEqual(["a.jpg", "b.jpg"]);
    expect(rowsOf(val)[0]).not.toHaveProperty("text_input");
    expect([...(val.references?.() ?? [])]).toEqual([
      ["a.jpg", ["one", "two", "three"]],
      ["b.jpg", ["other"]],
    ]);
  });

  it("takes ids from columns, numbers as numbers", async () => {
    folder.write("a.jpg", "");
    const columns = { ...shop.columns, image_id: "id", instance_id: "sku" };
    const file = folder.write(
      "rows.jsonl",
      lines({ file: "a.jpg", title: "x", id: 7, sku: "s-1" }, { file: "b.jpg", title: "y", id: "7" }),
    );
    expect(rowsOf(await open(of(file, { columns }))).map((row) => [row.image_id, row.instance_id])).toEqual([
      [7, "s-1"],
      ["7", "1"],
    ]);
  });

  it("joins the files of a split, each row's image beside its own file", async () => {
    const files = ["one", "two"].map((part) => {
      folder.write(`${part}/a_${part}.jpg`, "");
      return folder.write(`${part}/rows.jsonl`, lines({ file: `a_${part}.jpg`, title: part }));
    });
    const train = await open(from_jsonl("my_shop", { ...shop, annotations: { train: files } }));
    expect(rowsOf(train).map(({ image }) => image)).toEqual([
      folder.at("one/a_one.jpg"),
      folder.at("two/a_two.jpg"),
    ]);
    expect(train.origin(1)).toBe(`${files[1]} line 1`);
  });

  it("may have images only, which are written about but not scored; training has a sample for each", async () => {
    folder.write("a.jpg", "");
    const file = folder.write("rows.jsonl", lines({ image: "a.jpg" }));
    const source = from_jsonl("mine", {
      columns: { caption: null },
      annotations: { train: [file], test: [file] },
    });
    const test = await open(source, "test");
    expect([test.length, test.references]).toEqual([1, undefined]);
    expect(rowsOf(await open(source))).toEqual([
      { image: folder.at("a.jpg"), image_id: "a.jpg", instance_id: "0" },
    ]);
  });

  describe("with further fields", () => {
    const fields = { price: "usd", tags: "words" };
    const rows = (...given: readonly object[]) => {
      folder.write("a.jpg", "");
      return folder.write(
        "rows.jsonl",
        lines(...given.map((row) => ({ file: "a.jpg", title: "x", ...row }))),
      );
    };

    it("hands them on as they are, to each caption's sample", async () => {
      const file = rows({ title: ["x", "y"], usd: 1.5, words: ["a", "b"] }, { usd: 2, words: [] });
      const train = await open(of(file, { fields }));
      expect(rowsOf(train).map((row) => row.fields)).toEqual([
        { price: 1.5, tags: ["a", "b"] },
        { price: 1.5, tags: ["a", "b"] },
        { price: 2, tags: [] },
      ]);
    });

    it.each([
      [
        "is missing",
        { usd: 1 },
        /rows\.jsonl line 1 has no field "words"/,
        /fields \{ tags = "…" \} says which/,
      ],
      ["is nothing", { usd: null, words: [] }, /line 1: field "usd" must be a number, a text/],
      ["is an object", { usd: {}, words: [] }, /line 1: field "usd" must be a number, a text/],
      ["holds an object", { usd: 1, words: [{}] }, /line 1: field "words" must be a number, a text/],
    ] as const)("says where one %s", async (_, row, message, hint = /./) => {
      await expect(open(of(rows(row), { fields }))).rejects.toMatchObject({
        message: expect.stringMatching(message),
        hint: expect.stringMatching(hint),
      });
    });

    it("refuses a field that is a number here and a text there", async () => {
      const file = rows({ usd: 1, words: [1] }, { usd: "1", words: [1] });
      await expect(open(of(file, { fields }))).rejects.toThrow(
        /field price is a text in .* line 2, and a number in .* line 1/,
      );
      const lists = rows({ usd: 1, words: [] }, { usd: 1, words: [1] }, { usd: 1, words: ["a"] });
      await expect(open(of(lists, { fields }))).rejects.toThrow(
        /field tags is a list with a text in .* line 3, and a list with a number in .* line 2/,
      );
    });

    it("has none that rows of one image say differently where that is one sample", async () => {
      const file = rows({ usd: 1, words: [] }, { usd: 2, words: [] });
      await expect(open(of(file, { fields }), "val")).rejects.toMatchObject({
        message: expect.stringMatching(/field price of image a\.jpg is 1 in .* line 1, and 2 in .* line 2/),
        hint: expect.stringContaining("columns { image_id"),
      });
      const same = rows({ usd: 1, words: [] }, { usd: 1, words: [] });
      expect((await open(of(same, { fields }), "val")).row(0).fields).toEqual({ price: 1, tags: [] });
    });
  });

  const faults: [string, string, RegExp, RegExp?][] = [
    [
      "a damaged line",
      '{"file": "a.jpg", "title": "x"}\n{"file": "a.j',
      /rows\.jsonl line 2 is not JSON/,
      /mend the line/,
    ],
    ["one JSON list", '[\n{"file": "a.jpg"}\n]', /line 1 is not JSON/, /from karpathy/],
    [
      "a missing field",
      lines({ file: "a.jpg", titel: "x" }),
      /line 1 has no field "title"/,
      /did you mean "titel"/,
    ],
    [
      "a field that is no text",
      lines({ file: "a.jpg", title: 3 }),
      /line 1: field "title" must be a text .*, not 3/,
    ],
    ["an empty caption", lines({ file: "a.jpg", title: "" }), /line 1: field "title" must be a text/],
    ["a blank caption", lines({ file: "a.jpg", title: ["x", " "] }), /line 1: field "title" must be a text/],
    ["a line that is no object", "[1]\n", /line 1 must be an object with fields, not \[1\]/],
    ["an empty file", "\n\n", /rows\.jsonl has no row/],
    [
      "an image that is not there",
      lines({ file: "gone.jpg", title: "x" }),
      /the image .*gone\.jpg of .*line 1 is not there/,
      /images = "…"/,
    ],
    [
      "an image on the web",
      lines({ file: "https://a.example/x.jpg", title: "x" }),
      /line 1 is a URL/,
      /download/,
    ],
  ];
  it.each(faults)("says of %s where it is and how to mend it", async (_, content, message, hint = /(?:)/) => {
    folder.write("a.jpg", "");
    const opening = open(of(folder.write("rows.jsonl", content)));
    await expect(opening).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringMatching(message),
    });
    const error = await opening.catch((one: { hint?: string }) => one);
    expect((error as { hint?: string }).hint ?? "").toMatch(hint);
  });

  it.each([
    ["a compressed file", gzipSync("{}"), "is compressed, and no text", /gunzip/],
    ["a spreadsheet", Buffer.from("PK\u0003\u0004sheet"), "is a ZIP archive or a spreadsheet", /as CSV/],
    ["UTF-16", Buffer.from("\ufeff{}", "utf16le"), "is not UTF-8", /save the file/],
  ])("says that what it is given is %s, and what to do", async (_, content, message, hint) => {
    const file = folder.write("rows.jsonl", content);
    await expect(open(of(file))).rejects.toMatchObject({
      message: expect.stringContaining(`${file} ${message}`),
      hint: expect.stringMatching(hint),
    });
  });

  it("finds a slip in the name of a column that rows may be without", async () => {
    folder.write("a.jpg", "");
    const file = folder.write("rows.jsonl", lines({ file: "a.jpg", title: "x", uid: 7, sku: "" }));
    const ids = (more: object, split = "val") =>
      open(of(file, { columns: { ...shop.columns, ...more } }), split);
    await expect(ids({ image_id: "uuid" })).rejects.toThrow('my_shop, split val: no row has "uuid"');
    expect((await ids({ image_id: "uuid" }, "train")).row(0).image_id).toBe("a.jpg");
    await expect(ids({ instance_id: "sku" })).rejects.toMatchObject({
      message: 'dataset my_shop, split val: no row has "sku"',
      hint: expect.stringContaining("columns { instance_id ="),
    });
    expect((await ids({ image_id: "uid" })).row(0).image_id).toBe(7);
  });

  it("takes two ways to write a file name for one image", async () => {
    folder.write("a.jpg", "");
    const rows = ["a.jpg", "./a.jpg", "b/../a.jpg"].map((file) => ({ file, title: file }));
    const val = await open(of(folder.write("rows.jsonl", lines(...rows))), "val");
    expect([...(val.references?.().entries() ?? [])]).toEqual([
      ["a.jpg", ["a.jpg", "./a.jpg", "b/../a.jpg"]],
    ]);
  });

  it("reads lines that are longer than what is read at once", async () => {
    folder.write("a.jpg", "");
    const long = "ö".repeat(900_000);
    const file = folder.write(
      "rows.jsonl",
      lines(
        { file: "a.jpg", title: long },
        { file: "a.jpg", title: "x", more: long },
        { file: "a.jpg", title: "y" },
      ),
    );
    const train = await open(of(file));
    expect(rowsOf(train).map(({ text_input }) => text_input)).toEqual([long, "x", "y"]);
  });

  it("says which line is not UTF-8", async () => {
    const file = folder.write(
      "rows.jsonl",
      Buffer.from('{"file": "a.jpg", "title": "x"}\n{"title": "\xe9"}', "latin1"),
    );
    await expect(open(of(file))).rejects.toThrow(`${file} line 2 is not UTF-8`);
  });

  it("says which file is not there, and which splits are", async () => {
    const source = of(folder.at("no.jsonl"));
    await expect(open(source)).rejects.toThrow(`cannot read ${folder.at("no.jsonl")}: there is no such file`);
    await expect(open(source, "test")).rejects.toThrow(
      "my_shop has no split test; its annotations name train, val",
    );
  });

  it("refuses two images of one id in an evaluation, and says which rows they are of", async () => {
    folder.write("a.jpg", "");
    const columns = { ...shop.columns, image_id: "id" };
    const rows = [
      { file: "a.jpg", title: "x", id: 1 },
      { file: "b.jpg", title: "y", id: 1 },
    ];
    const opening = open(of(folder.write("rows.jsonl", lines(...rows)), { columns }), "val");
    await expect(opening).rejects.toThrow(
      /two images have the id 1: .*a\.jpg \(.*line 1\) and .*b\.jpg \(.*line 2\)/,
    );
  });

  it("holds little more than the texts of 200,000 rows", async () => {
    folder.write("0.jpg", "");
    const caption = "a product on a white background, seen from the front";
    const count = 200_000;
    const rows: string[] = [];
    for (let row = 0; row < count; row++)
      rows.push(`{"file": "${row}.jpg", "title": "${caption} ${row}", "unread": "${"x".repeat(100)}"}\n`);
    const file = folder.write("rows.jsonl", rows.join(""));
    rows.length = 0;
    const before = held();
    const train = await open(of(file));
    const grown = held() - before;
    expect(train.length).toBe(count);
    expect(train.row(count - 1)).toMatchObject({ text_input: `${caption} 199999`, image_id: "199999.jpg" });
    // 69 bytes of texts and 36 of places for each; columns of numbers grow by doubling.
    expect(grown / count).toBeLessThan(140);
  });
});

describe("karpathy", () => {
  const of = (file: string) => from_karpathy("mine", { annotations: { train: [file], val: [file] } });

  it("reads LAVIS's rows, with their ids where they have them", async () => {
    folder.write("a.jpg", "");
    const file = folder.write("rows.json", [
      { image: "a.jpg", caption: "x", image_id: "coco_7" },
      { image: "b.jpg", caption: ["y", "z"] },
    ]);
    const train = await open(of(file));
    expect(rowsOf(train).map(({ text_input, image_id }) => [text_input, image_id])).toEqual([
      ["x", "coco_7"],
      ["y", "b.jpg"],
      ["z", "b.jpg"],
    ]);
    expect(train.origin(1)).toBe(`${file} row 1`);
  });

  it("says which format reads an object on each line", async () => {
    const rows = lines({ image: "a.jpg", caption: "x" }, { image: "b.jpg", caption: "y" });
    await expect(open(of(folder.write("rows.json", rows)))).rejects.toMatchObject({
      message: expect.stringMatching(/rows\.json is not JSON, line 2: something stands behind its end/),
      hint: "a file with an object on each line is read with `from jsonl`",
    });
  });

  const faults: [string, unknown, RegExp][] = [
    ["a row without image", [{ caption: "x" }], /rows\.json row 0 has no field "image"/],
    [
      "a file that is cut off",
      '[\n{"image": "a.jpg", "caption": "x"},\n{"ima',
      /not JSON, line 3: .*middle of row 1/,
    ],
    [
      "a missing comma",
      '[{"image": "a.jpg", "caption": "x"}\n{}]',
      /line 2: a comma is missing in front of row 1/,
    ],
    ["a row that is damaged", '[{"image": "a.jpg", "caption": x}]', /line 1: row 0: /],
    [
      "COCO's own form",
      { images: [], annotations: [] },
      /not a list of rows, but an object with images, annotations/,
    ],
    [
      "a row that is not UTF-8",
      Buffer.from('[{"image": "a.jpg",\n"caption": "\xe9"}]', "latin1"),
      /rows\.json line 2, row 0, is not UTF-8/,
    ],
    ["no JSON at all", "image,caption", /line 1: it is neither a list nor an object/],
    ["an empty file", "", /rows\.json is empty/],
    ["an empty list", [], /has no row/],
  ];
  it.each(faults)("says of %s where it is", async (_, content, message) => {
    folder.write("a.jpg", "");
    const opening = open(of(folder.write("rows.json", content)));
    await expect(opening).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringMatching(message),
    });
  });
});

describe("coco_captions", () => {
  const of = (file: string) => from_coco_captions("mine", { annotations: { train: [file], val: [file] } });
  const images = [
    { id: 5, file_name: "a.jpg" },
    { id: 6, file_name: "without-caption.jpg" },
  ];
  const annotations = [
    { id: 1, image_id: 5, caption: "one" },
    { id: 2, image_id: 5, caption: "two" },
  ];

  it.each([
    ["images first", { info: { a: [1, "]"] }, images, licenses: [], annotations }],
    ["annotations first", { annotations, images }],
  ])("reads COCO's files, %s", async (_, content) => {
    folder.write("a.jpg", "");
    const file = folder.write("captions.json", content);
    expect(rowsOf(await open(of(file))).map(({ text_input, image_id }) => [text_input, image_id])).toEqual([
      ["one", 5],
      ["two", 5],
    ]);
    const val = await open(of(file), "val");
    expect([...(val.references?.() ?? [])]).toEqual([[5, ["one", "two"]]]);
    expect(val.origin(0)).toBe(`${file} annotations[0]`);
  });

  const faults: [string, unknown, RegExp][] = [
    ["a list of rows", [], /not in COCO's form/],
    [
      "two images of one id",
      { images: [...images, { id: 5, file_name: "b.jpg" }], annotations },
      /images\[2\] has the id 5, which a\.jpg has as well/,
    ],
    ["an object without images", { annotations: [] }, /not in COCO's form/],
    [
      "instances instead of captions",
      { images, annotations: [{ image_id: 5, bbox: [] }] },
      /annotations\[0\] has no field "caption"/,
    ],
    [
      "an annotation of no image",
      { images, annotations: [{ image_id: 9, caption: "x" }] },
      /annotations\[0\] is of image 9, which/,
    ],
  ];
  it.each(faults)("refuses %s", async (_, content, message) => {
    folder.write("a.jpg", "");
    await expect(open(of(folder.write("captions.json", content)))).rejects.toThrow(message);
  });
});

describe("vqa", () => {
  it("has a sample for each question, its different answers weighed by how many people gave them", async () => {
    folder.write("a.jpg", "");
    const answer = ["red", "dark red", "red", "red"];
    const file = folder.write("vqa.json", [
      { image: "a.jpg", question: "What colour is it?", question_id: 11, answer },
      { image: "a.jpg", question: "How many?", question_id: "q2", answer: "2" },
    ]);
    const train = (await open(from_vqa("mine", { annotations: { train: [file] } }))) as QuestionDataset;
    expect(rowsOf(train)).toEqual([
      {
        image: folder.at("a.jpg"),
        text_input: "What colour is it?",
        image_id: "a.jpg",
        instance_id: "0",
        fields: { question_id: 11, answers: ["red", "dark red"], weights: [0.75, 0.25] },
      },
      expect.objectContaining({
        instance_id: "1",
        fields: { question_id: "q2", answers: ["2"], weights: [1] },
      }),
    ]);
    expect(train.origin(1)).toBe(`${file} row 1`);
  });

  it("refuses two questions of one id in an evaluation, and says which rows they are in", async () => {
    folder.write("a.jpg", "");
    const row = { image: "a.jpg", question: "Why?", question_id: 1, answer: "so" };
    const file = folder.write("vqa.json", [row, row]);
    const source = from_vqa("mine", { annotations: { train: [file], val: [file] } });
    await expect(open(source, "val")).rejects.toThrow(
      `split val: two questions have the id 1: ${file} row 0 and ${file} row 1`,
    );
    expect((await open(source)).length).toBe(2);
  });

  it("says which field of which row is missing, and may do without answers", async () => {
    folder.write("a.jpg", "");
    const file = folder.write("vqa.json", [{ image: "a.jpg", question: "Why?", question_id: 1 }]);
    const annotations = { train: [file] };
    await expect(open(from_vqa("mine", { annotations }))).rejects.toThrow(
      'vqa.json row 0 has no field "answer"',
    );
    const test = await open(from_vqa("mine", { annotations, columns: { answer: null } }));
    expect(test.row(0).fields).toMatchObject({ answers: [], weights: [] });
  });

  it("carries what else a recipe names", async () => {
    folder.write("a.jpg", "");
    const row = { image: "a.jpg", question: "Why?", question_id: 1, answer: "x", how: ["open", "long"] };
    const file = folder.write("vqa.json", [row]);
    const train = await open(from_vqa("mine", { annotations: { train: [file] }, fields: { types: "how" } }));
    expect(train.row(0).fields).toMatchObject({ types: ["open", "long"], answers: ["x"] });
  });

  it("refuses a field that is a number here and a text there", async () => {
    const row = { image: "a.jpg", question: "Why?", answer: "so" };
    const file = folder.write("vqa.json", [
      { ...row, question_id: 1, year: 1999 },
      { ...row, question_id: 2, year: "1999" },
    ]);
    const source = from_vqa("mine", { annotations: { train: [file] }, fields: { taken: "year" } });
    await expect(open(source)).rejects.toThrow(
      /field taken is a text in .*vqa\.json row 1, and a number in .*vqa\.json row 0/,
    );
  });
});
