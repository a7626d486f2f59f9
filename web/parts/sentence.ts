/**
 * A message as a sentence of its own: messages begin in lower case, as they stand after a colon elsewhere. A name at the
 * beginning (`config is at…`) keeps its case.
 */
export function sentence(message: string): string {
  const start = /^(config|results|jobs)\b/.test(message) ? message : message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(start) ? start : `${start}.`;
}
