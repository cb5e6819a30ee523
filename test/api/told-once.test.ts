import { expect, test } from 'vitest';
import { answerText, toldOnce } from '../../api/routes/told-once.ts';

test('what is made of the same is made once; of anything else, anew', () => {
  let made = 0;
  const told = toldOnce((look: object, schedules: object | null) => ({
    ...{ number: ++made, has: schedules !== null },
    look,
  }));
  const [look, all] = [{}, {}];
  const first = told(look, null);
  expect(told(look, null)).toBe(first);
  expect(told(look, all)).toMatchObject({ number: 2, has: true });
  expect(told({}, all)).toMatchObject({ number: 3 });
});

test('the text of an answer is made once; one that is alike is another', () => {
  let read = 0;
  const answer = {
    get one() {
      return ++read;
    },
  };
  expect([answerText(answer), answerText(answer)]).toEqual(['{"one":1}', '{"one":1}']);
  expect([answerText({ a: 1 }), answerText({ a: 2 })]).toEqual(['{"a":1}', '{"a":2}']);
  expect([answerText(null), answerText([1])]).toEqual(['null', '[1]']);
});
