import { errorsOf, type ErrorTable } from '../base/index.ts';

export const evidenceErrorTable = {
  evidence_unwritable: {
    httpStatus: 500,
    exitCode: 1,
    about: 'The evidence was made, but its files cannot be written where they were asked for.',
  },
  evidence_unreadable: {
    httpStatus: 400,
    exitCode: 1,
    about: 'What is to be verified cannot be read, or is no evidence at all: there is nothing to verify.',
  },
  evidence_key_invalid: {
    httpStatus: 500,
    exitCode: 1,
    about:
      'A key for evidence is not an Ed25519 key in PEM form, or cannot be read or made. Evidence that is made meanwhile is unsigned, and says so.',
  },
} as const satisfies ErrorTable;

export const evidenceError = errorsOf(evidenceErrorTable);
