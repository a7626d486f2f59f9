/** What one error code means to the programs that meet it; `about` becomes its paragraph in docs/errors.md. */
export interface ErrorKind {
  readonly httpStatus: number;
  /** Process exit code when a command ends with this error: 1 could not run, 2 could not check, 3 refused. */
  readonly exitCode: 1 | 2 | 3;
  readonly about: string;
}

export interface ErrorFacts {
  /** What failed, what was found, what was expected. Safe for the user: never holds a secret. */
  readonly message: string;
  /** One imperative sentence with the exact command that mends it. */
  readonly hint: string;
  readonly details?: Readonly<Record<string, unknown>>;
  /** What only the log may see. */
  readonly cause?: unknown;
}

/** An error with a stable code, a message a user may read and the way out of it. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: string;
  readonly hint: string;
  readonly httpStatus: number;
  readonly exitCode: 1 | 2 | 3;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, kind: ErrorKind, facts: ErrorFacts) {
    super(facts.message, { cause: facts.cause });
    this.code = code;
    this.hint = facts.hint;
    this.httpStatus = kind.httpStatus;
    this.exitCode = kind.exitCode;
    this.details = facts.details ?? {};
  }
}

export type ErrorTable = Readonly<Record<string, ErrorKind>>;

/** Makes the constructor for a folder's table of codes; a code outside the table does not compile. */
export function errorsOf<T extends ErrorTable>(table: T): (code: keyof T & string, facts: ErrorFacts) => AppError {
  return (code, facts) => {
    const kind = table[code];
    if (kind === undefined) throw new TypeError(`error code ${code} is not in its folder's table`);
    return new AppError(code, kind, facts);
  };
}

/** True for an AppError with this code. */
export function hasCode(error: unknown, code: string): error is AppError {
  return error instanceof AppError && error.code === code;
}

/** The message of anything thrown, on one line. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.replaceAll(/\s+/g, ' ').trim();
}
