import { expect, test } from 'vitest';
import { helpPages } from './index.ts';

test('each help page is found under its own name', () => {
  for (const [name, help] of Object.entries(helpPages)) expect(help.page).toBe(name);
});
