/** The bit of each dot of a braille cell, by row (0 at the top) and column. */
const dots = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

/**
 * Draws values as a line of braille dots: `height` strings of `width` cells, two values a cell, highest at
 * the top. More values than fit are averaged into as many buckets as there are columns, fewer are joined by
 * straight lines over the whole width; values that are not finite are left out. An empty series gives blank lines.
 */
export function drawChart(values: readonly number[], width: number, height: number): string[] {
  const columns = resample(
    values.filter((value) => Number.isFinite(value)),
    width * 2,
  );
  const cells = Array.from({ length: height }, () => new Uint8Array(width));
  const low = Math.min(...columns);
  const high = Math.max(...columns);
  // Means of equal values differ by their rounding, which is nothing to draw.
  const span = high - low > 1e-9 * Math.max(Math.abs(low), Math.abs(high)) ? high - low : 0;
  const rows = height * 4;
  const rowOf = (value: number): number =>
    span === 0 ? Math.floor(rows / 2) : Math.round((1 - (value - low) / span) * (rows - 1));
  let previous: number | undefined;
  columns.forEach((value, column) => {
    const row = rowOf(value);
    // Fill the gap to the last dot, so that a steep stretch still reads as a line.
    const from = previous === undefined ? row : row > previous ? previous + 1 : row;
    const to = previous === undefined ? row : row > previous ? row : Math.max(row, previous - 1);
    for (let y = from; y <= to; y++) {
      const line = cells[y >> 2];
      const bits = dots[(y & 3) as 0 | 1 | 2 | 3][(column & 1) as 0 | 1];
      if (line) line[column >> 1] = (line[column >> 1] ?? 0) | bits;
    }
    previous = row;
  });
  return cells.map((line) =>
    Array.from(line, (bits) => (bits === 0 ? " " : String.fromCharCode(0x2800 + bits))).join(""),
  );
}

/** `count` values in place of `values`: means of buckets of equal size, or points on the lines between them. */
function resample(values: readonly number[], count: number): number[] {
  if (values.length === 0) return [];
  if (values.length <= count) {
    return Array.from({ length: count }, (_, index) => {
      const at = count === 1 ? 0 : (index * (values.length - 1)) / (count - 1);
      const [before = 0, after = before] = values.slice(Math.floor(at), Math.floor(at) + 2);
      const share = at - Math.floor(at);
      return before + share * (after - before);
    });
  }
  return Array.from({ length: count }, (_, index) => {
    const from = Math.floor((index * values.length) / count);
    const to = Math.floor(((index + 1) * values.length) / count);
    const part = values.slice(from, to);
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}
