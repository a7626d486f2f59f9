/** The names of the two files of one pack. */
export const evidenceFiles = { envelope: 'evidence.dsse.json', page: 'evidence.html' } as const;
