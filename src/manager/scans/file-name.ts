const mostCharacters = 80;

/** A name that every file system takes and that needs no quoting in a header: `scan-shop-weekly`. */
export function fileNameOf(text: string): string {
  const plain = text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  const words = plain.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '');
  return words.slice(0, mostCharacters) || 'findings';
}
