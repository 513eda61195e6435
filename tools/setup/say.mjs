// What set-up tells people. Always on stderr: stdout belongs to the program that is run (`npm run demo -- --json`).
const started = process.hrtime.bigint();

/** A failure that is explained to the user in one sentence with what to do; no stack is shown. */
export class SetupError extends Error {
  name = 'SetupError';
  /** @param {number} exitCode */
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Seconds since set-up began, one decimal. */
export const elapsed = () => (Number(process.hrtime.bigint() - started) / 1e9).toFixed(1);

export function say(text) {
  process.stderr.write(`[${elapsed().padStart(5)} s] ${text}\n`);
}

/** Says what begins; while it lasts, says that it still does; then how long it took. */
export async function step(what, run, hint = '') {
  say(`${what} …${hint && ` (${hint})`}`);
  const from = Date.now();
  const seconds = () => ((Date.now() - from) / 1000).toFixed(1);
  const beat = setInterval(() => say(`${what}: still at it after ${seconds()} s`), 15_000);
  try {
    const result = await run();
    say(`${what}: done in ${seconds()} s`);
    return result;
  } finally {
    clearInterval(beat);
  }
}
