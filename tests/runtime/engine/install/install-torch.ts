/** Installs the torch engine in a process of its own, for tests that kill it: `tsx install-torch.ts REQUEST`. */
import { installTorch } from "../../../../runtime/engine/install/torch.ts";

const request = JSON.parse(process.argv[2] ?? "");
await installTorch({ ...request, progress: { step: () => undefined } });
