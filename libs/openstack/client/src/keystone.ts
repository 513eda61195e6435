import { LifeboatError } from '@lifeboat/kernel';
import type { CloudConfig } from './cloud.ts';
import { errorOf } from './http-errors.ts';
import { sessionOf } from './keystone-session.ts';
import type { Session, TokenBody } from './keystone-session.ts';
import { lostError, NoAnswer } from './no-answer.ts';
import { parsedAnswer } from './parsed-answer.ts';
import { backOffMs, LONGEST_ASKED_MS, retryAfterMs, TRIES, waitFor } from './retry.ts';
import { secretsIn } from './secrets.ts';
import { SharedWork } from './shared-work.ts';
import type { RawAnswer, Transport } from './transport.ts';

const PATH = '/auth/tokens';

/** Keystone v3 sessions: password or application credential, renewed before they expire, one renewal at a time. */
export class Keystone {
  private current: Session | undefined;
  private renewing: SharedWork<Session> | undefined;

  constructor(private readonly transport: Transport) {}

  /** A renewal ends, tries and all, when nobody waits for it any more: who gives a site up must not go on calling it for a token. */
  async session(signal?: AbortSignal): Promise<Session> {
    signal?.throwIfAborted();
    if (this.current && this.current.renewAt > Date.now()) return this.current;
    if (!this.renewing || this.renewing.ended) this.renewing = new SharedWork((until) => this.authenticate(until));
    return (this.current = await this.renewing.wait(signal));
  }

  /** The cloud refused this token although it had not expired (revoked, or the service key rotated). */
  refused(token: string): void {
    if (this.current?.token === token) this.current = undefined;
  }

  private async authenticate(until: AbortSignal): Promise<Session> {
    const { config } = this.transport;
    const facts = { site: config.name, service: 'keystone', method: 'POST', path: PATH };
    const body = JSON.stringify({ auth: authOf(config) });
    for (let tries = 1; ; tries++) {
      const answer = await this.ask(body, tries, until);
      if (!answer) continue;
      const retryAfter = answer.header('retry-after');
      let failure: LifeboatError;
      try {
        const text = await answer.text();
        if (answer.status === 201)
          return sessionOf(config, answer.header('x-subject-token') ?? '', parsedAnswer(text) as TokenBody);
        failure = errorOf(facts, answer.status, text, answer.requestId, retryAfter, secretsIn(body));
      } catch (thrown) {
        if (thrown instanceof LifeboatError) throw thrown;
        failure = lostError(facts, thrown);
      }
      const asked = retryAfterMs(retryAfter);
      if (!failure.retryable || tries >= TRIES || (asked ?? 0) > LONGEST_ASKED_MS) throw failure;
      await waitFor(backOffMs(tries, asked), until);
    }
  }

  /** Asking for a token twice does no harm. */
  private async ask(body: string, tries: number, signal: AbortSignal): Promise<RawAnswer | undefined> {
    try {
      return await this.transport.exchange({
        service: 'keystone',
        method: 'POST',
        path: PATH,
        url: `${this.transport.config.authUrl}/v3${PATH}`,
        body,
        headers: { 'content-type': 'application/json' },
        signal,
        tries,
      });
    } catch (thrown) {
      if (!(thrown instanceof NoAnswer)) throw thrown;
      // A site that cannot be reached at all is said at once.
      if (!thrown.sent || tries >= thrown.worth) throw thrown.error;
      await waitFor(backOffMs(tries, undefined), signal);
      return undefined;
    }
  }
}

function authOf(config: CloudConfig): unknown {
  if (config.auth.type === 'application-credential')
    return {
      identity: {
        methods: ['application_credential'],
        application_credential: { id: config.auth.id, secret: config.auth.secret },
      },
    };
  const { username, password, userDomain, project } = config.auth;
  return {
    identity: { methods: ['password'], password: { user: { name: username, domain: { name: userDomain }, password } } },
    scope: { project: project.id ? { id: project.id } : { name: project.name, domain: { name: project.domain } } },
  };
}
