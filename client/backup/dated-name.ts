const NAME = /^tinyscheduler-\d{8}T\d{6}Z$/;

/** `tinyscheduler-20261121T094123Z`: names are sorted as their times are. */
export function datedName(at: Date): string {
  return `tinyscheduler-${at.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

export function isDated(name: string): boolean {
  return NAME.test(name);
}
