import { errorsOf, type ErrorTable } from '../../base/index.ts';

export const sealingErrorTable = {
  age_recipients_invalid: {
    httpStatus: 500,
    exitCode: 1,
    about:
      'The setting `BACKUP_AGE_RECIPIENTS` names something that bundles cannot be encrypted to. It takes X25519 recipients (`age1…`, 62 characters), the public half of what `age-keygen` makes. Nothing is backed up unencrypted instead.',
  },
  age_identity_invalid: {
    httpStatus: 400,
    exitCode: 1,
    about:
      'The file that was given as private key holds none: it must be the file that `age-keygen` wrote, with a line `AGE-SECRET-KEY-1…`.',
  },
  bundle_sealed: {
    httpStatus: 409,
    exitCode: 3,
    about:
      'The bundle is encrypted, and no private key of one of its recipients was given. Checksums can be verified without it; proving and restoring need it.',
  },
  bundle_key_wrong: {
    httpStatus: 409,
    exitCode: 3,
    about: 'The private key that was given is of none of the recipients this bundle is encrypted to.',
  },
  bundle_unsealing_failed: {
    httpStatus: 409,
    exitCode: 3,
    about: 'A file of an encrypted bundle is not what age wrote: it was changed, or cut off.',
  },
  key_challenge_unknown: {
    httpStatus: 409,
    exitCode: 3,
    about:
      'There is no challenge that this could answer: none was asked for, it was answered already, it is older than an hour, or the service was started again since.',
  },
  key_challenge_failed: {
    httpStatus: 409,
    exitCode: 3,
    about:
      'The answer is not the text of the challenge. Each challenge takes one answer, so the next try needs a new one.',
  },
} as const satisfies ErrorTable;

export const sealingError = errorsOf(sealingErrorTable);
