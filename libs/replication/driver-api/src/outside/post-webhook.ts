import { external, invalidInput, LifeboatError, timedOut, unavailable } from '@lifeboat/kernel';
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Running } from './run-command.ts';
import { Tail } from './tail.ts';

const ANSWER_BYTES = 64 * 1024;
const SAID_BYTES = 4 * 1024;
/** 202: it has begun and is not done; the others: not now. */
const NOT_YET = new Set([202, 408, 425, 429, 502, 503, 504]);

async function readSecret(file: string, what: string): Promise<string> {
  const secret = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw invalidInput(
      'hook-secret-unreadable',
      `${what}: the secret file cannot be read: ${(cause as Error).message}`,
      {
        mend: 'Correct its path in the file that names it, or the rights of the secret file.',
        cause,
      },
    );
  });
  return secret.trim();
}

/** `t=<seconds>,v1=<HMAC-SHA256 of "<seconds>.<body>" in hex>`: whoever knows the secret can tell that a call is ours, and of now. */
export const signatureOf = (secret: string, seconds: number, body: string): string =>
  `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;

/** Asks by POST, signed where there is a secret. Answers the body. Throws as `runCommand` does. */
export async function postWebhook(
  { url, secretFile }: { readonly url: string; readonly secretFile?: string | undefined },
  key: string,
  body: string,
  how: Running,
): Promise<string> {
  const secret = secretFile === undefined ? undefined : await readSecret(secretFile, how.what);
  const late = AbortSignal.timeout(how.timeoutMs);
  try {
    const answer = await fetch(url, {
      method: 'POST',
      redirect: 'error',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': key,
        ...(secret !== undefined && {
          'lifeboat-signature': signatureOf(secret, Math.floor(Date.now() / 1_000), body),
        }),
      },
      body,
      signal: AbortSignal.any([late, how.signal]),
    });
    return read(answer.status, await bodyOf(answer), how.what);
  } catch (thrown) {
    how.signal.throwIfAborted();
    if (late.aborted) throw timedOut('hook-timed-out', `${how.what} was not done after ${how.timeoutMs / 1_000} s.`);
    if (thrown instanceof LifeboatError) throw thrown;
    throw unavailable('hook-unreachable', `${how.what}: ${new URL(url).host} could not be reached.`, { cause: thrown });
  }
}

async function bodyOf(answer: Response): Promise<string> {
  const tail = new Tail(ANSWER_BYTES);
  for await (const chunk of answer.body ?? []) tail.add(Buffer.from(chunk));
  return tail.text;
}

function read(status: number, text: string, what: string): string {
  const said = text.trim() === '' ? 'It said nothing.' : `It said: ${text.trim().slice(-SAID_BYTES)}`;
  if (NOT_YET.has(status)) throw unavailable('hook-not-yet', `${what} answered ${status}. ${said}`);
  if (status >= 200 && status < 300) return text;
  throw external('hook-failed', `${what} answered ${status}. ${said}`, {
    retry: 'no',
    mend: 'Look at what it said; the same call with the same Idempotency-Key can be made again.',
  });
}
