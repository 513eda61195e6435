import { LifeboatError } from '@lifeboat/kernel';

/** The server went away under us, or asks for another try. */
const AGAIN = new Set([
  '40001', // serialization failure
  '40P01', // deadlock
  '53300', // too many connections
  '57P01', // shut down by an administrator
  '57P02', // another process of the server crashed
  '57P03', // starting up, or in recovery
  '25P03', // idle in a transaction for too long: the message it waited on did not come
  '08000',
  '08001',
  '08003',
  '08006',
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
]);

/** pg reports a connection that broke under a query, and a server that does not answer in time, without a code. */
const BROKEN =
  /Connection terminated|connection timeout|Client has encountered a connection error|timeout exceeded when trying to connect|Client was closed and is not queryable|timeout expired|Query read timeout/i;

/** TypeORM takes a connection away from a transaction when it breaks between two of its statements. */
const TAKEN_AWAY = new Set(['QueryRunnerAlreadyReleasedError', 'QueryRunnerProviderAlreadyReleasedError']);

/** Whether the same will work once PostgreSQL is back (or the competing transaction is over). */
export function passing(thrown: unknown): boolean {
  if (thrown instanceof LifeboatError || typeof thrown !== 'object' || thrown === null) return false;
  // Told by what it says, not by its class: Node's own errors come from another realm where tests run.
  const { code, driverError, name, message } = thrown as Partial<Error> & {
    code?: string;
    driverError?: { code?: string };
  };
  if (AGAIN.has(code ?? '') || AGAIN.has(driverError?.code ?? '')) return true;
  return TAKEN_AWAY.has(name ?? '') || BROKEN.test(message ?? '');
}
