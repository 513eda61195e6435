import { randomBytes } from 'node:crypto';
import { asLifeboatError, LifeboatError, unavailable } from '@lifeboat/kernel';
import type { ErrorDetails } from '@lifeboat/kernel';
import { setTimeout as pause } from 'node:timers/promises';

const AGAIN_MS = 250;

/** Calls of the gateway, all of one trace, each made again while it is away. Throws the LifeboatError of the problem document. */
export class GatewayCalls {
  readonly traceId: string;
  readonly root: string;

  constructor(
    baseUrl: string,
    private readonly options: { readonly traceId?: string; readonly patienceMs?: number },
  ) {
    this.root = `${baseUrl.replace(/\/+$/, '')}/v1`;
    this.traceId = options.traceId ?? randomBytes(16).toString('hex');
  }

  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const text = await this.patiently(method, path, body);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  text(path: string): Promise<string> {
    return this.patiently('GET', path, undefined);
  }

  private async patiently(method: string, path: string, body: unknown): Promise<string> {
    const end = Date.now() + (this.options.patienceMs ?? 0);
    for (;;) {
      try {
        return await this.callOnce(method, path, body);
      } catch (thrown) {
        if (!(thrown instanceof LifeboatError) || !thrown.retryable || Date.now() >= end) throw thrown;
        await pause(AGAIN_MS);
      }
    }
  }

  private async callOnce(method: string, path: string, body: unknown): Promise<string> {
    const { status, ok, text } = await this.exchange(method, path, body).catch((cause: unknown) => {
      throw unavailable('gateway-away', `The gateway at ${this.root} does not answer.`, {
        mend: 'Start it (npm run up), or give its address by --gateway or LIFEBOAT_GATEWAY_URL.',
        cause,
      });
    });
    if (ok) return text;
    throw problem(status, text);
  }

  /** An answer that breaks off in its middle is none. */
  private async exchange(
    method: string,
    path: string,
    body: unknown,
  ): Promise<{ readonly status: number; readonly ok: boolean; readonly text: string }> {
    const answer = await fetch(`${this.root}${path}`, {
      method,
      headers: {
        traceparent: `00-${this.traceId}-${randomBytes(8).toString('hex')}-01`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, ok: answer.ok, text: await answer.text() };
  }
}

function problem(status: number, text: string): LifeboatError {
  try {
    const document = JSON.parse(text) as Partial<ErrorDetails> & { detail?: string };
    if (document.kind && document.code)
      return LifeboatError.fromJSON({
        ...document,
        kind: document.kind,
        code: document.code,
        message: document.detail ?? document.message ?? document.code,
      });
  } catch (thrown) {
    return asLifeboatError(
      unavailable(
        'gateway-answer-unreadable',
        `The gateway answered ${status} with something that is no problem document.`,
        { cause: thrown },
      ),
    );
  }
  return unavailable(
    'gateway-answer-unreadable',
    `The gateway answered ${status} with something that is no problem document.`,
  );
}
