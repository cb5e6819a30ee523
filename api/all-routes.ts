import { addRoutes } from './routes/add-task.ts';
import { checkRoutes } from './routes/check.ts';
import type { RouteDeps } from './routes/deps.ts';
import { endedRoutes } from './routes/ended.ts';
import { eventRoutes } from './routes/events.ts';
import { factsRoutes } from './routes/facts.ts';
import { healthRoutes } from './routes/health.ts';
import { historyRoutes } from './routes/history.ts';
import { manyTasksRoutes } from './routes/many-tasks.ts';
import { oneTaskRoutes } from './routes/one-task.ts';
import { pageRoutes } from './routes/page.ts';
import { type Route, writes } from './routes/route.ts';
import { scheduleRoutes } from './routes/schedules/all.ts';
import { schedulingRoutes } from './routes/scheduling.ts';
import { stateRoutes } from './routes/state.ts';
import { summaryRoutes } from './routes/summary.ts';
import { switchRoutes } from './routes/switches.ts';
import { taskDeedRoutes } from './routes/task-deeds.ts';
import { taskLogRoutes } from './routes/task-log.ts';
import { taskRoutes } from './routes/tasks.ts';
import { validationRoutes } from './routes/validation.ts';
import { whatIfRoutes } from './routes/what-if.ts';

/** Every path of the API but those about itself. */
export function allRoutes(deps: RouteDeps): Route[] {
  return [
    healthRoutes,
    stateRoutes,
    validationRoutes,
    checkRoutes,
    summaryRoutes,
    eventRoutes,
    taskRoutes,
    oneTaskRoutes,
    taskLogRoutes,
    historyRoutes,
    endedRoutes,
    whatIfRoutes,
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
    .map((route) => (writes(route) ? outdating(route, deps) : route));
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
