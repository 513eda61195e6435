import { pino } from 'pino';
import type { Logger } from 'pino';
import { traceIds } from './spans.ts';

export type { Logger } from 'pino';

const SECRETS = ['password', 'secret', 'token', 'user_data', 'adminPass', 'authorization', 'cookie'];

/** Structured logs with trace ids. Fields named like secrets are cut out wherever they stand. */
export const createLogger = (service: string, level: string): Logger =>
  pino({
    name: `lifeboat-${service}`,
    level,
    mixin: traceIds,
    redact: {
      paths: SECRETS.flatMap((name) => [
        name,
        `*.${name}`,
        `*.*.${name}`,
        `headers["x-auth-token"]`,
        `headers["x-subject-token"]`,
      ]).filter((p, i, all) => all.indexOf(p) === i),
      censor: '[cut out]',
    },
  });
