import { expect, test } from 'vitest';
import { parseScript, turnAfter } from '../../../embedded/model/model-script.ts';
import { startScriptedModel } from '../../../embedded/model/scripted-model.ts';

test('a script is read line by line, also when it is quoted or a list', () => {
  const text =
    'Work.\nMODEL: wait 1.5s\n  - MODEL: tool add_comment {"task_id": 1}\n> MODEL: shell ls | wc\nMODEL: say It is: so';
  expect(parseScript(text)).toEqual([
    { kind: 'wait', waitMs: 1500 },
    { kind: 'tool', tool: 'add_comment', args: { task_id: 1 } },
    { kind: 'tool', tool: 'shell', args: { command: 'ls | wc' } },
    { kind: 'say', text: 'It is: so' },
  ]);
  expect(parseScript('MODEL: fail')).toEqual([{ kind: 'fail', status: 500, message: 'scripted failure' }]);
  expect(parseScript('no script')).toEqual([]);
});

test.each(['MODEL: dance', 'MODEL: wait long', 'MODEL: tool', 'MODEL: tool x {', 'MODEL: tool x [1]'])(
  '"%s" is refused and quoted',
  (line) => expect(() => parseScript(line)).toThrow(`"${line}": `),
);

test('the turn depends on nothing but the tool calls so far', () => {
  const script = parseScript('MODEL: wait 1s\nMODEL: shell a\nMODEL: wait 2s\nMODEL: shell b\nMODEL: loop');
  const [a, b] = [{ command: 'a' }, { command: 'b' }];
  expect(turnAfter(script, 0)).toMatchObject({ waitMs: 1000, step: { args: a } });
  expect(turnAfter(script, 1)).toMatchObject({ waitMs: 2000, step: { args: b } });
  expect(turnAfter(script, 2)).toMatchObject({ waitMs: 0, step: { args: b } });
  expect(turnAfter(script, 99)).toMatchObject({ step: { args: b } });
  expect(turnAfter([], 0).step).toMatchObject({ kind: 'say', text: expect.stringMatching(/^Hello/) });
  expect(turnAfter(parseScript('MODEL: shell a'), 1).step).toEqual({ kind: 'say', text: 'Done.' });
});

test('over HTTP: models, a whole answer, a streamed tool call, a refusal', async () => {
  const model = await startScriptedModel({ port: 0 });
  try {
    const ask = (body: object) =>
      fetch(`${model.url}/v1/chat/completions`, { method: 'POST', body: JSON.stringify(body) });
    const user = (content: unknown) => [{ role: 'user', content }];
    expect(await (await fetch(`${model.url}/v1/models`)).json()).toMatchObject({
      data: [{ id: 'scripted' }],
    });
    expect(model.requests()).toBe(0);

    const whole = await (await ask({ messages: user([{ type: 'text', text: 'MODEL: say hi' }]) })).json();
    expect(whole).toMatchObject({ choices: [{ message: { content: 'hi' }, finish_reason: 'stop' }] });
    const tools = [{ function: { name: 'x__add_comment' } }];
    const messages = user('MODEL: tool add_comment {"a": 1}');
    const streamed = await (await ask({ stream: true, tools, messages })).text();
    expect(streamed).toContain('"name":"x__add_comment","arguments":"{\\"a\\":1}"');
    expect(streamed.endsWith('data: [DONE]\n\n')).toBe(true);

    const refused = await ask({ messages });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({
      error: { message: expect.stringContaining('not offered') },
    });
    expect((await ask({ messages: user('MODEL: dance') })).status).toBe(400);
    expect((await ask({ messages: user('MODEL: fail 503') })).status).toBe(503);
    await expect((await ask({ stream: true, messages: user('MODEL: cut') })).text()).rejects.toThrow();
    expect((await fetch(`${model.url}/elsewhere`)).status).toBe(404);
    expect(model.requests()).toBe(6);
  } finally {
    await model.close();
  }
});

test('closing does not wait for an answer that waits', async () => {
  const model = await startScriptedModel({ port: 0 });
  const body = JSON.stringify({ messages: [{ role: 'user', content: 'MODEL: wait 10m' }] });
  const waiting = fetch(`${model.url}/v1/chat/completions`, { method: 'POST', body }).catch(() => 'gone');
  while (model.requests() === 0) await new Promise(setImmediate);
  await model.close();
  expect(await waiting).toBe('gone');
});
