// The Temporal CLI and goose, found or fetched, so that no test has to wait for a download. Needs dist/.
import { findGoose, findTemporalCli } from '../dist/embedded/tool-cache.js';

const options = { env: process.env, onProgress: (line) => console.log(line) };
console.log(`temporal: ${(await findTemporalCli(options)).path}`);
console.log(`goose: ${(await findGoose(options)).path}`);
