import { asLifeboatError } from '@lifeboat/kernel';
import type { ErrorKind } from '@lifeboat/kernel';
import { traceIds } from '@lifeboat/telemetry';
import type { Logger } from '@lifeboat/telemetry';
import { Catch, HttpException } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { ServerResponse } from 'node:http';

const STATUS: Record<ErrorKind, number> = {
  'invalid-input': 400,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'illegal-state': 409,
  bug: 500,
  external: 502,
  unavailable: 503,
  timeout: 504,
};

/** Errors as problem documents (RFC 9457) with a stable code, how to mend it, and the trace. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Logger) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<ServerResponse>();
    if (response.headersSent) return void response.end();
    if (thrown instanceof HttpException)
      return this.send(response, thrown.getStatus(), {
        kind: 'not-found',
        code: 'no-such-path',
        message: thrown.message,
      });
    const error = asLifeboatError(thrown);
    if (error.kind === 'bug') this.log.error({ err: thrown }, 'a request failed');
    this.send(response, STATUS[error.kind], error.toJSON());
  }

  private send(
    response: ServerResponse,
    status: number,
    { message, ...error }: { kind: string; code: string; message: string },
  ): void {
    const body = {
      type: `urn:lifeboat:${error.code}`,
      title: error.code,
      status,
      detail: message,
      ...error,
      traceId: traceIds().trace_id,
    };
    response.writeHead(status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(body));
  }
}
