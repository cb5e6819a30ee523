import { readdirSync, readFileSync } from 'node:fs';

/** The pids of a worker's guardians, as `/proc` says. */
export function guardiansOf(worker: number | undefined): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isGuardianOf(pid, worker));
}

function isGuardianOf(pid: number, worker: number | undefined): boolean {
  try {
    const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return args.some((arg) => arg.endsWith('guardian-main.js')) && args.includes(String(worker));
  } catch {
    return false;
  }
}
