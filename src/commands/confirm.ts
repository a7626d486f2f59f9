import { createInterface } from 'node:readline/promises';
import type { CommandContext } from './command.ts';

/** Asks for a name to be typed before something that cannot be undone; anything else, or no input, is a no. */
export async function confirmByTyping(context: CommandContext, expected: string): Promise<boolean> {
  if (context.openStdin === undefined) return false;
  const terminal = createInterface({ input: context.openStdin() });
  try {
    context.stderr.write(`Type ${expected} to go on: `);
    const answer = await Promise.race([terminal.question(''), closed(terminal)]);
    return answer.trim() === expected;
  } finally {
    terminal.close();
  }
}

/** An input that ends without an answer would leave the question open for ever. */
async function closed(terminal: ReturnType<typeof createInterface>): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  terminal.once('close', () => resolve(''));
  return await promise;
}
