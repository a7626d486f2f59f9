import { errorsOf, type ErrorTable } from '../../base/index.ts';

const failed = { httpStatus: 500, exitCode: 1 } as const;
const refused = { httpStatus: 409, exitCode: 3 } as const;

export const deployErrorTable = {
  deploy_image_missing: {
    ...refused,
    about:
      'The image is not on this machine. Nothing is pulled by itself, so that what is deployed is what was checked.',
  },
  deploy_image_moved: {
    ...refused,
    about:
      'The name of the image stands for another one than when the deployment was begun: it was built or pulled anew meanwhile.',
  },
  deploy_image_overridden: {
    ...refused,
    about:
      'PLIMSOLL_IMAGE is set in the environment, where it would win over the image that a deployment writes into `.env`: the next `docker compose up` from this shell would undo it.',
  },
  deploy_nothing_runs: {
    ...refused,
    about: 'No manager runs, so there is nothing to replace. The first start of a deployment is in its guide.',
  },
  deploy_in_progress: {
    ...refused,
    about: 'Another deployment or rollback is at work on this machine and folder. One at a time.',
  },
  deploy_unfinished: {
    ...refused,
    about:
      'An earlier deployment has changed something and was not brought to its end. It is gone on with, or gone back from, before another one begins.',
  },
  deploy_nothing_to_resume: { ...refused, about: 'There is no deployment that was interrupted or stands still.' },
  deploy_nothing_to_roll_back: {
    ...refused,
    about: 'The newest thing that was done here is not a deployment, so no image to go back to is on record.',
  },
  deploy_already_there: { ...refused, about: 'Every manager runs this image already, and compose is set to it.' },
  deploy_not_confirmed: {
    ...refused,
    about: 'A deployment shows its plan and goes on only when the version is typed, or with `--yes`.',
  },
  deploy_preflight_failed: {
    ...refused,
    about:
      'The preflight of the new image failed, so nothing was changed. Each check that failed says how it is mended.',
  },
  deploy_preflight_not_run: {
    ...failed,
    about: 'The preflight of the new image could not be run or could not be recorded, so nothing was changed.',
  },
  deploy_backup_failed: {
    ...failed,
    about: 'No bundle could be taken as the way back, so nothing was changed. A deployment without one is not begun.',
  },
  deploy_migration_failed: {
    ...failed,
    about:
      'The migrator of the new image did not bring every database to where it is needed. What was applied stays applied; the managers were not touched, and work on as long as the schema lets them.',
  },
  deploy_manager_not_ready: {
    ...failed,
    about:
      'A manager of the new image did not get ready in time. It was taken away again, so that nobody is sent to it, and the last that it said is in the message; the others were left as they are.',
  },
  deploy_posture_bad: {
    ...failed,
    about: 'Everything runs the new image, and yet the gate is closed or the posture cannot be told.',
  },
  deploy_not_recorded: {
    ...failed,
    about: 'Everything runs the new image and is well, and the history of the deployment could not be written.',
  },
  deploy_host_failed: {
    ...failed,
    about: 'Docker, or Docker Compose, did not do what it was asked for. Its own words are in the message.',
  },
  deploy_journal_unreadable: {
    ...failed,
    about: 'The file that says how far a deployment is cannot be read, or is of another release of the tooling.',
  },
  rollback_needs_restore: {
    ...refused,
    about:
      'A migration was applied on which the release before does not run, so its image alone is no way back. The bundle that was taken before the migration is: the commands are in the hint, and what was written since is lost.',
  },
  rollback_cannot_tell: {
    httpStatus: 503,
    exitCode: 2,
    about:
      'Whether the release before runs on the databases as they are could not be read, so it is not started on them.',
  },
} as const satisfies ErrorTable;

export const deployError = errorsOf(deployErrorTable);
