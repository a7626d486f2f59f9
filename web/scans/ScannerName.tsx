interface ScannerNameProps {
  readonly id: string;
  readonly name: string | null;
}

/** What a scanner is called; the beginning of its id while names cannot be read. */
export function ScannerName({ id, name }: ScannerNameProps) {
  if (name !== null) return <span title={id}>{name}</span>;
  return (
    <span className="mono" title={id}>
      {id.slice(0, 8)}
    </span>
  );
}
