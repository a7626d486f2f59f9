'use strict';

/** Folders of src/ from the ground up: each may import what stands in the rows below its own, and nothing else. */
const layers = [
  ['base'],
  ['settings', 'contract', 'postgres', 'metrics', 'tracing'],
  ['manifest', 'http'],
  ['accounts', 'migrator', 'fleet'],
  ['backups', 'database-status'],
  ['preflight'],
  ['gate', 'release', 'rehearsal'],
  ['posture'],
  ['evidence', 'notify'],
  ['manager', 'embedded', 'scanner'],
  ['commands'],
];

/** Folders with a list of their own in place of what lies below: neighbours of one row, and those that may see less. */
const neighbours = {
  settings: ['base'],
  postgres: ['base'],
  contract: [],
  metrics: ['base'],
  tracing: ['base'],
  scanner: ['contract', 'metrics', 'base'],
  http: ['postgres', 'contract', 'base'],
};

/** Folders with a second outside, for those who would pay for the whole of it otherwise. */
const doors = {
  backups: ['^src/backups/client/index\\.ts$'],
  // What the pages work out as the server does; the whole of it would bring the schemas with it.
  contract: ['^src/contract/key-proof\\.ts$'],
};

const folderOf = (name) => `^src/${name}/`;

function layerRules() {
  return layers.flatMap((row, level) =>
    row.map((folder) => {
      const below = neighbours[folder] ?? layers.slice(0, level).flat();
      const allowed = [folder, ...below].join('|');
      return {
        name: `layer-${folder}`,
        comment: `src/${folder} may import only: ${below.join(', ') || 'nothing of ours'}`,
        severity: 'error',
        from: { path: folderOf(folder), pathNot: '\\.test\\.ts$' },
        to: {
          path: '^(src|web|help|test|bench|scripts)/',
          pathNot: `^src/(${allowed})/${folder === 'manager' ? '|^help/' : ''}`,
        },
      };
    }),
  );
}

function insideRules() {
  return layers.flat().map((folder) => ({
    name: `inside-${folder}`,
    comment: `the outside of src/${folder} is its index.ts`,
    severity: 'error',
    from: {
      path: '^(src|web|help)/',
      pathNot: [folderOf(folder), '^src/commands/', '^src/main\\.ts$', '\\.test\\.ts$'],
    },
    to: { path: folderOf(folder), pathNot: [`^src/${folder}/(index|types)\\.ts$`, ...(doors[folder] ?? [])] },
  }));
}

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-tests-in-product',
      severity: 'error',
      from: { path: '^(src|web|help)/', pathNot: '\\.test\\.tsx?$' },
      to: { path: '(^test/|\\.test\\.tsx?$)' },
    },
    {
      name: 'web-imports-contract-alone',
      severity: 'error',
      from: { path: '^web/', pathNot: '\\.test\\.tsx?$' },
      to: { path: '^src/', pathNot: '^src/(contract|base)/' },
    },
    {
      name: 'help-is-data',
      severity: 'error',
      from: { path: '^help/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(src|web|test)/' },
    },
    ...layerRules(),
    ...insideRules(),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|data)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
