import { Tensor } from "./tensor.ts";

/** Every tensor in a value: itself, or inside objects, arrays, Maps, and Sets, at any depth. */
export function tensorsIn(value: unknown): Set<Tensor> {
  const seen = new Set<object>();
  const found = new Set<Tensor>();
  const stack = [value];
  while (stack.length > 0) {
    const next = stack.pop();
    if (typeof next !== "object" || next === null || seen.has(next) || ArrayBuffer.isView(next)) continue;
    seen.add(next);
    if (next instanceof Tensor) found.add(next);
    else if (next instanceof Map) stack.push(...next.keys(), ...next.values());
    else if (next instanceof Set || Array.isArray(next)) stack.push(...next);
    else stack.push(...Object.values(next));
  }
  return found;
}
