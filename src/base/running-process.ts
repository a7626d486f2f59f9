import { readFileSync } from 'node:fs';
import { systemCodeOf } from './system-error.ts';

/** Whether a process with this id is running; a zombie that nobody has reaped is not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (systemCodeOf(error) !== 'EPERM') return false;
  }
  return !isZombie(pid);
}

function isZombie(pid: number): boolean {
  return process.platform === 'linux' && ['Z', 'X', null].includes(statField(pid, 3));
}

/** The process's start in the kernel's own count, which no later process with its id shares; null where unknown. */
export function startedAt(pid: number): string | null {
  return statField(pid, 22);
}

/** A field of /proc/PID/stat by its number in proc(5). The second, the name, may hold spaces and parentheses. */
export function statField(pid: number, number: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[number - 3] ?? null;
  } catch {
    return null;
  }
}
