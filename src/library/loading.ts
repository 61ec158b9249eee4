/** What a command does not need is not loaded: a scan starts in half the time without the doctor and the executor. */
export const diagnosing = () => import('../diagnose/diagnose.ts')
