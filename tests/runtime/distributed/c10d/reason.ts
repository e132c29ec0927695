import { missingBackend } from "../../../../runtime/distributed/c10d/transport.ts";
import { probeEngines } from "../../../../runtime/engine/open.ts";
import { loadBinding } from "../../../../runtime/engine/torch/binding.ts";

const torch = (await probeEngines()).find(({ name }) => name === "torch");

/** Why processes cannot be joined by libtorch here; undefined where they can. */
export const missingHere = torch?.isUsable
  ? missingBackend(loadBinding(), "cpu")
  : (torch?.reason ?? "no torch engine");
