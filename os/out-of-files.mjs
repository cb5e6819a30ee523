// @ts-check

const OUT = new Set(['EMFILE', 'ENFILE', 'ENOMEM']);

/**
 * Whether a file could not be read since this process, or the machine, may open no more of them. That says nothing about the file.
 * @param {unknown} error
 */
export function isOutOfFiles(error) {
  return error instanceof Error && 'code' in error && OUT.has(String(error.code));
}
