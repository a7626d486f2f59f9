import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import {
  answerKeySchema,
  challengeKeySchema,
  keyChallengeSchema,
  keyProofSchema,
  type KeyChallenge,
} from '../../../contract/index.ts';
import type { KeyProofs } from '../../sealing/index.ts';

export interface KeyRoutesDeps {
  readonly keyProofs: KeyProofs;
  /** Called when a proof was recorded. */
  readonly onKeyProven: () => Promise<void>;
}

/** Whether somebody still holds the private keys, without which every bundle is lost. */
export function keyRoutes(app: FastifyInstance, { keyProofs, onKeyProven }: KeyRoutesDeps): void {
  app.route<{ Body: z.output<typeof challengeKeySchema> }>({
    method: 'POST',
    url: '/api/keys/challenge',
    schema: { body: challengeKeySchema },
    config: {
      facts: {
        access: 'service',
        tag: 'backups',
        summary: 'A text that only the holder of a private key can read.',
        responses: { 200: keyChallengeSchema },
        problems: ['key_challenge_unknown'],
      },
    },
    handler: async ({ body: { recipient } }): Promise<KeyChallenge> => {
      return { recipient, challenge: await keyProofs.challenge(recipient) };
    },
  });

  app.route<{ Body: z.output<typeof answerKeySchema> }>({
    method: 'POST',
    url: '/api/keys/answer',
    schema: { body: answerKeySchema },
    config: {
      facts: {
        access: 'service',
        tag: 'backups',
        summary: 'Records who proved to hold the private key, by the text of the challenge.',
        responses: { 200: keyProofSchema },
        problems: ['key_challenge_unknown', 'key_challenge_failed', 'target_unavailable'],
      },
    },
    handler: async ({ body: { recipient, text, by } }) => {
      const proof = await keyProofs.answer(recipient, text, by);
      await onKeyProven();
      return proof;
    },
  });
}
