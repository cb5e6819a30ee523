import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '../../os/free-port.ts';
import { mainForTests } from './daemon-process.ts';
import type { System } from './system.ts';

/** `serve` on a free port, as a process of its own, which whoever asks for it ends. */
export async function startApiServer(
  { dir, env: ofSystem }: Pick<System, 'dir' | 'env'>,
  env: NodeJS.ProcessEnv = ofSystem,
): Promise<{ child: ChildProcess; url: string }> {
  const port = String(await freePort(0));
  const child = spawn(process.execPath, [mainForTests(), 'serve', '--api-port', port], {
    ...{ cwd: dir, env },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  return { child, url };
}
