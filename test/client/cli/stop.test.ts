import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Context } from '../../../client/cli/call/context.ts';
import { runStop } from '../../../client/cli/serve/stop.ts';

function stop(stateDir: string): Promise<number> {
  return runStop({ loaded: { config: { stateDir } } } as Context, {});
}

test('nothing runs only where there is no state directory', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'stop-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  onTestFinished(() => written.mockRestore());
  expect(await stop(join(dir, 'none'))).toBe(0);
  expect(written).toHaveBeenCalledWith('Nothing runs here.\n');
  written.mockClear();

  const unreadable = join(dir, 'circle');
  symlinkSync(unreadable, unreadable);
  await expect(stop(unreadable)).rejects.toMatchObject({ code: 'ELOOP' });
  expect(written).not.toHaveBeenCalled();
});
