import { Text } from "ink";

/** A heading of a part of the screen. */
export function Title({ children }: { readonly children: string }) {
  return (
    <Text bold color="cyan">
      {children}
    </Text>
  );
}
