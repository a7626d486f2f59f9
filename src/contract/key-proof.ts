/** How long it counts that somebody has shown to hold a private key of the backups. */
export const keyProofDays = 90;

const dayMs = 86_400_000;

/** Whether the holder of a key is to be asked again: without the key every bundle is lost. */
export function isKeyProofDue({ provenAt }: { readonly provenAt: string | null }, nowMs: number): boolean {
  return provenAt === null || nowMs - Date.parse(provenAt) > keyProofDays * dayMs;
}
