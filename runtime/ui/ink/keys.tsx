import { Box, Text } from "ink";
import { Title } from "./title.tsx";

/** The keys, in one line. */
export function KeyLine({ isPaused, gap }: { readonly isPaused: boolean; readonly gap: number }) {
  const keys = [
    ["p", isPaused ? "resume" : "pause"],
    ["c", "checkpoint now"],
    ["q", "stop cleanly"],
    ["?", "help"],
  ] as const;
  return (
    <Box paddingX={1} marginTop={gap}>
      <Text wrap="truncate-end">
        {keys.map(([key, meaning]) => (
          <Text key={key}>
            <Text bold color="cyan">
              {key}
            </Text>
            <Text dimColor>{` ${meaning}   `}</Text>
          </Text>
        ))}
      </Text>
    </Box>
  );
}

const help = [
  ["p", "pause after the running step; again to go on"],
  ["c", "write a checkpoint after the running step"],
  ["q", "finish the step, write a checkpoint, end; --resume goes on from it"],
  ["ctrl-c", "as q, with exit code 130; a second one ends at once, without a checkpoint"],
  ["?", "show or hide this page"],
] as const;

/** What each key does. */
export function Help() {
  return (
    <Box flexDirection="column" paddingX={1}>
      <Title>keys</Title>
      {help.map(([key, meaning]) => (
        <Box key={key}>
          <Box width={8} flexShrink={0}>
            <Text bold>{key}</Text>
          </Box>
          <Text wrap="truncate-end">{meaning}</Text>
        </Box>
      ))}
    </Box>
  );
}
