import { Context, heartbeat } from '@temporalio/activity';
import type { ActivityInterceptors } from '@temporalio/worker';

const BEAT_MS = 2_000;

/** Every activity that the server hands to a worker heartbeats, so that it knows soon when the worker was killed. */
export function heartbeats(): ActivityInterceptors {
  return {
    inbound: {
      async execute(input, next) {
        if (Context.current().info.isLocal) return next(input);
        const timer = setInterval(() => heartbeat(), BEAT_MS);
        try {
          return await next(input);
        } finally {
          clearInterval(timer);
        }
      },
    },
  };
}
