import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { cacheDir, dataPath } from "../cache.ts";
import { isFitForSecrets, type Secret } from "../card.ts";
import { isSystemError, UserError } from "../errors.ts";
import { withLock } from "../lock.ts";
import { readSecret } from "../secret.ts";

export interface DownloadOptions {
  /** Lower-case hex digests that the file must have. */
  readonly checksum?: { readonly md5?: string; readonly sha256?: string };
  /** Bytes of the file that are there, and of how many where the server says. */
  readonly onProgress?: (received: number, total: number | undefined) => void;
  readonly signal?: AbortSignal;
  /** What the servers are to be shown (`Authorization: Bearer …`); read only where something is downloaded. */
  readonly token?: Secret | null;
  /** Tries of each mirror before the next one; each goes on where the last one stopped. */
  readonly attempts?: number;
  /** Wait before the second try of a mirror, in milliseconds; doubles with each further one. */
  readonly retryDelayMs?: number;
  /** A connection that sends nothing for this long is given up, in milliseconds. */
  readonly stallMs?: number;
}

type Settings = Required<Omit<DownloadOptions, "checksum" | "onProgress" | "signal" | "token">> &
  Pick<DownloadOptions, "checksum" | "onProgress" | "signal" | "token">;

/**
 * The path of a file that is at `storage`, or comes from one of `urls`.
 *
 * A file at `storage` is used as it is. A local path, `cache:` path or `file:` URL is used where it lies and not
 * copied, so an edited file is never shadowed by an old copy. Otherwise the mirrors are tried in order; a
 * download that was cut goes on from what is there where the server can (HTTP Range), and the file appears at
 * `storage` whole, checked, or not at all.
 *
 * @throws UserError when a checksum does not match, no mirror gives the file (each one's reason is named), or the
 *   disk does not take it
 */
export async function obtainFile(
  storage: string,
  urls: string | readonly string[],
  options: DownloadOptions = {},
): Promise<string> {
  const settings: Settings = { attempts: 3, retryDelayMs: 500, stallMs: 60_000, ...options };
  const mirrors = typeof urls === "string" ? [urls] : urls;
  if (await exists(storage)) return verified(storage, settings);
  const local = mirrors.find((url) => !isRemote(url));
  if (local !== undefined) return localFile(local, settings);
  if (mirrors.length === 0) throw new Error(`obtainFile: no url for ${storage}`);
  try {
    return await withLock(
      `${storage}.lock`,
      async () => {
        if (await exists(storage)) return verified(storage, settings);
        return downloaded(storage, mirrors, settings);
      },
      settings.signal,
    );
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const hint = "make room on the disk, or set LAVIS_CACHE to a folder that you may write to";
    throw new UserError(`${storage} cannot be written: ${error.message}`, hint, { cause: error });
  }
}

/** The path of a file that a path or URL names; one from a URL stays in the cache. @throws UserError as {@link obtainFile} */
export function obtainNamed(place: string, options: DownloadOptions = {}): Promise<string> {
  const digest = createHash("sha256").update(place).digest("hex").slice(0, 12);
  return obtainFile(cacheDir("downloads", `${digest}-${basename(place)}`), place, options);
}

/** Downloads to `storage` from the first mirror that can. @throws UserError when none can */
async function downloaded(storage: string, mirrors: readonly string[], settings: Settings): Promise<string> {
  const failures: string[] = [];
  if (settings.token) readSecret(settings.token); // A secret that is not set is no failure of a mirror.
  for (const url of mirrors) {
    try {
      await fetchFrom(url, storage, settings);
      return storage;
    } catch (error) {
      settings.signal?.throwIfAborted();
      if (!(error instanceof MirrorError)) throw error;
      failures.push(`${url}: ${error.message}`);
    }
  }
  const isRefused = failures.some((failure) => /: HTTP 40[13]\b/.test(failure));
  const hint = !isRefused
    ? "check the network"
    : settings.token
      ? `check that ${settings.token.variable} holds a token that may read it`
      : "if it needs an access token, name one as the option `token` beside the files, or `weights_token` of a model";
  throw new UserError(
    `cannot download ${basename(storage)}:\n  ${failures.join("\n  ")}`,
    `${hint}, or put the file at ${storage} yourself`,
  );
}

/** Why one mirror cannot give the file; another one may. */
class MirrorError extends Error {}

/** A failure that another try of the same mirror may mend. */
class PassingError extends MirrorError {}

function isRemote(url: string): boolean {
  return /^https?:\/\//i.test(url);
}

async function localFile(url: string, settings: Settings): Promise<string> {
  const path = url.startsWith("file:") ? fileURLToPath(url) : dataPath(url);
  if (!(await exists(path))) {
    throw new UserError(
      `${path} is not there`,
      "correct the url, which names a local file, or make the file",
    );
  }
  return verified(path, settings);
}

/** `path`, after its checksum was compared. */
async function verified(path: string, { checksum }: Settings): Promise<string> {
  const complaint = await checksumComplaint(path, checksum);
  if (complaint === undefined) return path;
  throw new UserError(
    `${path} ${complaint}`,
    "remove the file to download it anew; or, if it is yours and meant to differ, remove the checksum from the recipe",
  );
}

async function checksumComplaint(
  path: string,
  checksum: DownloadOptions["checksum"],
): Promise<string | undefined> {
  const expected = Object.entries(checksum ?? {}).filter(([, digest]) => digest !== undefined);
  if (expected.length === 0) return undefined;
  const hashes = new Map<string, Hash>(expected.map(([algorithm]) => [algorithm, createHash(algorithm)]));
  for await (const chunk of createReadStream(path)) {
    for (const hash of hashes.values()) hash.update(chunk as Buffer);
  }
  for (const [algorithm, digest] of expected) {
    const found = hashes.get(algorithm)!.digest("hex");
    if (found !== digest.toLowerCase()) return `has ${algorithm} ${found}, expected ${digest}`;
  }
  return undefined;
}

async function fetchFrom(url: string, storage: string, settings: Settings): Promise<void> {
  const part = `${storage}.part`;
  await mkdir(dirname(storage), { recursive: true });
  for (let attempt = 1; ; attempt++) {
    try {
      await receive(url, part, settings);
      break;
    } catch (error) {
      settings.signal?.throwIfAborted();
      if (!(error instanceof PassingError) || attempt >= settings.attempts) throw error;
      await sleep(settings.retryDelayMs * 2 ** (attempt - 1), undefined, {
        ...(settings.signal && { signal: settings.signal }),
      });
    }
  }
  const complaint = await checksumComplaint(part, settings.checksum);
  await rm(`${part}.json`, { force: true });
  if (complaint !== undefined) {
    await rm(part, { force: true });
    throw new MirrorError(`the file ${complaint}`);
  }
  await rename(part, storage);
}

/** Where a partial file comes from, kept beside it: only the same file of the same server is continued. */
interface PartSource {
  readonly url: string;
  /** The server's ETag or Last-Modified. */
  readonly version: string | null;
}

/** Receives what is missing of `part`. */
async function receive(url: string, part: string, settings: Settings): Promise<void> {
  const { onProgress, signal, stallMs } = settings;
  const have = await resumableBytes(url, part);
  const stall = new AbortController();
  let timer = setTimeout(() => stall.abort(), stallMs);
  const stillAlive = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => stall.abort(), stallMs);
  };
  let file: FileHandle | undefined;
  try {
    const headers: Record<string, string> = {
      "accept-encoding": "identity",
      ...authorization(url, settings.token),
    };
    if (have) {
      headers.range = `bytes=${have.bytes}-`;
      if (have.version !== null) headers["if-range"] = have.version;
    }
    const signals = signal ? [signal, stall.signal] : [stall.signal];
    const response = await fetch(url, { headers, signal: AbortSignal.any(signals) });
    stillAlive();
    if (response.status === 416 && have) {
      await response.body?.cancel();
      // A stop between the last byte and the renaming leaves a whole part.
      if (response.headers.get("content-range") === `bytes */${have.bytes}`) return;
      await forget(part);
      throw new PassingError("the server cannot continue the download; it starts anew");
    }
    if (response.status !== 200 && response.status !== 206) {
      await response.body?.cancel();
      const text = `HTTP ${response.status} ${response.statusText}`.trim();
      throw response.status >= 500 || response.status === 429
        ? new PassingError(text)
        : new MirrorError(text);
    }
    // 200 is the whole file: a server without Range, or a file that is no longer the one we have a part of.
    const start = response.status === 206 && have ? have.bytes : 0;
    const total = totalBytes(response, start);
    await remember(part, { url, version: versionOf(response) });
    file = await open(part, start > 0 ? "a" : "w");
    let received = start;
    onProgress?.(received, total);
    for await (const chunk of response.body ?? []) {
      stillAlive();
      await file.appendFile(chunk); // All of it: a write may take less.
      received += chunk.byteLength;
      onProgress?.(received, total);
    }
    await file.sync();
    if (total !== undefined && received !== total) {
      throw new PassingError(`the connection ended after ${received} of ${total} bytes`);
    }
  } catch (error) {
    if (error instanceof MirrorError || signal?.aborted) throw error;
    if (isSystemError(error) && file) throw error; // Our disk, not the mirror.
    const reason = stall.signal.aborted
      ? `the server sent nothing for ${stallMs / 1000} s`
      : networkReason(error);
    throw new PassingError(reason, { cause: error });
  } finally {
    clearTimeout(timer);
    await file?.close();
  }
}

/** Shows the token, to nobody who listens in between. A redirect to another server takes it off (WHATWG fetch). */
function authorization(url: string, token: Secret | null | undefined): Readonly<Record<string, string>> {
  if (!token) return {};
  if (!isFitForSecrets(url)) throw new MirrorError("a token is sent over https only");
  return { authorization: `Bearer ${readSecret(token)}` };
}

async function resumableBytes(
  url: string,
  part: string,
): Promise<{ bytes: number; version: string | null } | undefined> {
  try {
    const source = JSON.parse(await readFile(`${part}.json`, "utf8")) as PartSource;
    const { size } = await stat(part);
    // Without a version, a file that changed on the server could not be told from ours.
    if (source.url !== url || source.version === null || size === 0) return undefined;
    return { bytes: size, version: source.version };
  } catch {
    return undefined; // Nothing usable is there: start anew.
  }
}

async function remember(part: string, source: PartSource): Promise<void> {
  await writeFile(`${part}.json`, JSON.stringify(source));
}

async function forget(part: string): Promise<void> {
  await rm(part, { force: true });
  await rm(`${part}.json`, { force: true });
}

/** A strong ETag, else the date: what `If-Range` takes. */
function versionOf({ headers }: Response): string | null {
  const etag = headers.get("etag");
  return etag && !etag.startsWith("W/") ? etag : headers.get("last-modified");
}

/** The whole file's size; a continuation that begins elsewhere than asked would corrupt the file. */
function totalBytes(response: Response, start: number): number | undefined {
  if (response.status === 206) {
    const [, first, size] =
      /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get("content-range") ?? "") ?? [];
    if (first === undefined || Number(first) !== start) {
      throw new MirrorError(`the server answered a request for bytes from ${start} with others`);
    }
    return size === "*" ? undefined : Number(size);
  }
  const length = response.headers.get("content-length");
  return length === null ? undefined : Number(length);
}

/** fetch says "fetch failed" or "terminated" and hides the reason in its cause. */
function networkReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error ? cause.message || cause.name : error.message;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
