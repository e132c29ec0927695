import { describe, expect, it } from "vitest";
import {
  chooseBackend,
  type MissingBackends,
  type Situation,
} from "../../../runtime/distributed/backends.ts";
import { UserError } from "../../../runtime/errors.ts";

const noShm: MissingBackends = { shm: "not built" };
const noTorch: MissingBackends = { c10d: "no torch" };

/** Two processes on one host that can use everything, but for what is changed. */
function choose(changed: Partial<Situation>) {
  return chooseBackend({ wanted: "auto", device: "cpu", hosts: ["a", "a"], missing: [{}, {}], ...changed });
}

function refusal(changed: Partial<Situation>): UserError {
  try {
    choose(changed);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("it was no error");
}

describe("what moves data between the processes of one host", () => {
  it("is memory that they share, where each has the addon", () => {
    expect(choose({})).toEqual({ backend: "shm", because: undefined });
  });

  it("is else sockets, with the reason", () => {
    expect(choose({ missing: [noShm, noShm] })).toEqual({ backend: "socket", because: "shm: not built" });
    expect(choose({ missing: [{}, noShm] })).toEqual({
      backend: "socket",
      because: "shm: on rank 1: not built",
    });
  });

  it("is NCCL by c10d between GPUs, where it is there", () => {
    expect(choose({ device: "cuda" })).toEqual({ backend: "c10d", because: undefined });
    const missing = [noTorch, noTorch];
    expect(choose({ device: "cuda", missing })).toEqual({ backend: "shm", because: "c10d: no torch" });
    const neither = missing.map((one) => ({ ...one, ...noShm }));
    expect(choose({ device: "cuda", missing: neither })).toEqual({
      backend: "socket",
      because: "c10d: no torch; shm: not built",
    });
  });

  it("is what is wanted, or nothing", () => {
    for (const wanted of ["shm", "c10d", "socket"] as const) {
      expect(choose({ wanted })).toEqual({ backend: wanted, because: undefined });
    }
    const { message, hint } = refusal({ wanted: "shm", missing: [{}, noShm] });
    expect(message).toBe("the backend shm cannot be used: on rank 1: not built");
    expect(hint).toContain("--backend auto");
  });
});

describe("what moves data between hosts", () => {
  const hosts = ["a 1", "a 1", "b 2"];
  const missing = [{}, {}, {}];

  it("is c10d", () => {
    expect(choose({ hosts, missing })).toEqual({ backend: "c10d", because: undefined });
    expect(choose({ hosts, missing, wanted: "c10d" })).toEqual({ backend: "c10d", because: undefined });
  });

  it("is nothing where c10d is missing on one of them", () => {
    const { message, hint } = refusal({ hosts, missing: [{}, {}, noTorch] });
    expect(message).toBe(
      "the processes are on 2 hosts (ranks 0 and 1 on a, rank 2 on b), and c10d, the one backend that reaches from host to host, cannot be used: on rank 2: no torch",
    );
    expect(hint).toContain("lavisc engine install torch");
  });

  it.each(["shm", "socket"] as const)("cannot be %s", (wanted) => {
    const { message, hint } = refusal({ hosts, missing, wanted });
    expect(message).toContain(`the backend ${wanted} works on one host only`);
    expect(hint).toContain("--backend c10d");
  });
});
