import { commandFailed, messages, parseData } from '@lifeboat/contracts';
import type { CommandDef, Envelope } from '@lifeboat/contracts';
import { asLifeboatError } from '@lifeboat/kernel';
import type { ErrorDetails } from '@lifeboat/kernel';
import type { SagaInput } from '@lifeboat/saga-engine';

const commands = new Map(
  messages.flatMap((m) => (m.kind === 'command' ? [[m.subject, m as CommandDef] as const] : [])),
);

/** What an event means to the command that it names as its cause. Undefined when it merely follows from it: services may tell more than their answer. */
export function inputOf(commandType: string, envelope: Envelope): SagaInput | undefined {
  const command = commands.get(commandType);
  const commandId = envelope.causationId;
  if (!command || commandId === undefined) return undefined;
  const failure = commandFailed(command.context);
  try {
    if (envelope.type === failure.subject)
      return { type: 'failure', commandId, error: parseData(failure, envelope.data).error as ErrorDetails };
    if (envelope.type === command.answer.subject)
      return { type: 'answer', commandId, data: parseData(command.answer, envelope.data) };
    return undefined;
  } catch (thrown) {
    // Asked again it would answer the same: the step has failed, and the run says why.
    return { type: 'failure', commandId, error: asLifeboatError(thrown).toJSON() };
  }
}
