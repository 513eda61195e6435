import { invalidInput } from '@lifeboat/kernel';
import type { LifeboatError } from '@lifeboat/kernel';
import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { Agent, request } from 'undici';
import type { Dispatcher } from 'undici';
import { answerText } from './answer-text.ts';
import { Breaker } from './breaker.ts';
import { inCallSpan, noteAnswer, templateOf } from './call-span.ts';
import type { CloudConfig, ServiceName } from './cloud.ts';
import type { CallFacts } from './http-errors.ts';
import { metrics } from './metrics.ts';
import { isOfConnection, noAnswer, NoAnswer, stillSilent } from './no-answer.ts';
import { ServiceGate } from './service-gate.ts';

/** undici looks at its clock twice a second: 4.5 s make at most 5. */
const CONNECT_MS = 4_500;
const ANSWER_MS = 60_000;
/** Glance answers an upload when its store has all bytes; the source may stall on the way (STALL_MS). */
const UPLOAD_ANSWER_MS = 300_000;
const STALL_MS = 120_000;
const CONCURRENT = 8;
const TOO_MANY = 429;
/** Shorter than any server's, so that a connection which the other side is about to close is not used again. */
const KEEP_ALIVE_MS = 2_000;

export interface RawCall {
  readonly service: ServiceName | 'keystone';
  readonly method: Dispatcher.HttpMethod;
  /** For spans and errors: ids are fine, secrets never are. */
  readonly path: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Readable;
  readonly signal?: AbortSignal | undefined;
  /** Which try of the call this is. */
  readonly tries: number;
}

export interface RawAnswer {
  readonly status: number;
  readonly requestId: string | undefined;
  header(name: string): string | undefined;
  text(): Promise<string>;
  readonly stream: Readable;
}

/** One HTTP exchange, or one that was not even begun, as it went. */
export interface CallRecord extends CallFacts {
  /** The path with `{id}` for ids. */
  readonly template: string;
  readonly tries: number;
  readonly seconds: number;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  /** The code of the error when no answer came. */
  readonly error: string | undefined;
}

export interface TransportOptions {
  /** Forbids every connection while it answers an error. */
  readonly offLimits?: (() => LifeboatError | undefined) | undefined;
  readonly userAgent?: string | undefined;
  /** Requests under way at once per service; 8. */
  readonly concurrency?: number | undefined;
  /** Hears of every exchange. */
  readonly onCall?: ((call: CallRecord) => void) | undefined;
  /** How long to wait for a connection, and for the head of an answer, in ms; 4 500 and 60 000. */
  readonly connectMs?: number | undefined;
  readonly answerMs?: number | undefined;
}

/** The one place where connections to a site are made: limits, time-outs, the breaker, the off-limits switch and the span of a call. */
export class Transport {
  private readonly agent: Agent;
  private readonly breaker = new Breaker();
  private readonly gates = new Map<string, ServiceGate>();

  constructor(
    readonly config: CloudConfig,
    private readonly options: TransportOptions,
  ) {
    const ca = authorityOf(config);
    this.agent = new Agent({
      connect: {
        timeout: options.connectMs ?? CONNECT_MS,
        rejectUnauthorized: config.verify,
        ...(ca && { ca }),
      },
      headersTimeout: options.answerMs ?? ANSWER_MS,
      bodyTimeout: STALL_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
    });
  }

  /** One HTTP exchange up to its headers; every answer is returned, good or bad. Throws NoAnswer, the error of `offLimits`, or what aborted it. */
  async exchange(call: RawCall): Promise<RawAnswer> {
    const gate = this.gate(call.service);
    const answer = await gate.pass(() => this.recorded(call), call.signal);
    if (answer.status !== TOO_MANY) gate.carriedOut();
    return answer;
  }

  /** The service said that it is asked too much. */
  pause(service: ServiceName | 'keystone', ms: number): void {
    this.gate(service).pause(ms);
  }

  close(): Promise<void> {
    return this.agent.close().catch(() => this.agent.destroy());
  }

  private gate(service: string): ServiceGate {
    const known = this.gates.get(service);
    if (known) return known;
    const gate = new ServiceGate(`${service} of ${this.config.name}`, this.options.concurrency ?? CONCURRENT);
    this.gates.set(service, gate);
    return gate;
  }

  private recorded(call: RawCall): Promise<RawAnswer> {
    // After all waiting and before anything else: a site may have become off limits meanwhile.
    const offLimits = this.options.offLimits?.();
    if (offLimits) throw offLimits;
    const facts = { site: this.config.name, service: call.service, method: call.method, path: call.path };
    const began = performance.now();
    const record = (status?: number, requestId?: string, error?: string): void => {
      const seconds = (performance.now() - began) / 1_000;
      const { site, service, method } = facts;
      metrics.observe('lifeboat_openstack_call_seconds', seconds, { site, service, method });
      this.options.onCall?.({
        ...facts,
        template: templateOf(call.path),
        tries: call.tries,
        seconds,
        status,
        requestId,
        error,
      });
    };
    const host = new URL(call.url);
    return inCallSpan({ ...facts, host, tries: call.tries }, async (span) => {
      try {
        const answer = await this.send(call, facts, host.host);
        noteAnswer(span, answer.status, answer.requestId);
        record(answer.status, answer.requestId);
        return answer;
      } catch (thrown) {
        record(undefined, undefined, thrown instanceof NoAnswer ? thrown.error.code : 'aborted');
        throw thrown;
      }
    });
  }

  private async send(call: RawCall, facts: CallFacts, host: string): Promise<RawAnswer> {
    const silent = this.breaker.silent(host);
    if (silent) throw stillSilent(facts, silent);
    try {
      const answer = await request(call.url, {
        dispatcher: this.agent,
        method: call.method,
        headers: { 'user-agent': this.options.userAgent ?? 'lifeboat', accept: 'application/json', ...call.headers },
        ...(call.body !== undefined && { body: call.body }),
        ...(typeof call.body === 'object' && { headersTimeout: UPLOAD_ANSWER_MS }),
        ...(call.signal && { signal: call.signal }),
      });
      this.breaker.reached(host);
      return answerOf(answer);
    } catch (thrown) {
      if (call.signal?.aborted) throw thrown;
      // The bytes came from elsewhere, and so did what broke them off: it says nothing about this site.
      if (typeof call.body === 'object' && call.body.errored && !isOfConnection(call.body.errored))
        throw call.body.errored;
      const failure = noAnswer(facts, thrown);
      if (failure.silent) this.breaker.missed(host, failure.error);
      throw failure;
    }
  }
}

function answerOf(answer: Dispatcher.ResponseData): RawAnswer {
  const header = (key: string): string | undefined => {
    const value = answer.headers[key];
    return Array.isArray(value) ? value[0] : value;
  };
  return {
    status: answer.statusCode,
    requestId: header('x-openstack-request-id') ?? header('x-compute-request-id'),
    header,
    text: () => answerText(answer.body),
    stream: answer.body,
  };
}

function authorityOf({ name, caFile }: CloudConfig): Buffer | undefined {
  if (!caFile) return undefined;
  try {
    return readFileSync(caFile);
  } catch (cause) {
    throw invalidInput('ca-file-unreadable', `The cacert of "${name}", ${caFile}, cannot be read.`, {
      mend: 'Correct cacert in clouds.yaml.',
      cause,
    });
  }
}
