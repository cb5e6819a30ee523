import { CommanderError } from 'commander';
import { expect, test } from 'vitest';
import { program } from '../../client/cli/program.ts';
import { commandLines, documents, parseCommandLine, readDocument } from '../support/documents.ts';

const written = [
  ...documents(),
  ...['deploy/crontab.example', 'deploy/tinyscheduler.service', '.env.tinyscheduler.example'].map(
    readDocument,
  ),
].flatMap(({ path, text }) => [...new Set(commandLines(text))].map((line) => ({ path, line })));

test.each(written)('$path: tinyscheduler $line', async ({ line }) => {
  await parseCommandLine(line).catch((error) => {
    // `--help` is answered by an exit.
    if (!(error instanceof CommanderError && error.exitCode === 0)) throw error;
  });
});

test('the README shows every command that there is', () => {
  const { text } = readDocument('README.md');
  const shown = new Set(commandLines(text).flatMap((line) => line.split(' ')));
  const names = program()
    .commands.map((command) => command.name())
    .filter((name) => !name.startsWith('internal-'));
  expect(names.filter((name) => !shown.has(name))).toEqual([]);
  expect(names.length).toBeGreaterThan(10);
});

test.each(['tinyscheduler', 'tinyscheduler-oneshot', 'tinyscheduler-worker', 'tinyscheduler-backup'])(
  'the unit %s starts a command that there is',
  async (name) => {
    const { text } = readDocument(`deploy/${name}.service`);
    const [, line = ''] = /^ExecStart=\/opt\/tinyscheduler\/tinyscheduler (.+)$/m.exec(text) ?? [];
    await parseCommandLine(line);
    expect(text).toContain('KillMode=mixed');
  },
);

test('the crontab makes a backup each night, and runs one pass each minute', async () => {
  const { text } = readDocument('deploy/crontab.example');
  const lines = text.split('\n').filter((line) => /^[\d*]/.test(line));
  const commands = lines.map((line) => /&& \/opt\/tinyscheduler\/tinyscheduler (.+?) >>/.exec(line)?.[1]);
  expect(commands).toEqual(['backup --keep 14 /srv/backups/tinyscheduler', 'run --once']);
  for (const command of commands) await parseCommandLine(command ?? '');
});
