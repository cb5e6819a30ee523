import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const script = fileURLToPath(new URL('../../scripts/bundle-quick.mjs', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'bundle-quick-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const target = join(dir, 'quick');
const replaced = join(target, 'replaced');

/** A program that loads something only when it is told to. */
function build(what: string): void {
  writeFileSync(join(dir, 'late.mjs'), `export const what = ${JSON.stringify(what)};\n`);
  writeFileSync(
    join(dir, 'main.mjs'),
    `if (process.argv[2] === 'wait') {
       console.log('waits');
       process.stdin.once('data', async () => {
         console.log((await import('./late.mjs')).what);
         process.exit();
       });
     }`,
  );
  execFileSync(process.execPath, [script, join(dir, 'main.mjs'), target], { timeout: 60_000 });
}

test('a command goes on with the files of its own build for a day after they were replaced', async () => {
  build('one');
  const command = spawn(process.execPath, [join(target, 'main.cjs'), 'wait']);
  await once(command.stdout, 'data');
  build('two');
  const [of] = readdirSync(replaced).filter((name) => name.startsWith('late-'));
  command.stdin.end('go\n');
  const [said] = await Promise.race([once(command.stdout, 'data'), once(command, 'exit')]);
  expect(String(said)).toBe('one\n');

  build('three');
  const old = join(replaced, String(of));
  utimesSync(old, 1, 1);
  build('four');
  const late = readdirSync(replaced).filter((name) => name.startsWith('late-'));
  expect(late).not.toContain(of);
  expect(late).toHaveLength(2);
  expect(readdirSync(target).filter((name) => /^late-.*\.cjs$/.test(name))).toHaveLength(1);
});

test('what takes long to be loaded is not loaded before it is called', () => {
  const program = join(dir, 'width.mjs');
  writeFileSync(
    program,
    `import width from 'string-width';
     const { Segmenter } = Intl;
     Intl.Segmenter = class extends Segmenter {
       constructor(...given) { console.log('loaded'); super(...given); }
     };
     globalThis.measure = () => width('漢字') + width('a');
     console.log('begun');
     console.log(measure());`,
  );
  execFileSync(process.execPath, [script, program, target], { timeout: 60_000 });
  const said = execFileSync(process.execPath, [join(target, 'main.cjs')], { timeout: 60_000 });
  expect(String(said)).toBe('begun\nloaded\n5\n');
});
