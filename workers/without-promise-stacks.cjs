// Loaded into the thread of the workflows before the SDK is: see create-workers.ts.
'use strict';
require('node:v8').promiseHooks = {};
const { warn } = console;
console.warn = (...said) => {
  // The SDK says at its start that it goes without; that was the purpose.
  if (!/promiseHooks\.createHook is not available/.test(String(said[0]))) warn(...said);
};
