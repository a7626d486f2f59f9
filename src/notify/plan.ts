import type { ReleasePosture } from '../contract/index.ts';
import { messageOf, saidOf } from './message.ts';
import { planTurns, type Holding, type Turn } from './turns.ts';
import type { Message, Said } from './types.ts';

/** What is to be said now, and what is remembered to have been. */
export interface Speech {
  readonly messages: readonly Message[];
  readonly said: readonly Said[];
}

export interface SpeechTerms {
  readonly posture: ReleasePosture;
  readonly host: string;
  readonly now: Date;
  readonly reminderMs: number;
}

/** Makes messages of the turns that are due. What the verdict's message says already is not said again beside it. */
export function planSpeech(said: readonly Said[], holding: Holding, terms: SpeechTerms): Speech {
  const { posture, host, now } = terms;
  const known = new Map(said.map((one) => [one.key, one]));
  const { speak, remember } = planTurns(known, holding, terms);
  const verdict = speak.find(({ kind, subject }) => kind === 'turned' && subject.key === 'verdict');
  const isCovered = (turn: Turn): boolean => verdict !== undefined && turn !== verdict;
  const spoken = speak
    .filter((turn) => !isCovered(turn))
    .map((turn) => ({ turn, message: messageOf(turn, posture, { host, now }) }));
  const covering = spoken[0]?.message.id ?? '';
  return {
    messages: spoken.map(({ message }) => message),
    said: [
      ...spoken.map(({ turn, message }) => saidOf(turn, message.id, now)),
      ...speak.filter(isCovered).map((turn) => saidOf(turn, covering, now)),
      ...remember.map((turn) => saidOf(turn, '', now)),
    ],
  };
}
