import type { Envelope, EventDef } from '@lifeboat/contracts';
import { deterministicId } from '@lifeboat/kernel';
import { envelopeOf } from './outgoing.ts';

/** The one answer of a command: its id follows from the command's, so that whoever hears it twice knows. */
export const answerOf = <T>(service: string, command: Envelope, def: EventDef<T>, data: T): Envelope<T> =>
  envelopeOf(service, def, data, {
    id: deterministicId(command.id, 'answer'),
    correlationId: command.correlationId,
    causationId: command.id,
  });
