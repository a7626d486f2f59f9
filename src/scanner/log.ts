import { traceFacts, type Log } from '../base/index.ts';

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;

/** JSON lines, in the form of the manager's log. Hand-made: the executable needs no more of a logger than this. */
export function jsonLog(level: string, write: (line: string) => unknown, now: () => Date = () => new Date()): Log {
  const least = logLevels.findIndex((name) => name === level);
  const at = (name: 'debug' | 'info' | 'warn' | 'error') => {
    if (logLevels.indexOf(name) < least) return () => undefined;
    return (facts: object, message: string): void => {
      write(
        `${JSON.stringify({ level: name, time: now().toISOString(), program: 'scanner', ...traceFacts(), ...facts, msg: message })}\n`,
      );
    };
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
