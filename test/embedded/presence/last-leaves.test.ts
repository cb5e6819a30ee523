import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, type TestContext, test } from 'vitest';
import { withServersOf } from '../../../embedded/presence/end-unused.ts';
import { whoIsPresent } from '../../../embedded/presence/presence-records.ts';
import { readEmbeddedState, stateFilePath } from '../../../embedded/presence/state-file.ts';
import { identify } from '../../../os/process-identity.mjs';
import { stopProcess } from '../../../os/stop-process.ts';
import { eventually } from '../../support/eventually.ts';
import { placeOf, type Started } from '../../support/starting.ts';

/** No TinyTask of this machine is theirs. */
const ALONE = { TINYSCHEDULER_MCP_ENDPOINT: 'http://127.0.0.1:9' };

/** A place of its own for each test, so that they run at the same time: mostly they wait. */
async function stand(context: TestContext) {
  const place = await placeOf(context);
  const running = (part: string) => place.processes().filter(({ command }) => command.includes(part));
  return {
    place,
    running,
    daemon: () => place.start('daemon', ALONE),
    appears: (part: string) => eventually(part, () => running(part)[0]),
    nothingIsLeft: (withinMs = 15_000) =>
      eventually(
        'nothing is left',
        () => {
          const left = place.processes();
          if (left.length > 0) throw new Error(`left: ${JSON.stringify(left.map(({ command }) => command))}`);
          return true;
        },
        withinMs,
      ),
  };
}

/** By a second press that comes in the moment in which Node exits, and no longer listens, the signal itself ends it. */
const ENDED = [0, 130, 'SIGINT'];

async function killed(started: Started): Promise<void> {
  started.child.kill('SIGKILL');
  await started.ended;
}

describe.concurrent('whoever of ours stops last ends the Temporal server', () => {
  test('of a daemon that was killed, when nobody comes back', async (context) => {
    const { daemon, nothingIsLeft } = await stand(context);
    const only = daemon();
    await only.printed('Serving as');
    await killed(only);
    await nothingIsLeft();
  });

  test('of a daemon that was killed and started again', async (context) => {
    const { running, daemon, nothingIsLeft } = await stand(context);
    const first = daemon();
    await first.printed('Serving as');
    await killed(first);
    const second = daemon();
    await second.printed('Serving as');
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
    expect(running('start-dev')).toEqual([]);
    await nothingIsLeft();
  });

  test('which stays as long as another daemon uses it', async (context) => {
    const { place, running, daemon, nothingIsLeft } = await stand(context);
    const first = daemon();
    await first.printed('Serving as');
    const second = daemon();
    await second.printed('Serving as');
    const server = readEmbeddedState(place.stateDir).temporal;
    expect(running('start-dev')).toHaveLength(1);
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    expect(readEmbeddedState(place.stateDir).temporal).toEqual(server);
    // Whoever did not bring it up keeps it up too.
    process.kill(server?.pid ?? 0, 'SIGKILL');
    const again = await eventually('it is up again', async () => {
      const found = readEmbeddedState(place.stateDir).temporal;
      return found?.pid !== server?.pid && found;
    });
    expect(again.address).toBe(server?.address);
    await killed(second);
    await nothingIsLeft();
  });

  test('when two leave at the same moment', async (context) => {
    const { running, daemon, nothingIsLeft } = await stand(context);
    const both = [daemon(), daemon()];
    for (const one of both) await one.printed('Serving as');
    for (const one of both) one.child.kill('SIGTERM');
    expect(await Promise.all(both.map(({ ended }) => ended))).toEqual([0, 0]);
    expect(running('start-dev')).toEqual([]);
    await nothingIsLeft();
  });

  test.for([0, 300, 1_200])(
    'and who arrives %i ms after the last was asked has one that stays',
    async (ms, context) => {
      const { place, running, daemon, nothingIsLeft } = await stand(context);
      const leaving = daemon();
      await leaving.printed('Serving as');
      leaving.child.kill('SIGTERM');
      await new Promise((resolve) => setTimeout(resolve, ms));
      const arriving = daemon();
      await leaving.ended;
      await arriving.printed('Serving as');
      const { temporal } = readEmbeddedState(place.stateDir);
      expect(running('start-dev').map(({ pid }) => pid)).toEqual([temporal?.pid]);
      arriving.child.kill('SIGTERM');
      expect(await arriving.ended).toBe(0);
      await nothingIsLeft();
    },
  );

  test('and who arrives while it is being ended waits, and has one of its own', async (context) => {
    const { place, running, daemon, nothingIsLeft } = await stand(context);
    const last = daemon();
    await last.printed('Serving as');
    const { temporal } = readEmbeddedState(place.stateDir);
    if (!temporal) throw new Error('there must be a server');
    // What the last one does, as slowly as can be.
    const arriving = await withServersOf(place.stateDir, async () => {
      await killed(last);
      const second = daemon();
      await eventually('it is present', async () => whoIsPresent(place.stateDir).length > 0);
      await new Promise((resolve) => setTimeout(resolve, 4_000));
      expect(second.output()).not.toContain('Serving as');
      await stopProcess(temporal);
      return second;
    });
    await arriving.printed('Serving as');
    expect(running('start-dev').map(({ pid }) => pid)).not.toContain(temporal.pid);
    arriving.child.kill('SIGTERM');
    expect(await arriving.ended).toBe(0);
    await nothingIsLeft();
  });

  test('of a `run --once` that was killed before it could write down that there is one', async (context) => {
    const { place, appears, nothingIsLeft } = await stand(context);
    // Who wants to write into the state file waits for us.
    const lock = `${stateFilePath(place.stateDir)}.lock`;
    mkdirSync(place.stateDir, { mode: 0o700 });
    writeFileSync(lock, JSON.stringify(identify(process.pid)));
    const once = place.start('once', ALONE);
    await appears('start-dev');
    expect(readEmbeddedState(place.stateDir).temporal).toBeUndefined();
    await killed(once);
    rmSync(lock);
    await nothingIsLeft();
  });

  test('of an `npm start` that was killed, when its daemon has stopped its agents', async (context) => {
    const { place, nothingIsLeft } = await stand(context);
    const started = place.start();
    await started.printed(/task \d ".*" running on /);
    await killed(started);
    await nothingIsLeft();
  });

  test('which hangs, and so is killed by the caretaker', async (context) => {
    const { daemon, appears, nothingIsLeft } = await stand(context);
    const only = daemon();
    await only.printed('Serving as');
    process.kill((await appears('start-dev')).pid, 'SIGSTOP');
    await killed(only);
    await nothingIsLeft(30_000);
  });
});

describe.concurrent('a second Ctrl-C ends everything', () => {
  test.for([
    ['before there is anything', 'TinyScheduler is starting', 0],
    ['while the Temporal server starts', '', 'start-dev'],
    ['while TinyTask starts', '', 'internal-tinytask'],
    ['while the daemon starts', '', 'run --daemon'],
    ['when agents run', /task \d ".*" running on /, 0],
  ] as const)('%s', async ([_, said, process], context) => {
    const { place, running, appears, nothingIsLeft } = await stand(context);
    const started = place.start();
    if (said !== '') await started.printed(said);
    if (process !== 0) await appears(process);
    started.child.kill('SIGINT');
    // A later one is a second press, an earlier one the same that npm tells again.
    await new Promise((resolve) => setTimeout(resolve, 260));
    started.child.kill('SIGINT');
    // The first may have been enough.
    expect(ENDED).toContain(await started.ended);
    expect(started.output().match(/Ended at once|Everything is down/g)).toHaveLength(1);
    // It has two seconds, and says whether that was enough.
    if (!started.output().includes('what is left of it ends within seconds')) {
      expect(running('start-dev'), started.output()).toEqual([]);
      expect(running('internal-tinytask'), started.output()).toEqual([]);
    }
    await nothingIsLeft();
  });
});

describe.concurrent('while a tool is fetched', () => {
  test.for([
    ['npm start', 'start', 'SIGINT', 1],
    ['npm start', 'start', 'SIGINT', 2],
    ['a daemon', 'daemon', 'SIGTERM', 1],
  ] as const)(
    '%s (%s) ends by %s, %i times, and the fetching with it',
    async ([_, command, signal, times], context) => {
      const { place, nothingIsLeft } = await stand(context);
      // There is none, and what would fetch it takes for ever.
      const bin = join(place.dir, 'bin');
      mkdirSync(bin);
      for (const name of ['go', 'uv', 'pip', 'pip3', 'python3'])
        writeFileSync(join(bin, name), '#!/bin/sh\nexec sleep 300\n', { mode: 0o755 });
      const none = { TEMPORAL_CLI: '', PATH: `${bin}:/usr/bin:/bin`, XDG_CACHE_HOME: place.dir };
      const started = place.start(command, { ...(command === 'daemon' && ALONE), ...none });
      const children = () => place.processes().filter(({ parent }) => parent === started.pid);
      // Besides its caretaker.
      await eventually('it is being fetched', async () =>
        children().some(({ command: line }) => !line.includes('caretaker')),
      );
      started.child.kill(signal);
      if (times === 2) {
        await new Promise((resolve) => setTimeout(resolve, 260));
        started.child.kill(signal);
      }
      expect(ENDED).toContain(await started.ended);
      await nothingIsLeft(5_000);
    },
  );
});
