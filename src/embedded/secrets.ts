import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf, Secret, writeDurably } from '../base/index.ts';
import { embeddedError } from './errors.ts';
import { readIfThere } from './files.ts';

const fileSchema = z.object({
  superuserPassword: z.string().min(1),
  ownerPassword: z.string().min(1),
  appPassword: z.string().min(1),
  readonlyPassword: z.string().min(1),
  /** Missing in a file of before there was such a role. */
  provePassword: z.string().min(1).optional(),
  /** The same. */
  monitorPassword: z.string().min(1).optional(),
  sessionSecret: z.string().min(32),
  /** The same. */
  backupServiceToken: z.string().min(16).optional(),
  /** Of the first user, while nobody has been shown it; null before it is generated and from then on. */
  adminPassword: z.string().min(1).nullable(),
});

type SecretsFile = z.infer<typeof fileSchema>;

/** What a stack generates once and keeps in `DATA_DIR/secrets.json`, mode 0600. */
export interface StackSecrets {
  readonly superuser: Secret;
  readonly owner: Secret;
  readonly app: Secret;
  readonly readonly: Secret;
  readonly prove: Secret;
  readonly monitor: Secret;
  readonly session: Secret;
  /** Of the backup service. */
  readonly backupService: Secret;
  /** The password of the first user, generated unless there is one that nobody has been shown. */
  generateAdminPassword(): Promise<Secret>;
  /** The generated password as long as nobody has been shown it. */
  unseenAdminPassword(): Secret | undefined;
  /** From here on nothing holds the password but its hash in the database. */
  forgetAdminPassword(): Promise<void>;
}

/**
 * Reads the secrets, or makes them for a new data folder. They are on the disk before anything is created with them,
 * so a first start that is killed half-way goes on with the same ones.
 */
export async function loadSecrets(dataDir: string, clusterExists: boolean): Promise<StackSecrets> {
  const path = join(dataDir, 'secrets.json');
  const found = await readIfThere(path);
  if (found === undefined && clusterExists) throw unreadable(path, 'it is missing');
  let file = found === undefined ? generate() : parse(path, found);
  const provePassword = file.provePassword ?? random(24);
  const monitorPassword = file.monitorPassword ?? random(24);
  const backupServiceToken = file.backupServiceToken ?? random(32);
  const save = async (change: Partial<SecretsFile>): Promise<void> => {
    file = { ...file, ...change };
    await writeDurably(path, `${JSON.stringify(file, null, 2)}\n`);
  };
  const added = [file.provePassword, file.monitorPassword, file.backupServiceToken];
  if (found === undefined || added.includes(undefined))
    await save({ provePassword, monitorPassword, backupServiceToken });
  return {
    superuser: new Secret(file.superuserPassword),
    owner: new Secret(file.ownerPassword),
    app: new Secret(file.appPassword),
    readonly: new Secret(file.readonlyPassword),
    prove: new Secret(provePassword),
    monitor: new Secret(monitorPassword),
    session: new Secret(file.sessionSecret),
    backupService: new Secret(backupServiceToken),
    generateAdminPassword: async () => {
      const password = file.adminPassword ?? random(12);
      if (file.adminPassword === null) await save({ adminPassword: password });
      return new Secret(password);
    },
    unseenAdminPassword: () => (file.adminPassword === null ? undefined : new Secret(file.adminPassword)),
    forgetAdminPassword: async () => {
      if (file.adminPassword !== null) await save({ adminPassword: null });
    },
  };
}

function generate(): SecretsFile {
  return {
    superuserPassword: random(24),
    ownerPassword: random(24),
    appPassword: random(24),
    readonlyPassword: random(24),
    provePassword: random(24),
    monitorPassword: random(24),
    sessionSecret: random(48),
    backupServiceToken: random(32),
    adminPassword: null,
  };
}

function random(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}

function parse(path: string, text: string): SecretsFile {
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch (error) {
    throw unreadable(path, error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error));
  }
}

function unreadable(path: string, found: string): Error {
  return embeddedError('secrets_unreadable', {
    message: `${path} holds the passwords of the databases beside it, and cannot be used: ${found.replaceAll(/\s+/g, ' ')}`,
    hint: `Bring ${path} back from a copy, or start with a new folder: \`DATA_DIR=/other/folder npm start\`.`,
    details: { path },
  });
}
