import type { RouteDeps } from './deps.ts';
import { healthRoutes } from './health.ts';
import type { Route } from './route.ts';
import { stateRoutes } from './state.ts';

/** Every path of the API but those about itself. */
export function allRoutes(deps: RouteDeps): Route[] {
  return [...healthRoutes(deps), ...stateRoutes(deps)];
}
