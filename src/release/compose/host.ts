import { join } from 'node:path';
import { z } from 'zod';
import { shellWord } from '../../base/index.ts';
import { deployError } from '../deploy/errors.ts';
import type { DeployHost, HostPart, Installed } from '../deploy/host.ts';
import type { DeployImage } from '../deploy/journal.ts';
import type { ManagerInstance } from '../deploy/replace.ts';
import { runProgram, type ProgramEnd } from '../program.ts';
import { setVariable } from './environment-file.ts';

/** What names the image in compose.yaml. */
export const imageVariable = 'PLIMSOLL_IMAGE';

/** Answers within a container whether its manager is ready; the program is part of the image. */
const askReady = ['plimsoll-ask', 'http://127.0.0.1:8080/readyz'];

const imageFacts = z.tuple([
  z.object({ Id: z.string(), Config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }) }),
]);
const containerFacts = z.array(
  z.object({ Id: z.string(), Image: z.string(), State: z.object({ Running: z.boolean() }) }),
);
const composeFacts = z.object({
  services: z.record(z.string(), z.object({ image: z.string().optional() })),
});

export interface ComposeTerms {
  /** Where compose.yaml and .env lie. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Who is at the keyboard. */
  readonly operator: string;
  readonly signal: AbortSignal;
}

/** A deployment by Docker Compose in a folder of this machine. */
export function composeHost(terms: ComposeTerms): DeployHost {
  const compose = new Compose(terms);
  return {
    readImage: async (reference) => await compose.readImage(reference),
    keepImage: async (id, reference) => await compose.keepImage(id, reference),
    readInstalled: async () => await compose.readInstalled(),
    setImage: async ({ reference }) => await setVariable(join(terms.folder, '.env'), imageVariable, reference),
    startManager: async (image) => await compose.startManager(image),
    stopManager: async (id) => await compose.stopManager(id),
    readLog: async (id) => await compose.readLog(id),
    startOthers: async (image) => await compose.startOthers(image),
    run: async (image, part, words) => await compose.run(image, part, words),
    commandFor: ({ reference }, part, words) =>
      [`${imageVariable}=${shellWord(reference)}`, 'docker', ...runWords(part, words).map(shellWord)].join(' '),
  };
}

/** The words as the guides have them; the migrator's service has its first word in its entry point. */
function runWords(part: HostPart, words: readonly string[]): string[] {
  const profile = part === 'migrator' ? ['--profile', 'migrate'] : [];
  return ['compose', ...profile, 'run', '--rm', part, ...words];
}

class Compose {
  readonly #terms: ComposeTerms;

  constructor(terms: ComposeTerms) {
    this.#terms = terms;
  }

  async readImage(reference: string): Promise<DeployImage> {
    const { code, stdout, stderr } = await this.#docker(['image', 'inspect', reference]);
    if (code !== 0 && /no such image|not found/i.test(stderr))
      throw deployError('deploy_image_missing', {
        message: `there is no image ${reference} on this machine`,
        hint: `Bring it here: \`docker pull ${reference}\`, or \`docker load -i FILE\` where nothing is pulled.`,
      });
    const [{ Id: id, Config: config }] = this.#parse(imageFacts, stdout, `image ${reference}: ${stderr}`);
    const label = (name: string): string => config.Labels?.[`org.opencontainers.image.${name}`] || 'unknown';
    return { reference, id, version: label('version'), commit: label('revision') };
  }

  /** Under its own name while that still stands for it, else under one made of its id: `latest` may be another one tomorrow. */
  async keepImage(id: string, reference: string): Promise<DeployImage> {
    const named = await this.readImage(reference).catch(() => undefined);
    if (named?.id === id) return named;
    const kept = `plimsoll-kept:${id.replace(/^sha256:/, '').slice(0, 12)}`;
    await this.#succeed(['tag', id, kept]);
    return await this.readImage(kept);
  }

  async readInstalled(): Promise<Installed> {
    const reference = (await this.#readServices())['manager']?.image;
    if (reference === undefined)
      throw deployError('deploy_host_failed', {
        message: `compose in ${this.#terms.folder} knows no service named manager that has an image`,
        hint: 'Run it where compose.yaml of Plimsoll lies, or name that folder with `--project`.',
      });
    const ids = words(await this.#succeed(['compose', 'ps', '--quiet', 'manager']));
    if (ids.length === 0) return { reference, managers: [] };
    const found = this.#parse(containerFacts, await this.#succeed(['inspect', ...ids]), 'the managers');
    const managers = found.map(async ({ Id: id, Image: imageId, State }): Promise<ManagerInstance> => {
      const asked = State.Running ? await this.#docker(['exec', id, ...askReady]) : undefined;
      return { id, imageId, ready: asked?.code === 0 };
    });
    return { reference, managers: await Promise.all(managers) };
  }

  async startManager(image: DeployImage): Promise<void> {
    const running = words(await this.#succeed(['compose', 'ps', '--quiet', 'manager'])).length;
    const scale = `manager=${running + 1}`;
    // Those that run are left as they are, although what they were started by has changed.
    await this.#succeed(['compose', ...up, '--no-recreate', '--scale', scale, 'manager'], image);
  }

  async stopManager(id: string): Promise<void> {
    await this.#succeed(['stop', id]);
    await this.#succeed(['rm', '--force', id]);
  }

  async readLog(id: string): Promise<string> {
    const { stdout, stderr } = await this.#docker(['logs', '--tail', '20', id]);
    return `${stdout}${stderr}`;
  }

  async startOthers(image: DeployImage): Promise<void> {
    const running = words(await this.#succeed(['compose', 'ps', '--services'], image));
    const services = await this.#readServices(image);
    const ours = running.filter((name) => name !== 'manager' && services[name]?.image === image.reference);
    if (ours.length > 0) await this.#succeed(['compose', ...up, ...ours], image);
  }

  async run(image: DeployImage, part: HostPart, said: readonly string[]): Promise<ProgramEnd> {
    const [head = '', ...rest] = runWords(part, said);
    const at = rest.indexOf('--rm') + 1;
    return await this.#docker([head, ...rest.slice(0, at), '-T', '--no-deps', ...rest.slice(at)], image);
  }

  async #readServices(image?: DeployImage) {
    const text = await this.#succeed(['compose', 'config', '--format', 'json'], image);
    return this.#parse(composeFacts, text, 'the configuration of compose').services;
  }

  async #docker(said: readonly string[], image?: DeployImage): Promise<ProgramEnd> {
    const { folder, environment, operator, signal } = this.#terms;
    const chosen = image === undefined ? {} : { [imageVariable]: image.reference };
    return await runProgram(['docker', ...said], {
      cwd: folder,
      environment: { ...environment, OPERATOR: operator, ...chosen },
      signal,
    });
  }

  async #succeed(said: readonly string[], image?: DeployImage): Promise<string> {
    const { code, stdout, stderr } = await this.#docker(said, image);
    if (code === 0) return stdout;
    this.#terms.signal.throwIfAborted();
    throw deployError('deploy_host_failed', {
      message: `\`docker ${said.slice(0, 3).join(' ')}\` ended with ${code ?? 'no exit code'}: ${stderr.trim().slice(-300)}`,
      hint: 'Mend what it says, then go on: `plimsoll release deploy --status` shows where it stands.',
    });
  }

  #parse<S extends z.ZodType>(schema: S, text: string, what: string): z.output<S> {
    try {
      return schema.parse(JSON.parse(text));
    } catch (error) {
      throw deployError('deploy_host_failed', {
        message: `docker's answer about ${what} cannot be read`,
        hint: 'See that `docker version` and `docker compose version` answer; Compose 2.20 or newer is needed.',
        cause: error,
      });
    }
  }
}

const up = ['up', '--detach', '--no-deps', '--no-build', '--pull', 'never'];

function words(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}
