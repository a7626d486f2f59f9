import { createPrivateKey } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { settings } from '../../src/settings/index.ts';
import { helm, renderChart, type KubernetesObject } from '../testkit/helm.ts';
import { containerOf, keysOf, podsIn, type Pod } from '../testkit/pods.ts';
import { requireFormats, typeFaults } from '../testkit/kubernetes-types.ts';

const chart = 'deploy/helm/plimsoll';
const valuesOf = (name: string): string[] => (name === 'default' ? [] : ['-f', `test/helm/values/${name}.yaml`]);
const names = ['default', 'external-ha', 'scaled', 'minimal', 'everything'] as const;
const renderings = new Map<string, KubernetesObject[]>();

const podOf = (name: string, values: (typeof names)[number] = 'default'): Pod => {
  const found = podsIn(renderings.get(values) ?? []).find((pod) => pod.name === `plimsoll-${name}`);
  if (found === undefined) throw new Error(`no pod ${name} with ${values} values`);
  return found;
};

const specOf = (kind: string, name: string, values: (typeof names)[number] = 'default'): unknown => {
  const found = renderings
    .get(values)
    ?.find((object) => object.kind === kind && object.metadata.name === `plimsoll${name === '' ? '' : `-${name}`}`);
  if (found === undefined) throw new Error(`no ${kind} ${name} with ${values} values`);
  return found['spec'];
};

const allPods = (): [string, Pod][] =>
  names.flatMap((name) => podsIn(renderings.get(name) ?? []).map((pod) => [name, pod] as [string, Pod]));

beforeAll(async () => {
  await Promise.all(names.map(async (name) => renderings.set(name, await renderChart(...valuesOf(name)))));
});

test('helm finds nothing to complain of, and every object is one that Kubernetes takes', async () => {
  await Promise.all(names.map(async (name) => await helm('lint', '--strict', chart, ...valuesOf(name))));
  const different = new Map(
    names.flatMap((name) => renderings.get(name) ?? []).map((object) => [JSON.stringify(object), object]),
  );
  const objects = [...different.values()];
  expect(objects.length).toBeGreaterThan(60);
  const faults = (await typeFaults(objects)).map(({ object, message }) => `${objects[object]?.kind}: ${message}`);
  expect(faults).toEqual([]);
  await requireFormats(objects);
});

test('a misspelt field, a wrong type, a word that is not one of those allowed and a wrong quantity are found', async () => {
  const spoil = (kind: string, from: string, to: string): KubernetesObject => {
    const whole = JSON.stringify(renderings.get('everything')?.find((object) => object.kind === kind));
    expect(whole).toContain(from);
    return JSON.parse(whole.replace(from, to)) as KubernetesObject;
  };
  const spoiled = [
    spoil('Deployment', '"readOnlyRootFilesystem"', '"readonlyRootFilesystem"'),
    spoil('Deployment', '"imagePullPolicy":"IfNotPresent"', '"imagePullPolicy":"Sometimes"'),
    spoil('Job', '"backoffLimit":0', '"backoffLimit":"none"'),
    spoil('NetworkPolicy', '"podSelector"', '"podselector"'),
    spoil('PodDisruptionBudget', '"unhealthyPodEvictionPolicy"', '"unhealthyPodEvictPolicy"'),
    spoil('ServiceMonitor', '"interval"', '"intervall"'),
    spoil('Ingress', '"pathType":"Prefix",', ''),
  ];
  const faults = await typeFaults(spoiled);
  expect([...new Set(faults.map(({ object }) => object))]).toEqual(spoiled.map((_, index) => index));
  await expect(requireFormats([spoil('Deployment', '"memory":"256Mi"', '"memory":"256MB"')])).rejects.toThrow(
    'quantity',
  );
});

test('chart and image are of the release that release.json names', () => {
  const { appVersion } = JSON.parse(readFileSync('release.json', 'utf8')) as { appVersion: string };
  expect(parse(readFileSync(`${chart}/Chart.yaml`, 'utf8'))).toMatchObject({ version: appVersion, appVersion });
  expect(containerOf(podOf('manager')).image).toBe(`plimsoll:${appVersion}`);
  expect(containerOf(podOf('proxy')).image).toBe(`plimsoll-proxy:${appVersion}`);
  expect(containerOf(podOf('manager', 'external-ha')).image).toMatch(/^registry\.example\.org\/plimsoll@sha256:0123/);
});

test('every container is locked: not root, nothing to write to but its volumes, no capability, no token, and limits', () => {
  const pods = allPods();
  expect(new Set(pods.map(([, { part }]) => part))).toEqual(
    new Set(['manager', 'proxy', 'backup', 'scanner', 'operator', 'migrator', 'test']),
  );
  for (const [values, pod] of pods) {
    const where = `${pod.name}, ${values} values`;
    expect(pod.spec, where).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: 'RuntimeDefault' } },
    });
    const container = containerOf(pod);
    expect(container.securityContext, where).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(container.resources, where).toMatchObject({ requests: {}, limits: { memory: expect.any(String) } });
    const volumes = new Set(pod.spec.volumes?.map(({ name }) => name));
    expect(new Set(container.volumeMounts?.map(({ name }) => name)), where).toEqual(volumes);
  }
});

test('every pod runs under an account that the chart makes', () => {
  for (const name of names) {
    const accounts = (renderings.get(name) ?? []).filter(({ kind }) => kind === 'ServiceAccount');
    expect(accounts.every((account) => account['automountServiceAccountToken'] === false)).toBe(true);
    const known = accounts.map(({ metadata }) => metadata.name);
    for (const { spec } of podsIn(renderings.get(name) ?? [])) expect(known).toContain(spec.serviceAccountName);
  }
});

const isSecret = (name: string): boolean =>
  Object.entries(settings).some(([key, { secret }]) => key === name && secret);

test('every variable is a setting, and a secret one is a file that the pod is given', () => {
  const ofTheProxy = new Set(['TRUSTED_PROXIES', 'MANAGER_HOST']);
  for (const [values, pod] of allPods()) {
    for (const { name, value } of containerOf(pod).env ?? []) {
      const where = `${name} of ${pod.name}, ${values} values`;
      if (pod.part === 'proxy') expect(ofTheProxy, where).toContain(name);
      else expect(Object.keys(settings), where).toContain(name.replace(/_FILE$/, ''));
      expect(isSecret(name), where).toBe(false);
      if (name.endsWith('_FILE'))
        expect(
          keysOf(pod).map((key) => `/run/secrets/${key}`),
          where,
        ).toContain(value);
    }
  }
});

const urlsOf = (role: string): string[] => ['config', 'jobs', 'results'].map((name) => `${name}_${role}_url`);

test('each part is given the secrets of its role and no other', () => {
  const own = ['admin_password', 'evidence_signing_key', 'recovery_token', 'scanner_enrolment_token', 'session_secret'];
  const token = 'backup_service_token';
  const expected: Record<string, string[]> = {
    manager: [...urlsOf('app'), ...urlsOf('monitor'), ...own, token, 'notify_smtp_url', 'oidc_client_secret'],
    proxy: [],
    backup: [...urlsOf('readonly'), 'prove_url', token, 'backup_s3_url'],
    scanner: ['scanner_enrolment_token'],
    operator: [...urlsOf('app'), ...urlsOf('owner'), ...urlsOf('readonly'), 'prove_url', token, 'backup_s3_url'],
    preflight: [...urlsOf('owner'), 'prove_url', token],
    'way-back': [token],
    // At an install there is no secret yet but that of the databases.
    migrate: urlsOf('owner'),
    test: [],
  };
  for (const [name, keys] of Object.entries(expected))
    expect(keysOf(podOf(name, 'everything')), name).toEqual(keys.toSorted());
});

test('before an upgrade the checks come first, then the way back, then the migrator; before an install the migrator alone', () => {
  const jobs = (renderings.get('default') ?? []).filter(({ kind }) => kind === 'Job');
  const inOrder = jobs
    .toSorted((left, right) => weightOf(left) - weightOf(right))
    .map((job) => [job.metadata.name, job.metadata.annotations?.['helm.sh/hook']]);
  expect(inOrder).toEqual([
    ['plimsoll-preflight', 'pre-upgrade'],
    ['plimsoll-way-back', 'pre-upgrade'],
    ['plimsoll-migrate', 'pre-install,pre-upgrade'],
  ]);
  expect(containerOf(podOf('migrate')).args).toEqual(['migrator']);
  expect(containerOf(podOf('way-back')).args).toEqual(['backup', 'take', '--pin', 'before 1.0.0']);
  expect(containerOf(podOf('preflight', 'everything')).args).toEqual([
    'migrator',
    'preflight',
    '--strict',
    '--acknowledge',
    '0a1b2c',
  ]);
  // What the jobs need is there before them.
  const early = (renderings.get('default') ?? []).filter((object) => weightOf(object) === -10);
  expect(early.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
    'NetworkPolicy plimsoll-migrator',
    'ServiceAccount plimsoll-migrator',
  ]);
});

const weightOf = ({ metadata }: KubernetesObject): number => Number(metadata.annotations?.['helm.sh/hook-weight'] ?? 0);

test('managers are replaced one by one, each only when the next is ready, and live whatever the databases do', () => {
  for (const values of ['default', 'scaled', 'minimal'] as const) {
    expect(specOf('Deployment', 'manager', values)).toMatchObject({
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: {
        spec: {
          containers: [
            {
              livenessProbe: { httpGet: { path: '/livez', port: 'http' } },
              readinessProbe: { httpGet: { path: '/readyz', port: 'http' } },
            },
          ],
        },
      },
    });
  }
  // The proxy finds those as well that are not ready: the Release page is theirs then.
  expect(specOf('Service', 'manager')).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: true });
  expect(containerOf(podOf('proxy')).env).toContainEqual({
    name: 'MANAGER_HOST',
    value: 'plimsoll-manager.scans.svc.cluster.local',
  });
  expect(readFileSync('deploy/proxy/haproxy.cfg', 'utf8').match(/\$\{MANAGER_HOST-manager\}:8080/g)).toHaveLength(2);
  for (const one of ['backup', 'scanner', 'operator'])
    expect(specOf('Deployment', one), one).toMatchObject({ strategy: { type: 'Recreate' } });
});

test('an eviction never takes two managers at once, and none is kept from being drained by a closed gate', () => {
  expect(specOf('PodDisruptionBudget', 'manager', 'scaled')).toMatchObject({
    maxUnavailable: 1,
    unhealthyPodEvictionPolicy: 'AlwaysAllow',
  });
  expect(() => specOf('PodDisruptionBudget', 'manager', 'minimal')).toThrow('no PodDisruptionBudget');
});

interface Rule {
  readonly from?: readonly { readonly podSelector?: { readonly matchLabels: Record<string, string> } }[];
  readonly to?: readonly unknown[];
  readonly ports?: readonly { readonly port: number }[];
}

interface Policy {
  readonly podSelector: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly policyTypes: readonly string[];
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}

const partsOf = (peers: readonly unknown[] | undefined): string[] =>
  ((peers ?? []) as NonNullable<Rule['from']>).map(
    ({ podSelector }) => podSelector?.matchLabels['app.kubernetes.io/component'] ?? 'others',
  );

test('nothing is open between the parts but what each needs, at the ports on which they listen', () => {
  expect(specOf('NetworkPolicy', 'nothing-else') as Policy).toMatchObject({
    podSelector: { matchLabels: { 'app.kubernetes.io/name': 'plimsoll', 'app.kubernetes.io/instance': 'plimsoll' } },
    policyTypes: ['Ingress', 'Egress'],
    egress: [{ ports: [{ port: 53 }, { port: 53 }] }],
  });
  const policy = (part: string, values: (typeof names)[number] = 'default') => {
    const { policyTypes, ingress = [], egress = [] } = specOf('NetworkPolicy', part, values) as Policy;
    expect(policyTypes).toEqual(['Ingress', 'Egress']);
    const ports = ({ ports: found }: Rule): string => (found ?? []).map(({ port }) => port).join(',');
    return {
      in: ingress.map((rule) => `${partsOf(rule.from).join(' ') || 'anybody'} > ${ports(rule)}`),
      out: egress.map((rule) => `${partsOf(rule.to).join(' ') || 'anywhere'} > ${ports(rule) || 'any'}`),
    };
  };
  expect(policy('proxy')).toEqual({ in: ['anybody > 8080'], out: ['manager > 8080'] });
  expect(policy('proxy', 'external-ha').in).toEqual(['others scanner test > 8080']);
  expect(policy('manager')).toEqual({ in: ['proxy > 8080'], out: ['anywhere > 5432', 'backup > 8081'] });
  expect(policy('manager', 'everything').in).toEqual(['proxy others > 8080']);
  expect(policy('manager', 'everything').out).toEqual(['anywhere > 5432', 'backup > 8081', 'anywhere > 443,465']);
  expect(policy('manager', 'external-ha').out).toEqual(['others > 5432,5433', 'backup > 8081']);
  expect(policy('backup')).toEqual({ in: ['manager migrator operator > 8081'], out: ['anywhere > 5432'] });
  expect(policy('backup', 'everything').out).toEqual(['anywhere > 5432', 'others > 443']);
  expect(policy('operator')).toEqual({ in: [], out: ['anywhere > 5432', 'backup > 8081'] });
  expect(policy('migrator')).toEqual({ in: [], out: ['anywhere > 53,53', 'anywhere > 5432', 'backup > 8081'] });
  expect(policy('scanner', 'everything')).toEqual({ in: [], out: ['proxy > 8080', 'others > any'] });
  const listening = ['manager', 'proxy', 'backup'].map((part) => containerOf(podOf(part)).ports?.[0]?.containerPort);
  expect(listening).toEqual([8080, 8080, 8081]);
});

test('every policy, budget, service and monitor selects pods or services that are there', () => {
  for (const name of names) {
    const objects = renderings.get(name) ?? [];
    const labelled = new Set(
      objects
        .filter(({ kind }) => ['Deployment', 'Job', 'Pod', 'Service'].includes(kind))
        .map(({ metadata }) => metadata.labels?.['app.kubernetes.io/component']),
    );
    const selecting = objects.filter(({ kind }) =>
      ['NetworkPolicy', 'PodDisruptionBudget', 'Service', 'ServiceMonitor'].includes(kind),
    );
    const specs = JSON.stringify(selecting.map((object) => object['spec']));
    const selected = [...specs.matchAll(/"app.kubernetes.io\/component":"(\w+)"/g)];
    expect(selected.length).toBeGreaterThan(2);
    for (const [, part] of selected) expect(labelled, `${name} values`).toContain(part);
  }
});

test('the scanner may reach in the network what it may probe', () => {
  const { egress = [] } = specOf('NetworkPolicy', 'scanner') as Policy;
  const blocks = (egress[1]?.to ?? []).map((peer) => (peer as { ipBlock: { cidr: string } }).ipBlock.cidr);
  expect(containerOf(podOf('scanner')).env).toContainEqual({ name: 'SCANNER_NETWORKS', value: blocks.join(',') });
});

test('the secrets that are made are ones that the settings take', () => {
  const secret = renderings.get('default')?.find(({ kind }) => kind === 'Secret');
  expect(secret?.metadata.annotations).toMatchObject({ 'helm.sh/resource-policy': 'keep' });
  const made = Object.entries((secret?.['data'] ?? {}) as Record<string, string>);
  expect(made.map(([key]) => key).toSorted()).toEqual(keysOf(podOf('manager')).filter((key) => !key.endsWith('_url')));
  for (const [key, value] of made) {
    const setting = Object.entries(settings).find(([name]) => name === key.toUpperCase())?.[1];
    const text = Buffer.from(value, 'base64').toString();
    expect(setting?.parse(text), key).toHaveProperty('value');
    if (key === 'evidence_signing_key') expect(createPrivateKey(text).asymmetricKeyType).toBe('ed25519');
  }
  for (const name of ['external-ha'] as const)
    expect(renderings.get(name)?.filter(({ kind }) => kind === 'Secret')).toEqual([]);
});

test.each([
  ['a name that is not there', '--set', 'manager.replica=3', /additional propert/],
  ['more managers than the proxy finds', '--set', 'manager.replicas=17', /17|maximum/],
  ['a secret among the settings', '--set', 'manager.settings.SESSION_SECRET=x', /SESSION_SECRET/],
  [
    'a secret setting without its Secret',
    '--set',
    'manager.secretSettings.names={OIDC_CLIENT_SECRET}',
    /secretSettings\.existingSecret/,
  ],
  ['a level of the log that does not exist', '--set', 'logLevel=loud', /logLevel/],
])('%s is refused before anything is sent to the cluster', async (_, word, value, complaint) => {
  await expect(renderChart(word, value)).rejects.toThrow(complaint);
});

test('every value is there with its default, and is used', () => {
  const schema = JSON.parse(readFileSync(`${chart}/values.schema.json`, 'utf8')) as Schema;
  const values = parse(readFileSync(`${chart}/values.yaml`, 'utf8')) as Record<string, unknown>;
  const templates = globSync(`${chart}/templates/**/*`, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('');
  const { global: ofHelm, ...ours } = schema.properties ?? {};
  expect(ofHelm).toBeDefined();
  for (const path of pathsIn({ properties: ours })) {
    expect(values, path.join('.')).toHaveProperty(path);
    expect(new RegExp(`\\.${path.at(-1)}\\b`).test(templates), path.join('.')).toBe(true);
  }
});

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
}

const pathsIn = ({ properties = {} }: Schema): string[][] =>
  Object.entries(properties).flatMap(([name, inner]) => {
    const below = pathsIn(inner);
    // Amounts are handed to Kubernetes as they are.
    return below.length === 0 || name === 'resources' ? [[name]] : below.map((path) => [name].concat(path));
  });

test('of the settings the secret ones are refused as plain values, and no others', () => {
  const schema = readFileSync(`${chart}/values.schema.json`, 'utf8');
  const [refused] = [...schema.matchAll(/"not": \{\s*"pattern": "([^"]+)"/g)].map(
    ([, pattern]) => new RegExp(pattern ?? ''),
  );
  const found = Object.keys(settings).filter((name) => refused?.test(name));
  expect(found).toEqual(Object.keys(settings).filter(isSecret));
});

test('the notes give commands for this release, which name what is there', async () => {
  const notes = await helm('install', 'plimsoll', chart, '--namespace', 'scans', '--dry-run=client');
  expect(notes).toContain('kubectl -n scans exec -it deploy/plimsoll-operator -- plimsoll backup take');
  expect(notes).toContain('kubectl -n scans get secret plimsoll-secrets');
  expect(notes).toContain('kubectl -n scans port-forward service/plimsoll 8080:80');
});
