import type { RequestDef } from '@lifeboat/contracts';
import { asLifeboatError, invalidInput, LifeboatError, timedOut, unavailable } from '@lifeboat/kernel';
import type { ErrorDetails } from '@lifeboat/kernel';
import { context, propagation } from '@opentelemetry/api';
import { headers } from '@nats-io/nats-core';
import type { Subscription as NatsSubscription } from '@nats-io/nats-core';
import { errors } from '@nats-io/nats-core';
import type { Bus } from './bus.ts';

const TIMEOUT_MS = 10_000;
const FAILED = 'lifeboat-failed';

/** Asks a service over core NATS. Errors come back as they were thrown there; `unavailable` `service-away` when nobody listens. */
export async function ask<I, O>(
  bus: Bus,
  request: RequestDef<I, O>,
  input: I,
  options: { readonly timeoutMs?: number } = {},
): Promise<O> {
  const nc = await bus.connection();
  const h = headers();
  propagation.inject(context.active(), h, { set: (carrier, key, value) => carrier.set(key, value) });
  const answer = await nc
    .request(request.subject, JSON.stringify(input), { timeout: options.timeoutMs ?? TIMEOUT_MS, headers: h })
    .catch((thrown: unknown) => {
      if (thrown instanceof errors.RequestError && thrown.isNoResponders())
        throw unavailable('service-away', `No ${request.context} service answers.`, {
          mend: 'It may be starting; try again, or look at its log.',
          cause: thrown,
        });
      throw timedOut('service-slow', `The ${request.context} service did not answer "${request.name}" in time.`, {
        cause: thrown,
      });
    });
  const body: unknown = answer.json();
  if (answer.headers?.get(FAILED)) throw LifeboatError.fromJSON(body as ErrorDetails);
  return request.output.parse(body);
}

/** Answers one kind of request until the subscription is closed; several instances share the load. */
export async function serve<I, O>(
  bus: Bus,
  request: RequestDef<I, O>,
  answer: (input: I) => Promise<O>,
  onProblem: (thrown: unknown) => void,
): Promise<NatsSubscription> {
  const nc = await bus.connection();
  const reply = async (
    message: Parameters<NonNullable<Parameters<typeof nc.subscribe>[1]>['callback'] & object>[1],
  ): Promise<void> => {
    const parent = propagation.extract(context.active(), message.headers, {
      get: (carrier, key) => carrier?.get(key) || undefined,
      keys: (carrier) => carrier?.keys() ?? [],
    });
    try {
      const parsed = request.input.safeParse(message.json());
      if (!parsed.success)
        throw invalidInput(
          'request-malformed',
          parsed.error.issues.map((i) => `${i.path.join('.') || '(all)'}: ${i.message}`).join('; '),
          { mend: 'Correct these fields.' },
        );
      const output = await context.with(parent, () => answer(parsed.data));
      message.respond(JSON.stringify(output));
    } catch (thrown) {
      const error = asLifeboatError(thrown);
      if (error.kind === 'bug') onProblem(thrown);
      const h = headers();
      h.set(FAILED, error.code);
      message.respond(JSON.stringify(error), { headers: h });
    }
  };
  return nc.subscribe(request.subject, { queue: request.context, callback: (_error, message) => void reply(message) });
}
