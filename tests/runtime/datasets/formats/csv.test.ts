import { describe, expect, it } from "vitest";
import { from_csv } from "../../../../runtime/components.ts";
import { folderForTests, open, rowsOf } from "./fixture.ts";

const folder = folderForTests();

describe("csv", () => {
  const of = (file: string, more: object = {}) =>
    from_csv("mine", {
      columns: { image: "file", caption: "title" },
      ...more,
      annotations: { train: [file], val: [file] },
    });

  it("reads tables as spreadsheets write them: quotes, commas and line breaks in fields, CRLF, a byte order mark", async () => {
    folder.write("a.jpg", "");
    const text =
      '\ufefffile,price,title\r\na.jpg,3,"a ""red"" kettle, old"\r\n\r\nb.jpg,4,"two\r\nlines"\r\nb.jpg,4,pan';
    const train = await open(of(folder.write("rows.csv", text)));
    expect(rowsOf(train).map((row) => row.text_input)).toEqual([
      'a "red" kettle, old',
      "two\r\nlines",
      "pan",
    ]);
    const val = await open(of(folder.at("rows.csv")), "val");
    expect(val.references?.().get("b.jpg")).toEqual(["two\r\nlines", "pan"]);
    expect(val.origin(0)).toBe(`${folder.at("rows.csv")} line 2`);
  });

  it.each([
    ["tab", "\t"],
    ["semicolon", ";"],
  ])("reads columns with a %s between them", async (delimiter, between) => {
    folder.write("a.jpg", "");
    const file = folder.write("rows.txt", `file${between}title\na.jpg${between}a, b\n`);
    expect((await open(of(file, { delimiter }))).row(0).text_input).toBe("a, b");
  });

  const faults: [string, string, RegExp][] = [
    ["a column that is not there", "file,name\na.jpg,x\n", /rows\.csv has no column "title"/],
    ["two columns of one name", "file,title,title\na.jpg,x,y\n", /rows\.csv has 2 columns "title"/],
    ["a row with a field too many", "file,title\na.jpg,x\na.jpg,x,y\n", /rows\.csv line 3 is not CSV/],
    ["names in quotes with something else between", '"file";"title"\na.jpg,x\n', /line 1 is not CSV/],
    ["a quote that is not closed", 'file,title\na.jpg,"x\n', /is not CSV: Quote/],
    ["an empty caption", "file,title\na.jpg,\n", /line 2: field "title" must be a text/],
    ["a header alone", "file,title\n", /has no row/],
  ];
  it.each(faults)("says of %s where it is", async (_, content, message) => {
    folder.write("a.jpg", "");
    const opening = open(of(folder.write("rows.csv", content)));
    await expect(opening).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringMatching(message),
    });
  });

  it.each([
    ["semicolons", "comma", "file;title\na.jpg;a, b\n", "semicolon"],
    ["tabs", "comma", "file\ttitle\na.jpg\ta, b\n", "tab"],
    ["tabs, with commas in names", "comma", "file\ttitle\tnote, if any\n", "tab"],
    ["commas", "semicolon", "file,title\na.jpg,x\n", "comma"],
    ["semicolons, in names that are not the recipe's", "tab", "image;caption\n", "semicolon"],
  ])("says of a table with %s how to write it where a %s was meant", async (_, delimiter, content, other) => {
    const opening = open(of(folder.write("rows.csv", content), { delimiter }));
    await expect(opening).rejects.toMatchObject({
      hint: `its columns are not parted by a ${delimiter}: write delimiter = ${other}`,
    });
  });

  it("says which line only spreadsheets read", async () => {
    const opening = open(of(folder.write("rows.csv", "sep=;\nfile;title\na.jpg;x\n")));
    await expect(opening).rejects.toMatchObject({
      hint: "take out its first line, sep=;, which only spreadsheets read",
    });
  });

  it("suggests the column that may have been meant, and passes over what no one reads", async () => {
    folder.write("a.jpg", "");
    await expect(open(of(folder.write("rows.csv", "file,tilte\na.jpg,x\n")))).rejects.toMatchObject({
      hint: 'did you mean "tilte"?; columns { caption = "…" } says which one it is',
    });
    const train = await open(of(folder.write("rows.csv", "file,,,title\na.jpg,,,x\n")));
    expect(train.row(0).text_input).toBe("x");
  });

  it("says of a column for names that is not there that it is not there, rather than do without", async () => {
    folder.write("a.jpg", "");
    const columns = { image: "file", caption: "title", image_id: "uid" };
    const opening = open(of(folder.write("rows.csv", "file,title,id\na.jpg,x,1\n"), { columns }));
    await expect(opening).rejects.toThrow('has no column "uid"');
  });

  it("takes an empty cell for no id", async () => {
    folder.write("a.jpg", "");
    const columns = { image: "file", caption: "title", image_id: "uid" };
    const file = folder.write("rows.csv", "file,title,uid\na.jpg,x,\nb.jpg,y,u2\n");
    const val = await open(of(file, { columns }), "val");
    expect(rowsOf(val).map(({ image_id }) => image_id)).toEqual(["a.jpg", "u2"]);
  });

  it("says which line is not UTF-8, as older spreadsheets write it, and how to mend it", async () => {
    folder.write("a.jpg", "");
    const file = folder.write("rows.csv", Buffer.from("file,title\na.jpg,x\na.jpg,größer\n", "latin1"));
    await expect(open(of(file))).rejects.toMatchObject({
      message: `${file} line 3 is not UTF-8`,
      hint: expect.stringContaining("CSV UTF-8"),
    });
  });

  it("says which file is not there", async () => {
    await expect(open(of(folder.at("no.csv")))).rejects.toThrow("no.csv: there is no such file");
  });
});
