import { errorsOf, type ErrorTable } from '../base/index.ts';

export const releaseErrorTable = {
  release_record_invalid: {
    httpStatus: 500,
    exitCode: 2,
    about:
      'A file in `releases/`, which holds what a published release required and contained, cannot be read or is not what its name says. They are written once and never edited.',
  },
  release_not_whole: {
    httpStatus: 409,
    exitCode: 3,
    about:
      'The release does not agree with itself or with those published before it, so no image is built of it. `plimsoll release check` lists every disagreement.',
  },
  release_tree_dirty: {
    httpStatus: 409,
    exitCode: 3,
    about:
      'The checkout has changes that are not committed, so an image built from it would carry the SHA of a commit that it was not built from.',
  },
  release_not_recorded: {
    httpStatus: 409,
    exitCode: 3,
    about:
      'The release has no record in `releases/`, against which later ones are checked. The record is committed before the image is built, so that it is part of what it describes.',
  },
  release_git_failed: {
    httpStatus: 500,
    exitCode: 1,
    about: 'git could not say which commit the checkout is at, and whether anything in it was changed.',
  },
  release_build_failed: {
    httpStatus: 500,
    exitCode: 1,
    about: '`docker build` did not succeed, or could not be run. Its output stands above the error.',
  },
} as const satisfies ErrorTable;

export const releaseError = errorsOf(releaseErrorTable);
