import { addRoutes } from './routes/add-task.ts';
import type { RouteDeps } from './routes/deps.ts';
import { eventRoutes } from './routes/events.ts';
import { factsRoutes } from './routes/facts.ts';
import { healthRoutes } from './routes/health.ts';
import { historyRoutes } from './routes/history.ts';
import { manyTasksRoutes } from './routes/many-tasks.ts';
import { pageRoutes } from './routes/page.ts';
import type { Route } from './routes/route.ts';
import { scheduleRoutes } from './routes/schedules/all.ts';
import { schedulingRoutes } from './routes/scheduling.ts';
import { stateRoutes } from './routes/state.ts';
import { summaryRoutes } from './routes/summary.ts';
import { switchRoutes } from './routes/switches.ts';
import { taskDeedRoutes } from './routes/task-deeds.ts';
import { taskRoutes } from './routes/tasks.ts';
import { validationRoutes } from './routes/validation.ts';

/** Every path of the API but those about itself. */
export function allRoutes(deps: RouteDeps): Route[] {
  return [
    healthRoutes,
    stateRoutes,
    validationRoutes,
    summaryRoutes,
    eventRoutes,
    taskRoutes,
    historyRoutes,
    addRoutes,
    taskDeedRoutes,
    manyTasksRoutes,
    switchRoutes,
    schedulingRoutes,
    factsRoutes,
    scheduleRoutes,
    pageRoutes,
  ]
    .flatMap((routes) => routes(deps))
    .map((route) => (route.method === 'get' ? route : outdating(route, deps)));
}

/** Whoever changed something, or may have, sees it in the next answer. */
function outdating(route: Route, { look }: RouteDeps): Route {
  return {
    ...route,
    async handle(call) {
      try {
        return await route.handle(call);
      } finally {
        look.outdate();
      }
    },
  };
}
