import { useStdout } from "ink";
import { useEffect, useState } from "react";

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** The terminal's size, followed as it changes; 80 × 24 where it has none. */
export function useTerminalSize(): TerminalSize {
  const { stdout } = useStdout();
  const measure = (): TerminalSize => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 });
  const [size, setSize] = useState(measure);
  useEffect(() => {
    const follow = () => setSize(measure());
    stdout.on("resize", follow);
    return () => {
      stdout.off("resize", follow);
    };
  });
  return size;
}
