import { countText } from '../../base/index.ts';
import { defineCheck } from '../check.ts';

/** The settings of this image are valid in this environment. */
export const settingsValid = defineCheck({
  code: 'settings_valid',
  title: 'Settings',
  about:
    'A new release may read new settings, or read old ones more strictly. A manager with a bad setting does not start, so every setting of the new image is read here, in the environment in which preflight runs.',
  look: async ({ checkSettings }) => ({ problems: checkSettings() }),
  outcomes: [
    {
      status: 'fail',
      when: 'a setting is malformed, set twice, or not known to this release',
      holds: ({ problems }) => problems.length > 0,
      message: ({ problems }) =>
        `${countText(problems.length, 'setting is', 'settings are')} wrong for this release: ${problems.join('; ')}`,
      remedy: (_, { worded }) => worded('`plimsoll --help`').replaceAll('`', ''),
    },
    {
      status: 'pass',
      when: 'every setting of this release is valid in this environment',
      holds: () => true,
      message: () => 'every setting of this release is valid in this environment',
    },
  ],
});
