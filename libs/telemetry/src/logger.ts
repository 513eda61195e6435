import { pino, stdSerializers } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import { traceIds } from './spans.ts';

export type { Logger } from 'pino';

const SECRETS = ['password', 'secret', 'token', 'user_data', 'adminPass', 'authorization', 'cookie'];
/** What PostgreSQL's errors and TypeORM's carry of the rows themselves. */
const ROW_VALUES = ['parameters', 'detail', 'where', 'driverError', 'dataType', 'internalQuery'];

/** Structured logs with trace ids. Fields named like secrets are cut out wherever they stand, and rows' values out of database errors. */
export const createLogger = (service: string, level: string, destination?: DestinationStream): Logger =>
  pino(
    {
      name: `lifeboat-${service}`,
      level,
      mixin: traceIds,
      serializers: { err: withoutRows },
      redact: {
        paths: [
          ...SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
          `headers["x-auth-token"]`,
          `headers["x-subject-token"]`,
        ],
        censor: '[cut out]',
      },
    },
    ...(destination ? [destination] : []),
  );

function withoutRows(thrown: unknown): unknown {
  const shown: unknown = thrown instanceof Error ? stdSerializers.err(thrown) : thrown;
  if (typeof shown !== 'object' || shown === null) return shown;
  return Object.fromEntries(Object.entries(shown).filter(([key]) => !ROW_VALUES.includes(key)));
}
