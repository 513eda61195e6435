import { messages, parseData } from '@lifeboat/contracts';
import type { Envelope } from '@lifeboat/contracts';
import { invalidInput } from '@lifeboat/kernel';
import type { Handler } from './work-runner.ts';

const definitions = new Map(messages.map((definition) => [definition.subject, definition]));
const COMMAND = 'lifeboat.cmd.';

/**
 * What may be taken in: commands that have a handler here and data of the declared form. Throws `invalid-input`, so that anything else is kept as a
 * dead letter with the reason and can be replayed, say after an upgrade of this service. Events that nobody has declared are the reader's affair.
 */
export function accept(handlers: ReadonlyMap<string, Handler>, envelope: Envelope): Envelope {
  const handler = handlers.get(envelope.type);
  if (!handler && envelope.type.startsWith(COMMAND))
    throw invalidInput('command-unknown', `This service has no handler for ${envelope.type}.`, {
      mend: 'Run the same version of all services, then replay the dead letter.',
    });
  const definition = handler && 'command' in handler ? handler.command : definitions.get(envelope.type);
  return definition ? { ...envelope, data: parseData(definition, envelope.data) } : envelope;
}
