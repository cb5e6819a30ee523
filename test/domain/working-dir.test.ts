import { expect, test } from 'vitest';
import { fillTemplate, isTemplate, templateProblem } from '../../domain/working-dir.ts';

test.each([
  ['work', false],
  ['/srv/a b', false],
  ['$HOME', false],
  ['w/{taskId}', true],
  ['w/}', true],
])('%s is a template: %s', (path, is) => {
  expect(isTemplate(path)).toBe(is);
});

test.each([
  ['w/{agent}/{taskId}', undefined],
  ['..{taskId}/x..', undefined],
  ['{task}', /contains "\{task\}", and a template may contain \{taskId\} and \{agent\} only/],
  ['{taskId', /contains "\{taskId"/],
  ['a}', /contains "\}"/],
  ['{{taskId}}', /contains "\{\}"/],
  ['{TaskId}', /contains "\{TaskId\}"/],
  ['/srv/{taskId}', /begins with "\/"/],
  ['w/../{taskId}', /contains "\.\."/],
])('%s', (template, problem) => {
  if (problem === undefined) expect(templateProblem(template)).toBeUndefined();
  else expect(templateProblem(template)).toMatch(problem);
});

test('it is filled wherever it names something', () => {
  const filled = fillTemplate('{agent}/{taskId}-{taskId}', { taskId: 42, agent: 'vae.la' });
  expect(filled).toBe('vae.la/42-42');
});
