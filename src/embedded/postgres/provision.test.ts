import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { statementsOf, withVariables } from './provision.ts';

const quote = (value: string): string => `'${value.replaceAll("'", "''")}'`;

test('the role file comes apart into its statements, without its comments', () => {
  const statements = statementsOf(readFileSync('deploy/roles.sql', 'utf8'));
  expect(statements.every((statement) => /^(create|alter|grant)/.test(statement))).toBe(true);
  expect(statements.filter((statement) => statement.startsWith('create database'))).toHaveLength(3);
  expect(statements.join('\n')).not.toContain('--');
});

test("psql's variables become quoted values", () => {
  expect(withVariables("create role r password :'p'", { p: "it's" }, quote)).toBe("create role r password 'it''s'");
});

test('a variable that nobody sets does not reach the server', () => {
  expect(() => withVariables(":'typo'", {}, quote)).toThrow('the variable typo');
});
