import type { AppError } from '../../base/index.ts';
import { targetError } from './errors.ts';

/** The error for a key that leads elsewhere, or for something that is not a file in a file's place. */
export function unsafeKey(target: string, key: string): AppError {
  return targetError('target_object_unsafe', {
    message: `${JSON.stringify(key.slice(0, 100))} on ${target} is not a plain file below its root, and is left alone`,
    hint: 'Look at what lies there, and remove it if it does not belong there.',
    details: { target, key: key.slice(0, 300) },
  });
}
