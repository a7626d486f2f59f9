import { expect, test } from 'vitest';
import { readRuleTests } from './rust-tests.ts';

const source = `
pub fn rule() { let sql = "none of a test"; }
#[cfg(test)]
mod test {
    #[test]
    fn err() {
        let sql = r#"
drop index "a";
        "#;
        assert_snapshot!(lint_errors(sql, Rule::RequireConcurrentIndexDeletion));
    }

    #[test]
    fn in_transaction_ok() {
        let sql = "select \\"x\\";";
        lint_ok_with(sql, LinterSettings { assume_in_transaction: true, ..Default::default() }, Rule::BanDropColumn);
    }

    #[test]
    fn fix_adds_commit() {
        let sql = "begin;";
        assert_snapshot!(fix_sql(sql, Rule::BanUncommittedTransaction));
    }

    #[test]
    fn on_an_old_server() {
        let sql = r"x";
        linter.settings.pg_version = Version::new(10, 0, 0);
        assert!(!errors.is_empty());
    }
}`;

test('the tests of a rule are read from its Rust source, with what is expected of them', () => {
  expect(readRuleTests(source)).toEqual([
    {
      name: 'err',
      rule: 'require-concurrent-index-deletion',
      sql: '\ndrop index "a";\n        ',
      fires: true,
      transactional: false,
      postgresMajor: undefined,
    },
    {
      name: 'in_transaction_ok',
      rule: 'ban-drop-column',
      sql: 'select "x";',
      fires: false,
      transactional: true,
      postgresMajor: undefined,
    },
    {
      name: 'on_an_old_server',
      rule: 'require-concurrent-index-deletion',
      sql: 'x',
      fires: true,
      transactional: false,
      postgresMajor: 10,
    },
  ]);
});
