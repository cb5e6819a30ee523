// In place of domain/schedule/patience.ts.

export const GRACE_MS = 3_000;
export const REST_MS = 2_000;
export const LOOK_MS = 4_000;
export const OVERSLEPT_MS = 15_000;
export const ANEW_MS = 5_000;
export const DEFINED_WITHIN_MS = 2_000;
