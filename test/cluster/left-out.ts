/** System tests that say nothing of a cluster, each with why. `npm run test:cluster` prints them. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  'api-by-default': 'it is about daemons and their API; its server is its own and only has to answer',
  backup: 'it is about the databases of `npm start`, and brings up that server',
  'full-disk-of-temporal': 'it fills the disk of a dev server of its own',
  'schedule-file': 'it has two dev servers of its own, with nothing on them',
  'schedule-keeper': 'it has a dev server of its own, whose schedules tick each second',
  stop: 'it is about who ends the server that was brought up on this machine',
  'two-hosts': 'its server is in a network of its own, which is cut',
};
