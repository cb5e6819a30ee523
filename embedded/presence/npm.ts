import { execFileSync } from 'node:child_process';
import { startedByNpm } from '../../config/own-process.ts';
import { identify, isAlive, type ProcessIdentity } from '../../os/process-identity.mjs';
import { readProcessStat } from '../../os/process-stat.mjs';

const LOOK_EVERY_MS = 500;
const SHELL = /^(sh|dash|bash|ash|busybox|zsh|ksh)$/;
const NPM = /^(npm|npx|node|pnpm|yarn|bun)/;
/** Who takes over the children of the dead. */
const INIT = /^(init|systemd|launchd|tini|docker-init|dumb-init|catatonit)$/;
/** npm, its shell, the launcher: no chain is longer. */
const MOST = 4;

/**
 * Settles when npm, which started this process, is gone: npm tells its shell of a SIGTERM, the shell tells nobody, and
 * nobody tells of a SIGKILL. Never, where npm did not start it: then it may outlive its parent, as under `nohup`.
 */
export function npmGone(): Promise<void> {
  const chain = startedByNpm() ? upToNpm() : undefined;
  return new Promise((resolve) => {
    if (chain === undefined) return;
    if (chain === 'gone') return resolve();
    const timer = setInterval(() => {
      if (chain.every(isAlive)) return;
      clearInterval(timer);
      resolve();
    }, LOOK_EVERY_MS).unref();
  });
}

/** npm, and the shells between it and this process; `gone` if it has ended already; undefined if there is none. */
function upToNpm(): ProcessIdentity[] | 'gone' | undefined {
  const chain: ProcessIdentity[] = [];
  for (let pid = process.ppid; chain.length < MOST; ) {
    const identity = identify(pid);
    const parent = parentOf(pid);
    if (!identity || !parent) return 'gone';
    chain.push(identity);
    if (NPM.test(parent.command)) return chain;
    if (INIT.test(parent.command)) return 'gone';
    if (!SHELL.test(parent.command)) return undefined;
    pid = parent.ppid;
  }
  return undefined;
}

/** The parent of a process, and the name of the process itself. */
function parentOf(pid: number): { ppid: number; command: string } | undefined {
  if (process.platform === 'linux') return readProcessStat(pid);
  try {
    const line = execFileSync('ps', ['-o', 'ppid=,comm=', '-p', String(pid)], { encoding: 'utf8' });
    const [, ppid, command = ''] = /^\s*(\d+)\s+-?(.+?)\s*$/.exec(line) ?? [];
    return { ppid: Number(ppid), command: command.split('/').at(-1) ?? '' };
  } catch {
    return undefined;
  }
}
