import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkNotify } from '../../../client/validate/notify.ts';
import { loadConfig } from '../../../config/load.ts';
import { sayFinding } from '../../../words/finding.ts';
import { inProcess } from '../../support/in-process.ts';
import { type Receiver, startReceiver } from '../../support/receiver.ts';

let dir: string;
let receiver: Receiver;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'notify-'));
  receiver = await startReceiver();
});
afterEach(async () => {
  await receiver.close();
  await rm(dir, { recursive: true, force: true });
});

const settings = (more: Record<string, string>) => ({
  ...{ PATH: process.env.PATH ?? '', HOME: dir, TINYSCHEDULER_BASE_PATH: dir },
  ...more,
});
const notify = (more: Record<string, string>, ...args: string[]) =>
  inProcess(['notify', ...args], settings(more));

describe('notify --test', () => {
  test('says that it has arrived', async () => {
    const url = `${receiver.url}/S3CRET`;
    const { code, stdout, stderr } = await notify({ TINYSCHEDULER_NOTIFY: url }, '--test');
    const [received] = receiver.taken;
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe(`The test message ${received?.message.id} was delivered to ${receiver.url}.\n`);
    expect(received).toMatchObject({ path: '/S3CRET', message: { kind: 'test', state: 'firing' } });
  });

  test('says why it has not', async () => {
    receiver.answer(403);
    const env = { TINYSCHEDULER_NOTIFY: `${receiver.url}/S3CRET`, TINYSCHEDULER_NOTIFY_TOKEN: 'S3CRET2' };
    const { code, stdout, stderr } = await notify(env, '--test', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ to: receiver.url, delivered: false, last_line: null },
      problem: 'the receiver answers 403: TINYSCHEDULER_NOTIFY_TOKEN, or the address, is wrong',
    });
    expect(stdout + stderr).not.toContain('S3CRET');
  });

  test('runs a command, and has its last line', async () => {
    mkdirSync(join(dir, 'bin'));
    writeFileSync(join(dir, 'bin/page'), '#!/bin/sh\necho no route\nexit 4\n');
    chmodSync(join(dir, 'bin/page'), 0o755);
    const env = { TINYSCHEDULER_NOTIFY: 'page', TINYSCHEDULER_BIN_DIR: 'bin' };
    const { code, stdout } = await notify(env, '--test');
    expect([code, stdout]).toEqual([
      1,
      'The test message was not delivered to page: the command ended with 4. It says: no route\n',
    ]);
  });

  test('used wrongly it sends nothing', async () => {
    const nobody = await notify({}, '--test');
    expect(nobody).toMatchObject({ code: 2, stdout: '' });
    expect(nobody.stderr).toContain('TINYSCHEDULER_NOTIFY is not set');
    const without = await notify({ TINYSCHEDULER_NOTIFY: receiver.url });
    expect(without).toMatchObject({ code: 2, stdout: '' });
    const wrong = await notify({ TINYSCHEDULER_NOTIFY: 'ftp://S3CRET' }, '--test');
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).not.toContain('S3CRET');
    expect(receiver.tries).toEqual([]);
  });
});

describe('validate-config', () => {
  const check = (env: Record<string, string>) =>
    checkNotify(loadConfig({ env: settings(env), cwd: dir }).config).map(
      (found) => `${found.level}: ${sayFinding(found)}`,
    );

  test.each<[env: Record<string, string>, says: RegExp[]]>([
    [{}, []],
    [{ NOTIFY: 'https://u:S3CRET@a.example/S3CRET' }, [/^ok: .* by "https:\/\/a\.example" of: parked,/]],
    [{ NOTIFY: 'http://127.0.0.1:1/', NOTIFY_TOKEN: 'S3CRET' }, [/^ok/]],
    [
      { NOTIFY: 'http://a.example/', NOTIFY_TOKEN: 'S3CRET' },
      [/^ok/, /^warning: .* as plain text: use https/],
    ],
    [{ NOTIFY: 'http://S3CRET@a.example/' }, [/^ok/, /^warning/]],
    [{ NOTIFY: 'page' }, [/^error: Nobody can be notified: .*_BIN_DIR is not set/]],
    [{ NOTIFY: 'page', BIN_DIR: 'none' }, [/^error: .* does not exist: make it/]],
    [{ NOTIFY: 'page', BIN_DIR: '.' }, [/^error: .* no program "page"/]],
  ])('%j', (env, says) => {
    const named = Object.entries(env).map(([name, value]) => [`TINYSCHEDULER_${name}`, value]);
    const found = check(Object.fromEntries(named));
    expect(found).toHaveLength(says.length);
    for (const [at, pattern] of says.entries()) expect(found[at]).toMatch(pattern);
    expect(found.join()).not.toContain('S3CRET');
  });
});
