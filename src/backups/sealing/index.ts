export { readIdentities } from './identities.ts';
export { openKeyProofs, type KeyProofs } from './key-proof.ts';
export { parseRecipients } from './recipients.ts';
export { sealTo, unsealWith } from './seal.ts';
