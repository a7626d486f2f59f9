import type { FastifyInstance } from 'fastify';
import {
  answerBackupKeySchema,
  challengeBackupKeySchema,
  keyChallengeSchema,
  keyProofSchema,
  type AnswerBackupKey,
  type ChallengeBackupKey,
} from '../../contract/index.ts';
import { recordDeed } from '../session/deeds.ts';
import { ask, unheard, whoOf, type BackupRouteDeps } from './service.ts';

const admins = ['admin'] as const;
const changing = ['cross_site', 'read_only', ...unheard] as const;

/** Proving that somebody still holds the private key of encrypted bundles, which never comes near the server. */
export function keyRoutes(app: FastifyInstance, deps: BackupRouteDeps): void {
  app.route<{ Body: ChallengeBackupKey }>({
    method: 'POST',
    url: '/api/admin/backups/keys/challenge',
    schema: { body: challengeBackupKeySchema },
    config: {
      facts: {
        access: admins,
        tag: 'backups',
        summary: 'Gives a text that only the holder of a private key can read.',
        responses: { 200: keyChallengeSchema },
        problems: [...changing, 'key_challenge_unknown'],
      },
    },
    handler: async (request) => {
      const { recipient } = request.body;
      return await ask(deps, async (client) => await client.challengeKey({ recipient, by: whoOf(request) }));
    },
  });

  app.route<{ Body: AnswerBackupKey }>({
    method: 'POST',
    url: '/api/admin/backups/keys/answer',
    schema: { body: answerBackupKeySchema },
    config: {
      facts: {
        access: admins,
        tag: 'backups',
        summary: 'Takes the decrypted text, and records who holds the key.',
        responses: { 200: keyProofSchema },
        problems: [...changing, 'key_challenge_unknown', 'key_challenge_failed'],
      },
    },
    handler: async (request) => {
      const { recipient, text } = request.body;
      const proof = await ask(deps, async (client) => await client.answerKey({ recipient, text, by: whoOf(request) }));
      recordDeed(deps, request, { action: 'backup.key_proven', subject: recipient, details: {} });
      return proof;
    },
  });
}
