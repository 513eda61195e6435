import type { ServerResponse } from 'node:http';

/** A refusal, as a problem document (RFC 9457). */
export interface IntakeProblem {
  readonly status: number;
  /** Stable, for programs. */
  readonly code: string;
  readonly detail: string;
}

export const PROBLEMS = {
  unauthorised: {
    status: 401,
    code: 'token-wrong',
    detail: 'The request bears no token, or not the one of LIFEBOAT_INTAKE_TOKEN.',
  },
  noSuchPath: { status: 404, code: 'no-such-path', detail: 'There is only POST /v1/notifications.' },
  tooLarge: {
    status: 413,
    code: 'notifications-too-large',
    detail: 'A request has at most 1 MiB and 500 notifications: send them in several.',
  },
  away: {
    status: 503,
    code: 'not-stored',
    detail: 'The notifications were not stored in time. Send them again: repeats do no harm.',
  },
} as const satisfies Record<string, IntakeProblem>;

export const unreadable = (detail: string): IntakeProblem => ({
  status: 400,
  code: 'notification-unreadable',
  detail,
});

export function refuse(response: ServerResponse, problem: IntakeProblem): void {
  const { status, code, detail } = problem;
  const extra = status === 401 ? { 'www-authenticate': 'Bearer' } : status === 503 ? { 'retry-after': '5' } : {};
  // What is left of the body is not read, so the connection cannot be used again.
  response.writeHead(status, { 'content-type': 'application/problem+json', connection: 'close', ...extra });
  response.end(JSON.stringify({ type: `urn:lifeboat:${code}`, title: code, status, code, detail }));
}
