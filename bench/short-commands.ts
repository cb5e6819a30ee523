import type { Figure, Measurement } from './figures.ts';
import { round } from './numbers.ts';
import { commandMs, EMPTY_NODE, tinyscheduler } from './run-command.ts';
import { withStand } from './stand.ts';

/** People type several of them a minute, and watch them with `watch`. */
const GOAL_TIMES = 4;

/** What commands cost that are over in a moment, beside a Node.js that does nothing. */
export const shortCommands: Measurement = {
  keys: ['short_commands'],
  async measure(root, quick) {
    const times = quick ? 2 : 10;
    return withStand(root, { agents: 3, slots: 0, sleepSeconds: 0, serves: true }, async (stand) => {
      await stand.startDaemon();
      await stand.addTasks(3);
      await stand.api();
      const byApi = stand.env;
      // Another configuration than the API's, so that it does not answer.
      const itself = { ...byApi, TINYSCHEDULER_HEARTBEAT_SEC: '7' };
      const emptyMs = await commandMs(EMPTY_NODE, { env: byApi, times: 2 * times });
      const figures: Figure[] = [];
      const add = async (part: string, what: string, args: string[], env: NodeJS.ProcessEnv) => {
        const ms = await commandMs(tinyscheduler(root, ...args), { env, times });
        figures.push({
          ...{ key: 'short_commands', part, what: `processor time of ${what}` },
          ...{ value: round(ms), unit: 'ms', bare: round(emptyMs), goal: { atMostTimesBare: GOAL_TIMES } },
        });
      };
      await add('help', '`--help`', ['--help'], byApi);
      await add('status', '`status` by the API', ['status'], byApi);
      await add('explain', '`explain 1` by the API', ['explain', '1'], byApi);
      await add('list', '`tasks` by the API', ['tasks'], byApi);
      await add('schedules', '`schedule list` by the API', ['schedule', 'list'], byApi);
      await add('status_itself', '`status` by a connection of its own', ['status'], itself);
      await add('explain_itself', '`explain 1` by a connection of its own', ['explain', '1'], itself);
      return { figures };
    });
  },
};
