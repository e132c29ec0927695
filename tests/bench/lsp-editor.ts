import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import {
  createProtocolConnection,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver-protocol/node";

const bundle = fileURLToPath(new URL("../../dist/lavisc.js", import.meta.url));
const numLines = 2_000;

/** Many recipes, as in a file of experiments. */
export function manyRecipes(): string {
  const recipe = (index: number) => `
/// Experiment ${index}.
recipe experiment_${index} {
  task captioning {
    max_len = 20
    min_len = 5
  }

  model blip_caption.base_coco {
    load_finetuned = false
    image_size = 384px
  }

  dataset coco_caption {
    vis_processor {
      train = blip_image_train(image_size = 384px)
      eval = blip_image_eval
    }
  }

  schedule linear_warmup_cosine_lr {
    init_lr = peak_lr
    max_epoch = 5
  }

  run {
    batch_size_train = 32
    output_dir = "output/\${name}/${index}"
    device = cuda
  }
}
`;
  const head = 'lavis 1\n\nparam peak_lr: number = 1e-5\nlet name = "caption"\n';
  const each = recipe(0).split("\n").length - 1;
  const recipes = Array.from({ length: Math.ceil(numLines / each) }, (_, index) => recipe(index));
  return head + recipes.join("");
}

/** One recipe of the same length: the declaration around the cursor is the whole file. */
export function oneRecipe(): string {
  const dataset = (index: number) => `
  dataset set_${index} from karpathy {
    vis_processor {
      train = blip_image_train(image_size = 384px)
      eval = blip_image_eval
    }
  }
`;
  const each = dataset(0).split("\n").length - 1;
  const datasets = Array.from({ length: Math.ceil(numLines / each) }, (_, index) => dataset(index));
  return `lavis 1\n\nrecipe large {\n  task captioning\n${datasets.join("")}  run {\n    device = cuda\n  }\n}\n`;
}

class Editor {
  readonly #connection: ProtocolConnection;
  readonly #uri = "file:///bench.lavis";
  #text: string;
  #version = 1;

  constructor(connection: ProtocolConnection, text: string) {
    this.#connection = connection;
    this.#text = text;
  }

  async open(): Promise<void> {
    await this.#connection.sendRequest("initialize", {
      processId: process.pid,
      rootUri: null,
      capabilities: {},
    });
    await this.#connection.sendNotification("initialized", {});
    const textDocument = { uri: this.#uri, languageId: "lavis", version: 1, text: this.#text };
    await this.#connection.sendNotification("textDocument/didOpen", { textDocument });
  }

  /** Types a line into the next recipe, asks, and takes the line back; returns milliseconds. */
  async ask(method: string, index: number): Promise<number> {
    const lines = this.#text.split("\n");
    const blocks = lines.flatMap((line, at) =>
      /^ {2}(?:run|schedule|dataset|model)\b.*\{$/.test(line) ? [at] : [],
    );
    const line = (blocks[(index * 7) % blocks.length] ?? 0) + 1;
    const place = { line, character: 0 };
    await this.#change({ start: place, end: place }, "    in\n");
    const start = performance.now();
    const answer = await this.#connection.sendRequest(method, {
      textDocument: { uri: this.#uri },
      position: { line, character: 6 },
    });
    const took = performance.now() - start;
    if (method.endsWith("completion") && !(Array.isArray(answer) && answer.length > 5))
      throw new Error(`no completion in line ${line + 1}`);
    await this.#change({ start: place, end: { line: line + 1, character: 0 } }, "");
    return took;
  }

  async #change(range: object, text: string): Promise<void> {
    await this.#connection.sendNotification("textDocument/didChange", {
      textDocument: { uri: this.#uri, version: ++this.#version },
      contentChanges: [{ range, text }],
    });
  }
}

/** How long answers to a request took. */
export interface Latencies {
  readonly method: string;
  /** Milliseconds from the request to the answer, over the protocol, in rising order; the first ones, which compile, left out. */
  readonly sorted: readonly number[];
  /** Milliseconds of the very first. */
  readonly first: number;
}

/** Asks a server of its own about a text, each request after a keystroke, so that nothing known of the text is still true. */
export async function measureAnswers(
  text: string,
  methods: readonly string[],
  numRequests: number,
): Promise<readonly Latencies[]> {
  const server = spawn(process.execPath, [bundle, "lsp", "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
  const connection = createProtocolConnection(
    new StreamMessageReader(server.stdout),
    new StreamMessageWriter(server.stdin),
  );
  connection.listen();
  const editor = new Editor(connection, text);
  await editor.open();
  const latencies: Latencies[] = [];
  for (const method of methods) {
    const times: number[] = [];
    for (let index = 0; index < numRequests; index++)
      times.push(await editor.ask(`textDocument/${method}`, index));
    const sorted = times.slice(Math.floor(numRequests / 10)).sort((a, b) => a - b);
    latencies.push({ method, sorted, first: times[0] ?? Number.NaN });
  }
  await connection.sendRequest("shutdown");
  await connection.sendNotification("exit");
  connection.dispose();
  return latencies;
}
