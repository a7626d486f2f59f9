import { expect, it } from 'vitest';
import { countAnswers, countQuestions, greeting, isGoodbye } from './messages.ts';

function message(type: string, body = ''): Buffer {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, Buffer.from(body)]);
}

it('counts whole answers only, wherever the bytes are cut', () => {
  const answer = Buffer.concat([message('T', 'columns'), message('D', 'Z Z Z'), message('C', ''), message('Z', 'I')]);
  const both = Buffer.concat([answer, answer]);
  for (let cut = 1; cut < both.length; cut += 1) {
    const answers = countAnswers();
    const [first, second] = [answers.push(both.subarray(0, cut)), answers.push(both.subarray(cut))];
    expect(first + second).toBe(2);
    expect(first).toBe(cut < answer.length ? 0 : 1);
  }
});

it('owes an answer to a query, a sync and a function call, and to nothing else', () => {
  const questions = countQuestions();
  expect(questions.push(Buffer.concat([message('Q', 'select 1'), message('F', 'x'), message('S')]))).toBe(3);
  expect(questions.push(Buffer.concat([message('P', 'Q'), message('B', 'S'), message('d', 'F'), message('X')]))).toBe(
    0,
  );
});

it('knows a goodbye from a query that looks like one', () => {
  expect(isGoodbye(message('X'))).toBe(true);
  expect(isGoodbye(message('Q', 'X'))).toBe(false);
});

it('greets as a server does: signed in, its parameters, and ready', () => {
  const bytes = greeting({ server_version: '15.1' });
  expect(countAnswers().push(bytes)).toBe(1);
  expect(Buffer.from(bytes).toString('latin1')).toContain('server_version\u000015.1\u0000');
});
