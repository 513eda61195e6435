import type { Probe } from '@lifeboat/contracts';
import type { Tried } from './probe.ts';

const inUrl = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/** Passes when the answer has the status that is wanted; a redirection is an answer like any other. */
export async function tryHttp(
  host: string,
  { port, path = '/', status = 200 }: NonNullable<Probe['http']>,
  signal: AbortSignal,
): Promise<Tried> {
  try {
    const answer = await fetch(`http://${inUrl(host)}:${port}${path}`, { redirect: 'manual', signal });
    await answer.body?.cancel();
    return { passed: answer.status === status, said: `${host} answered ${answer.status}, wanted is ${status}` };
  } catch (thrown) {
    const { message, cause } = thrown as Error;
    return { passed: false, said: cause instanceof Error ? cause.message : message };
  }
}
