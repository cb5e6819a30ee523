import { addRoutes } from './add-task.ts';
import type { RouteDeps } from './deps.ts';
import { eventRoutes } from './events.ts';
import { factsRoutes } from './facts.ts';
import { healthRoutes } from './health.ts';
import { historyRoutes } from './history.ts';
import { manyTasksRoutes } from './many-tasks.ts';
import type { Route } from './route.ts';
import { schedulingRoutes } from './scheduling.ts';
import { stateRoutes } from './state.ts';
import { switchRoutes } from './switches.ts';
import { taskDeedRoutes } from './task-deeds.ts';
import { taskRoutes } from './tasks.ts';

/** Every path of the API but those about itself. */
export function allRoutes(deps: RouteDeps): Route[] {
  return [
    healthRoutes,
    stateRoutes,
    eventRoutes,
    taskRoutes,
    historyRoutes,
    addRoutes,
    taskDeedRoutes,
    manyTasksRoutes,
    switchRoutes,
    schedulingRoutes,
    factsRoutes,
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
