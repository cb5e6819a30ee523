import type { Change } from '../../../domain/forecast/change.ts';
import { forecastJson, whatIfJson } from '../../json/forecast.ts';
import type { Context } from '../call/context.ts';
import { forecastText, whatIfText } from '../show/show-forecast.ts';
import { type Shape, show } from './listings.ts';

/** `forecast`: of all open tasks, or of one. Exit code 0. */
export function showForecast(
  context: Context,
  { taskId, most, ...shape }: Shape & { taskId?: number; most: number },
): Promise<number> {
  return show(context, shape, {
    ask: (scheduler) => scheduler.forecast(taskId),
    asText: (forecast, across) => forecastText(forecast, { most, one: taskId !== undefined, across }),
    asJson: forecastJson,
  });
}

/** `what-if`: what changes of the agents would do. Exit code 0. */
export function showWhatIf(context: Context, changes: Change[], shape: Shape): Promise<number> {
  return show(context, shape, {
    ask: (scheduler) => scheduler.whatIf(changes),
    asText: whatIfText,
    asJson: whatIfJson,
  });
}
