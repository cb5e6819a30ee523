import { runGuide } from '../support/guide/run-guide.ts';

/** Its goose works until the guide lets its task go, well or not. */
const UNTIL_LET_GO =
  'Work on task {{ task_id }}.\n' +
  'MODEL: shell until [ -e go-{{ task_id }} ]; do sleep 0.1; done\nMODEL: say The answer.';

runGuide('docs/operations.md', {
  controlFile: `[
  { "agentName": "vaela", "agentType": "dev", "limit": 2 },
  { "agentName": "damien", "agentType": "dev" },
  { "agentName": "oscar", "agentType": "qa" }
]
`,
  recipes: {
    ...{ vaela: UNTIL_LET_GO, damien: UNTIL_LET_GO, oscar: UNTIL_LET_GO },
    sage: 'Work on task {{ task_id }}.\nMODEL: empty',
  },
  envFile: 'TINYSCHEDULER_KILL_GRACE_SEC=1\n',
  // The first one blocks another, so it goes first; of those of dev the last one waits.
  tasks: [
    { title: 'Draft the release notes', queue: 'dev' },
    { title: 'Check the release notes', queue: 'qa', blockedByTaskId: 1 },
    { title: 'Fix the login page', queue: 'dev' },
    { title: 'Update the handbook', queue: 'dev' },
    { title: 'Translate the handbook', queue: 'dev' },
    { title: 'Test the login page', queue: 'qa' },
  ],
});
