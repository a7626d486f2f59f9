/**
 * A hint as it is to be typed in one deployment: hints name commands as `plimsoll …` between backticks, and how the
 * migrator is started tells how the rest of the program is. What cannot be told stays as it is.
 */
export function wordForDeployment(hint: string, migratorCommand: string): string {
  // Where it is a service that runs on, it is not a command that is run once.
  const starting = startOfBackupService(migratorCommand);
  const started = starting === undefined ? hint : hint.replaceAll('`plimsoll backup serve`', () => `\`${starting}\``);
  return started.replaceAll(/`plimsoll (migrator|release)?/g, (_, word: string | undefined) => {
    if (word === 'migrator') return `\`${migratorCommand}`;
    const program = programOf(migratorCommand);
    // The release tooling works on the containers, from outside of them.
    if (word === 'release') return `\`${/^(docker|kubectl) /.test(program) ? 'plimsoll' : program} release`;
    return `\`${program} `;
  });
}

/** A command `plimsoll …`, as it is to be typed in one deployment. */
export function commandForDeployment(command: string, migratorCommand: string): string {
  return wordForDeployment(`\`${command}\``, migratorCommand).slice(1, -1);
}

/** What starts the backup service of one deployment: a command where one does it everywhere, else a sentence. */
export function backupServiceRemedy(migratorCommand: string): string {
  const command = commandForDeployment('plimsoll backup serve', migratorCommand);
  if (startOfBackupService(migratorCommand) !== undefined) return command;
  return `Start \`${command}\` with its settings; under \`npm start\` it comes again by itself, and backup.log in the data folder says what keeps it.`;
}

/** The one command that starts the backup service of the compose file, or that of the Helm chart. */
function startOfBackupService(migratorCommand: string): string | undefined {
  if (migratorCommand.startsWith('docker compose ')) return 'docker compose up -d backup';
  const [, namespace, release] =
    /^kubectl -n (\S+) exec -it deploy\/(\S+)-operator -- plimsoll migrator$/.exec(migratorCommand) ?? [];
  return release === undefined ? undefined : `kubectl -n ${namespace} rollout restart deploy/${release}-backup`;
}

function programOf(migratorCommand: string): string {
  if (migratorCommand.endsWith('plimsoll migrator')) return migratorCommand.slice(0, -' migrator'.length);
  // The one service of the compose file that has every database, in every role, and the bundles.
  return migratorCommand.startsWith('docker compose ') ? 'docker compose run --rm operator' : 'plimsoll';
}
