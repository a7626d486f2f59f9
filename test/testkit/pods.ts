import type { KubernetesObject } from './helm.ts';

/** What is looked at of a container. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly securityContext?: unknown;
  readonly resources?: { readonly limits?: unknown; readonly requests?: unknown };
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

interface SecretSource {
  readonly name?: string;
  readonly secretName?: string;
  readonly items?: readonly { readonly key: string; readonly path: string }[];
}

interface PodSpec {
  readonly containers: readonly Container[];
  readonly securityContext?: unknown;
  readonly serviceAccountName?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly volumes?: readonly {
    readonly name: string;
    readonly secret?: SecretSource;
    readonly projected?: { readonly sources: readonly { readonly secret: SecretSource }[] };
  }[];
}

/** A pod that would run, and the part of the product that it is. */
export interface Pod {
  readonly part: string;
  readonly name: string;
  readonly spec: PodSpec;
}

/** Every pod that would run: of a Deployment, a Job, or by itself. */
export function podsIn(objects: readonly KubernetesObject[]): Pod[] {
  return objects.flatMap((object) => {
    const part = object.metadata.labels?.['app.kubernetes.io/component'] ?? '';
    const spec = object['spec'] as { readonly template?: { readonly spec: PodSpec } } & PodSpec;
    if (object.kind === 'Pod') return [{ part, name: object.metadata.name, spec }];
    return spec?.template === undefined ? [] : [{ part, name: object.metadata.name, spec: spec.template.spec }];
  });
}

/** The only container of a pod. */
export function containerOf({ spec }: Pod): Container {
  const [container, ...others] = spec.containers;
  if (container === undefined || others.length > 0) throw new Error('not one container');
  return container;
}

/** The keys of secrets that a pod is given as files. */
export function keysOf({ spec }: Pod): string[] {
  const sources = (spec.volumes ?? []).flatMap(({ secret, projected }) =>
    secret === undefined ? (projected?.sources ?? []).map((source) => source.secret) : [secret],
  );
  return sources.flatMap(({ items }) => (items ?? [{ key: 'ALL OF IT' }]).map(({ key }) => key)).toSorted();
}
