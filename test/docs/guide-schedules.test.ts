import { UNTIL_LET_GO } from '../support/guide/guide-place.ts';
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
    slow: UNTIL_LET_GO,
  },
  envFile:
    'TINYSCHEDULER_KILL_GRACE_SEC=1\nTINYSCHEDULER_LOOP_INTERVAL_SEC=5\nTINYSCHEDULER_MAX_ATTEMPTS=1\nTINYSCHEDULER_BIN_DIR=bin\n',
  env: { TZ: 'UTC' },
  programs: { 'cleanup.sh': '#!/bin/sh\necho "removed: $1"\n' },
});
