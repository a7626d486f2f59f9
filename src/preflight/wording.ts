/** A migration as its file is named: `0042_add_x`. */
export function migrationText({ version, name }: { readonly version: number; readonly name: string }): string {
  return `${String(version).padStart(4, '0')}_${name}`;
}
