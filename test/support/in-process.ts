import { vi } from 'vitest';
import { exitCodeOf } from '../../client/cli/call/exit-code.ts';
import { program } from '../../client/cli/program.ts';
import type { Ended } from './command.ts';

/**
 * A command in this process, as main.ts runs it: one of its own takes a second to begin. One at a time, since it takes the streams
 * of the process.
 */
export async function inProcess(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  const said = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((...written: unknown[]) => {
      said[stream] += String(written[0]);
      const then = written.at(-1);
      if (typeof then === 'function') then();
      return true;
    }),
  );
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  try {
    process.exitCode = undefined;
    await program().parseAsync(args, { from: 'user' });
    return { ...said, code: Number(process.exitCode ?? 0) };
  } catch (error) {
    // It may still say something.
    const code = await exitCodeOf(error);
    return { ...said, code };
  } finally {
    process.exitCode = undefined;
    for (const spy of spies) spy.mockRestore();
    vi.unstubAllEnvs();
  }
}
