import { describe, expect, it } from "vitest";
import { UserError } from "../../../runtime/errors.ts";
import { BadImages } from "../../../runtime/loader/bad-images.ts";

const bad = (path: string) => ({ path, origin: "train.json, row 1", reason: "it is cut off" });

/** Two processes, of which this one is the first; `other` is what the second has found. */
const withOther = (...other: string[]) => ({
  size: 2,
  gatherObjects: <T>(own: T): T[] => [own, other.map(bad) as T],
});

describe("images that processes cannot read", () => {
  it("count once, whoever has found them, and are told of once", () => {
    const told: string[] = [];
    const images = new BadImages(3, ({ path }) => told.push(path));
    images.add(bad("a"));
    images.exchange(withOther("b", "a"));
    images.add(bad("b"));
    images.exchange(withOther("b"));
    expect(told).toEqual(["a", "b"]);
    expect(images.found.map(({ path }) => path)).toEqual(["a", "b"]);
  });

  it("end the run when all of them together are too many", () => {
    const images = new BadImages(2);
    images.add(bad("a"));
    expect(() => images.exchange(withOther("b", "c"))).toThrow(UserError);
  });

  it("are told to the others once", () => {
    const given: unknown[] = [];
    const images = new BadImages(3);
    const processes = {
      size: 2,
      gatherObjects: <T>(own: T): T[] => {
        given.push(own);
        return [own];
      },
    };
    images.add(bad("a"));
    images.exchange(processes);
    images.exchange(processes);
    expect(given).toEqual([[bad("a")], []]);
  });
});
