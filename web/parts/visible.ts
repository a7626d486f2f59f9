/**
 * A text that a stranger chose, with every character to be seen: one that is hidden, breaks the line or turns it round is
 * written out, so that nothing on the page can be made to look like something else.
 * Source: Unicode Technical Report 36, "Bidirectional Text Spoofing".
 */
export function visible(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (each) => `\\u{${(each.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
