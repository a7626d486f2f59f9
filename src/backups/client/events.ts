import { runEventSchema, type RunEvent } from '../../contract/index.ts';
import { badAnswer } from './answers.ts';

export interface IdentifiedEvent extends RunEvent {
  readonly id: string;
}

const longestEventChars = 256 * 1024;

/** The events of a stream, one by one; ends with the stream. Source of the format: WHATWG HTML, "Server-sent events". */
export async function* readRunEvents(response: Response, url: string): AsyncGenerator<IdentifiedEvent> {
  if (response.body === null) return;
  let pending = '';
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    pending += text;
    if (pending.length > longestEventChars) throw badAnswer(url, 'sent an event that does not end');
    const blocks = pending.split('\n\n');
    pending = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = parseEvent(block, url);
      if (event !== undefined) yield event;
    }
  }
}

/** Undefined for a comment, with which the service shows that it is alive, and for events of other names. */
function parseEvent(block: string, url: string): IdentifiedEvent | undefined {
  const lines = block.split('\n');
  const field = (name: string): string | undefined =>
    lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
  const data = field('data');
  if (field('event') !== 'run' || data === undefined) return undefined;
  const event = runEventSchema.safeParse(parseOrNull(data));
  if (!event.success) throw badAnswer(url, 'sent an event that is not {"run": …}');
  return { id: field('id') ?? '', run: event.data.run };
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
