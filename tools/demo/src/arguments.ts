import { invalidInput } from '@lifeboat/kernel';
import type { As } from '@lifeboat/testing';
import { parseArgs } from 'node:util';

export interface DemoArguments {
  readonly json: boolean;
  readonly keep: boolean;
  readonly yes: boolean;
  readonly as: As;
  /** Real clouds, when named. */
  readonly real:
    | {
        readonly cloudsFile: string;
        readonly primary: string;
        readonly recovery: string;
        readonly lose: string | undefined;
        readonly restore: string | undefined;
      }
    | undefined;
}

export const USAGE = `npm run demo [-- options]
  --json                 progress to stderr, one JSON object as the last line of stdout
  --as admin|member      rights of the credentials on both sides (admin)
  --keep                 leave everything up and say the URLs
  --clouds FILE --primary NAME --recovery NAME
                         real clouds, by their entries (admins) in a clouds.yaml; what is made is shown first, and removed afterwards
  --lose CMD --restore CMD
                         how the primary is lost and brought back; without them the primary stays up and is only never called
  --yes                  do not ask
`;

/** Throws `invalid-input` with what is wrong. */
export function demoArguments(argv: readonly string[]): DemoArguments | 'help' {
  const { values } = parse(argv);
  if (values.help) return 'help';
  const as = values.as ?? 'admin';
  if (as !== 'admin' && as !== 'member')
    throw invalidInput('argument-wrong', `--as ${as} is unknown.`, { mend: 'Use --as admin or --as member.' });
  const { clouds, primary, recovery } = values;
  if ((clouds ?? primary ?? recovery) !== undefined && !(clouds && primary && recovery))
    throw invalidInput('argument-missing', 'Real clouds need --clouds, --primary and --recovery together.', {
      mend: USAGE,
    });
  return {
    json: values.json ?? false,
    keep: values.keep ?? false,
    yes: values.yes ?? false,
    as,
    real:
      clouds && primary && recovery
        ? { cloudsFile: clouds, primary, recovery, lose: values.lose, restore: values.restore }
        : undefined,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        json: { type: 'boolean' },
        keep: { type: 'boolean' },
        yes: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        as: { type: 'string' },
        clouds: { type: 'string' },
        primary: { type: 'string' },
        recovery: { type: 'string' },
        lose: { type: 'string' },
        restore: { type: 'string' },
      },
    });
  } catch (cause) {
    throw invalidInput('argument-wrong', cause instanceof Error ? cause.message : 'An argument is wrong.', {
      mend: USAGE,
      cause,
    });
  }
}
