import { findGoose, findTemporalCli } from '../../embedded/tools/tool-cache.mjs';

const options = {
  // As it is now: commands that run in this process have another home for a moment.
  env: { ...process.env },
  onProgress: (line: string) => console.error(line),
};

/** Path of the Temporal CLI that tests start servers with; fetched the first time where there is none. */
export async function temporalCliForTests(): Promise<string> {
  return (await findTemporalCli(options)).path;
}

/** Path of the goose that tests run; fetched the first time where there is none. */
export async function gooseForTests(): Promise<string> {
  return (await findGoose(options)).path;
}
