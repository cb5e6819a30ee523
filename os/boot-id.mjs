// @ts-check
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** @type {string | undefined} */
let known;

/** Names this boot of the machine: after another boot, process ids and start times mean other processes. */
export function readBootId() {
  known ??= process.platform === 'linux' ? linuxBootId() : timeOfBoot();
  return known;
}

function linuxBootId() {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

function timeOfBoot() {
  const said = execFileSync('sysctl', ['-n', 'kern.boottime'], { encoding: 'utf8' });
  return /sec = (\d+)/.exec(said)?.[1] ?? said.trim();
}
