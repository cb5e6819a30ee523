import { expect, test } from 'vitest';
import { Random } from './random.ts';

const numbers = (random: Random, count: number) => Array.from({ length: count }, () => random.next());

test('the same seed gives the same numbers, whatever is drawn from a fork', () => {
  const [one, other] = [new Random(7), new Random(7)];
  numbers(one.fork(), 100);
  other.fork();
  expect(numbers(one, 20)).toEqual(numbers(other, 20));
});

test('a fork has numbers of its own, the same for the same seed', () => {
  const random = new Random(7);
  const fork = numbers(random.fork(), 20);
  expect(fork).toEqual(numbers(new Random(7).fork(), 20));
  expect(fork).not.toEqual(numbers(random, 20));
});
