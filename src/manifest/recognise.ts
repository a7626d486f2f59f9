import { databaseNames, type Manifest } from '../contract/index.ts';

/**
 * True exactly when `manifestSchema` would accept the value (a property test holds the two together). Loading zod
 * costs more than a whole no-op migrator run, so zod is loaded only to explain what is wrong.
 */
export function isManifest(value: unknown): value is Manifest {
  return (
    hasExactly(value, [
      'manifestVersion',
      'appVersion',
      'upgradableFrom',
      'databases',
      'scannerProtocol',
      'postgres',
    ]) &&
    value['manifestVersion'] === 1 &&
    isSemver(value['appVersion']) &&
    typeof value['upgradableFrom'] === 'string' &&
    value['upgradableFrom'] !== '' &&
    hasExactly(value['databases'], databaseNames) &&
    Object.values(value['databases']).every(isDatabase) &&
    isRange(value['scannerProtocol'], 1) &&
    isRange(value['postgres'], 10)
  );
}

const plainVersion = String.raw`(?:0|[1-9]\d{0,8})(?:\.(?:0|[1-9]\d{0,8})){2}`;
const plainRange = new RegExp(`^(?:[~^]|>=?)?${plainVersion}(?: <=?${plainVersion})?$`);

/** True only for semver ranges of the usual forms; of any other text, semver itself has to say whether it is one. */
export function isPlainRange(text: string): boolean {
  return plainRange.test(text);
}

function hasExactly(value: unknown, keys: readonly string[]): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.keys(value).length === keys.length && keys.every((key) => Object.hasOwn(value, key));
}

function isSemver(value: unknown): boolean {
  return typeof value === 'string' && /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(value);
}

function isDatabase(value: unknown): boolean {
  return hasExactly(value, ['schemaVersion']) && isIntegerFrom(value['schemaVersion'], 0, 9999);
}

function isRange(value: unknown, lowest: number): boolean {
  if (!hasExactly(value, ['min', 'max'])) return false;
  const { min, max } = value;
  return isIntegerFrom(min, lowest) && isIntegerFrom(max, lowest) && min <= max;
}

function isIntegerFrom(value: unknown, min: number, max: number = Number.MAX_SAFE_INTEGER): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max;
}
