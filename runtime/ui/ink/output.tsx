import { Box, Text } from "ink";
import { Title } from "./app.tsx";

const shown = 4;

/** The last lines that the training process printed, warnings among them. */
export function Output({ lines }: { readonly lines: readonly string[] }) {
  if (lines.length === 0) return null;
  const first = Math.max(0, lines.length - shown);
  return (
    <Box flexDirection="column" paddingX={1} marginTop={1}>
      <Title>log</Title>
      {lines.slice(first).map((line, index) => (
        <Text
          // biome-ignore lint/suspicious/noArrayIndexKey: a line of output is identified by its number
          key={first + index}
          wrap="truncate-end"
          color={line.startsWith("warning") ? "yellow" : undefined}
        >
          {line}
        </Text>
      ))}
    </Box>
  );
}
