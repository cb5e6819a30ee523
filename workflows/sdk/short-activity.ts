/**
 * For activities that take milliseconds while what they talk to is up. It may be down for hours: they are tried until
 * they succeed. Each heartbeats (workers/heartbeats.ts), so one whose worker was killed in the middle is done by
 * another after the heartbeat timeout; nobody is on its task until then.
 */
export const SHORT_ACTIVITY = {
  startToCloseTimeout: '1 minute',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '1s', maximumInterval: '10s' },
} as const;
