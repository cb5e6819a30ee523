import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../support/documents.ts';

const UNITS = readdirSync(join(ROOT, 'deploy')).filter((name) => /\.(service|timer)$/.test(name));

const without = spawnSync('systemd-analyze', ['--version']).status !== 0;

/** The settings of a unit; each name once, as they are here. */
function settings(name: string): Record<string, string> {
  const text = readFileSync(join(ROOT, 'deploy', name), 'utf8');
  return Object.fromEntries(
    [...text.matchAll(/^(\w+)=(.*)$/gm)].map(([, key = '', value = '']) => [key, value]),
  );
}

test('the timer starts the one-shot unit, which no time limit stops', () => {
  expect(settings('tinyscheduler.timer')).toMatchObject({
    Unit: 'tinyscheduler-oneshot.service',
    OnUnitInactiveSec: '1min',
    WantedBy: 'timers.target',
  });
  expect(settings('tinyscheduler-oneshot.service')).toMatchObject({
    Type: 'oneshot',
    TimeoutStartSec: 'infinity',
    KillMode: 'mixed',
  });
  // It is the timer that starts it.
  expect(settings('tinyscheduler-oneshot.service')).not.toHaveProperty('WantedBy');
});

test('the timer of backups starts a unit that no time limit stops, in a folder that systemd makes', () => {
  expect(settings('tinyscheduler-backup.timer')).toMatchObject({
    Unit: 'tinyscheduler-backup.service',
    Persistent: 'true',
    WantedBy: 'timers.target',
  });
  const { ExecStart = '', StateDirectory, User, ...service } = settings('tinyscheduler-backup.service');
  expect(service).toMatchObject({ Type: 'oneshot', TimeoutStartSec: 'infinity', StateDirectoryMode: '0700' });
  expect(service).not.toHaveProperty('WantedBy');
  expect(ExecStart.endsWith(` /var/lib/${StateDirectory}`)).toBe(true);
  // Whoever makes it has to be able to read what the daemon writes.
  expect(User).toBe(settings('tinyscheduler.service').User);
});

test.skipIf(without)('systemd knows when the timers elapse', () => {
  const { OnCalendar = '' } = settings('tinyscheduler-backup.timer');
  expect(spawnSync('systemd-analyze', ['calendar', OnCalendar]).status).toBe(0);
});

test.skipIf(without)('systemd understands every line of every unit', () => {
  const dir = mkdtempSync(join(tmpdir(), 'units-'));
  try {
    for (const name of UNITS) {
      const text = readFileSync(join(ROOT, 'deploy', name), 'utf8');
      // Neither the program nor its user is installed here.
      writeFileSync(
        join(dir, name),
        text.replace(/^ExecStart=\S+/m, 'ExecStart=/bin/true').replace(/^(User|Group)=.*$/gm, ''),
      );
    }
    const { stdout, stderr } = spawnSync('systemd-analyze', [
      'verify',
      ...UNITS.map((name) => join(dir, name)),
    ]);
    const said = `${stdout}${stderr}`
      .split('\n')
      .filter((line) => line.includes(dir) || /tinyscheduler/.test(line));
    expect(said).toEqual([]);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
