import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../documents.ts';

// Lines of the guide that a test cannot run: they are about systemd, mail, other hosts.

/** By the words that a line begins with: what keeps it from being true; undefined: nothing does. */
const CHECKS: [RegExp, (line: string) => string | undefined][] = [
  [/^(?:sudo )?systemctl [\w-]+(?: --now)? (\S+)$/, (line) => unit(line.split(' ').at(-1) ?? '')],
  [/^journalctl -u (\S+)( -f)?$/, (line) => unit(/-u (\S+)/.exec(line)?.[1] ?? '')],
  // They are parsed as the program does it: see test/docs/commands.test.ts.
  [/^(\*\/5 \* \* \* \* cd \/srv\/team && )?\.\/tinyscheduler /, () => undefined],
  [/^git pull$/, () => undefined],
];

function unit(name: string): string | undefined {
  const file = /\.(service|timer)$/.test(name) ? name : `${name}.service`;
  return existsSync(join(ROOT, 'deploy', file)) ? undefined : `there is no deploy/${file}`;
}

/** What is wrong with a line that is not run; undefined: nothing. */
export function wrongElsewhere(line: string): string | undefined {
  const [, check] = CHECKS.find(([begins]) => begins.test(line)) ?? [];
  return check === undefined
    ? 'nothing checks this line: show it with what it prints in a block of the kind `console`, or add a check'
    : check(line);
}
