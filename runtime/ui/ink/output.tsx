import { Box, Text } from "ink";
import { Title } from "./title.tsx";

interface OutputProps {
  readonly lines: readonly string[];
  /** Lines shown; 0 shows none. */
  readonly height: number;
  readonly gap: number;
}

/** The last lines that the training process printed, warnings and checkpoints among them. */
export function Output({ lines, height, gap }: OutputProps) {
  if (height === 0) return null;
  const first = Math.max(0, lines.length - height);
  return (
    <Box flexDirection="column" paddingX={1} marginTop={gap}>
      <Title>log</Title>
      {lines.slice(first).map((line, index) => (
        <Text
          // biome-ignore lint/suspicious/noArrayIndexKey: a line of output is identified by its number
          key={first + index}
          wrap="truncate-end"
          {...colourOf(line)}
        >
          {line === "" ? " " : line}
        </Text>
      ))}
    </Box>
  );
}

function colourOf(line: string): { readonly color?: string } {
  if (/^(rank \d+: )?warning: /.test(line)) return { color: "yellow" };
  return line.startsWith("failed: ") ? { color: "red" } : {};
}
