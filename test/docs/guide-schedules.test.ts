import { runGuide } from '../support/guide/run-guide.ts';

const ANSWERS = 'Work on task {{ task_id }}.\nMODEL: say The answer.';

runGuide('docs/schedules.md', {
  controlFile: `[
  { "agentName": "vaela", "agentType": "dev", "limit": 3 },
  { "agentName": "oscar", "agentType": "qa" }
]
`,
  recipes: {
    vaela: ANSWERS,
    oscar: 'Work on task {{ task_id }}.\nMODEL: empty',
    // It works until the guide lets its task go.
    slow: 'Work on task {{ task_id }}.\nMODEL: shell until [ -e go-{{ task_id }} ]; do sleep 0.1; done\nMODEL: say The answer.',
  },
  envFile:
    'TINYSCHEDULER_KILL_GRACE_SEC=1\nTINYSCHEDULER_LOOP_INTERVAL_SEC=5\nTINYSCHEDULER_MAX_ATTEMPTS=1\nTINYSCHEDULER_BIN_DIR=bin\n',
  env: { TZ: 'UTC' },
});
