import type { CommandDef, Envelope, EventDef } from '@lifeboat/contracts';
import { parseData } from '@lifeboat/contracts';
import { newId } from '@lifeboat/kernel';
import { addToOutbox, cancelWork, stillHeld } from '@lifeboat/persistence';
import { traceContext } from '@lifeboat/telemetry';
import type { EntityManager } from 'typeorm';
import type { Outgoing } from './handlers.ts';

export interface EnvelopeIds {
  readonly id: string;
  readonly correlationId?: string | undefined;
  readonly causationId?: string | undefined;
}

/** A message of this service, ready to go; its data is checked against its own schema before it leaves. */
export function envelopeOf<T>(
  service: string,
  def: CommandDef<T> | EventDef<T>,
  data: T,
  ids: EnvelopeIds,
): Envelope<T> {
  return {
    id: ids.id,
    type: def.subject,
    source: `lifeboat/${service}`,
    time: new Date().toISOString(),
    attempt: 1,
    ...(ids.correlationId !== undefined && { correlationId: ids.correlationId }),
    ...(ids.causationId !== undefined && { causationId: ids.causationId }),
    ...traceContext(),
    data: parseData(def, data),
  };
}

/** What goes out with the transaction `tx`. Without ids of its own a message belongs to the run of `cause`. */
export function outgoingOf(service: string, tx: EntityManager, cause?: Envelope): Outgoing {
  const ids = (given: Partial<EnvelopeIds> = {}): EnvelopeIds => ({
    id: given.id ?? newId(),
    correlationId: given.correlationId ?? cause?.correlationId,
    causationId: given.causationId ?? cause?.id,
  });
  return {
    emit: (event, data, given) => addToOutbox(tx, [envelopeOf(service, event, data, ids(given))]),
    cancel: async (command, match) => {
      await cancelWork(tx, command.subject, match);
      return !(await stillHeld(tx, command.subject, match));
    },
    forward: (envelopes) => addToOutbox(tx, envelopes),
  };
}
