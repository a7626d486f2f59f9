import { fileFormats, type FileFormat } from '../api/scans.ts';
import { Icon } from '../parts/Icon.tsx';

/** Findings to take along; the manager says what each file is called. */
export function Exports({ fileOf }: { readonly fileOf: (format: FileFormat) => string }) {
  return (
    <span className="exports">
      {fileFormats.map((format) => (
        <a key={format} className="button" href={fileOf(format)} download>
          <Icon name="download" />
          {format.toUpperCase()}
        </a>
      ))}
    </span>
  );
}
