/** One test of a rule of squawk: its text, and what squawk's authors expect of it. */
export interface RuleTest {
  /** Of the test function. */
  readonly name: string;
  /** As squawk names it: `ban-drop-column`. */
  readonly rule: string;
  readonly sql: string;
  /** Whether the rule fires there. */
  readonly fires: boolean;
  readonly transactional: boolean;
  /** Undefined: the default of squawk. */
  readonly postgresMajor: number | undefined;
}

const inQuotes = /(?:let sql = |lint_\w+\(\s*)(?:r(#*)"([\s\S]*?)"\1|"((?:[^"\\]|\\[\s\S])*)")/;
const firing =
  /lint_errors(_with)?\(|assert!\(!\w+\.is_empty\(\)\)|assert_ne!\(\w+\.len\(\), 0\)|assert_eq!\(\w+\.len\(\), [1-9]/;
const transaction = /assume_in_transaction: true|lint_with_assume_in_transaction/;

/** Reads the tests of a rule from its Rust source. Tests that say nothing of firing, or hold no text, are left out. */
export function readRuleTests(source: string): RuleTest[] {
  const tests = source.split('#[cfg(test)]')[1] ?? '';
  return tests.split('#[test]').flatMap((piece) => {
    const body = piece.split(/^    \}$/m, 1)[0] ?? '';
    const name = /fn (\w+)\(/.exec(body)?.[1];
    const found = inQuotes.exec(body);
    const rule = /Rule::(\w+)/.exec(body)?.[1] ?? /Rule::(\w+)/.exec(tests)?.[1];
    if (name === undefined || found === null || rule === undefined || /\bfix(_sql)?(_with)?\(/.test(body)) return [];
    const version =
      /Version::new\((\d+)/.exec(body)?.[1] ?? /pg(\d+)\(\)/.exec(body)?.[1] ?? /pg_version: "(\d+)/.exec(body)?.[1];
    return [
      {
        name,
        rule: ruleNames[rule] ?? kebab(rule),
        sql: found[2] ?? (found[3] ?? '').replaceAll(/\\(.)/g, '$1'),
        fires: firing.test(body),
        transactional: transaction.test(body),
        postgresMajor: version === undefined ? undefined : Number(version),
      },
    ];
  });
}

/** Where squawk spells a rule otherwise than its name in Rust. */
const ruleNames: Readonly<Record<string, string>> = { PreferTimestampTz: 'prefer-timestamp-tz' };

function kebab(name: string): string {
  return name.replaceAll(/(?<!^)([A-Z])/g, '-$1').toLowerCase();
}
