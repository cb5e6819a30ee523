import type { Figure, Measurement } from './figures.ts';
import { round } from './numbers.ts';
import { commandMs, tinyscheduler } from './run-command.ts';
import { withStand } from './stand.ts';

/** Commands that look at everything, of few tasks and of many: what a task costs them. */
export const manyTasks: Measurement = {
  keys: ['many_tasks'],
  async measure(root, quick) {
    const times = quick ? 1 : 5;
    const [few, many] = quick ? [10, 200] : [100, 10_000];
    // No daemon: the commands plan themselves.
    return withStand(root, { agents: 200, slots: 0, sleepSeconds: 0 }, async (stand) => {
      const looks = [
        ['status', ['status']],
        ['explain', ['explain', String(Math.floor(few / 2))]],
        ['dry_run', ['run', '--once', '--dry-run']],
      ] as const;
      const measureAll = async () => {
        const all: number[] = [];
        for (const [, args] of looks)
          all.push(await commandMs(tinyscheduler(root, ...args), { env: stand.env, times }));
        return all;
      };
      await stand.addTasks(few);
      const ofFew = await measureAll();
      await stand.addTasks(many - few);
      const ofMany = await measureAll();
      const figures = looks.map(([part, args], at): Figure => {
        const [value = 0, bare = 0] = [ofMany[at], ofFew[at]];
        return {
          ...{ key: 'many_tasks', part, value: round(value), unit: 'ms', bare: round(bare) },
          what: `processor time of \`${args.join(' ')}\`, 200 agents, ${many} tasks`,
          ...{ goal: { atMostTimesBare: 2 }, note: `bare: the same with ${few} tasks; no daemon and no API` },
        };
      });
      return { figures };
    });
  },
};
