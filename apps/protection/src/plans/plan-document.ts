import { PlanDocument } from '@lifeboat/contracts';
import type { PlanWave, Probe } from '@lifeboat/contracts';
import { invalidInput } from '@lifeboat/kernel';
import { parse } from 'yaml';

interface Fault {
  readonly where: string;
  readonly message: string;
}

/** Reads a plan, YAML or JSON. Pure. Throws `invalid-input` `plan-malformed`, naming each place that is wrong. */
export function planOf(text: string): PlanDocument {
  const parsed = PlanDocument.safeParse(yamlOf(text));
  if (!parsed.success)
    throw malformed(parsed.error.issues.map(({ path, message }) => ({ where: placeOf(path), message })));
  const faults = (parsed.data.spec.waves ?? []).flatMap((wave, i, waves) =>
    probeFaults(waves.slice(0, i + 1), wave, i),
  );
  if (faults.length > 0) throw malformed(faults);
  return parsed.data;
}

function yamlOf(text: string): unknown {
  try {
    return parse(text);
  } catch (thrown) {
    throw malformed([{ where: 'the document', message: `is no YAML: ${(thrown as Error).message.trim()}` }]);
  }
}

/** `spec.waves[1].probes[0].tcp.port` */
const placeOf = (path: readonly PropertyKey[]): string =>
  path.map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i > 0 ? '.' : ''}${String(part)}`)).join('') ||
  'the document';

const malformed = (faults: readonly Fault[]) =>
  invalidInput(
    'plan-malformed',
    `The plan is wrong at ${faults.map(({ where, message }) => `${where}: ${message}`).join('; ')}`,
    {
      mend: 'Correct these places; "lifeboat plan schema" says what is known, and docs/how-to/write-a-plan.md what it means.',
      data: { faults },
    },
  );

const askedBy = ({ tcp, http, sql, console }: Probe): string | undefined => (tcp ?? http ?? sql ?? console)?.server;

/** Where the waves so far name all their servers, it is known by now that a probe asks none of them. */
function probeFaults(standing: readonly PlanWave[], { probes = [] }: PlanWave, at: number): readonly Fault[] {
  const selectors = standing.flatMap(({ servers }) => servers);
  // What a tag finds, or a name that is meant by its id, only the point can say.
  if (selectors.some(({ tag, metadata, id }) => tag ?? metadata ?? id)) return [];
  const names = selectors.flatMap(({ name }) => name ?? []);
  return probes.flatMap((probe, i) => {
    const server = askedBy(probe);
    if (server === undefined || names.includes(server) || /^[0-9a-f-]{32,36}$/.test(server)) return [];
    const kind = Object.keys(probe).find((key) => key !== 'within');
    return [
      {
        where: `spec.waves[${at}].probes[${i}].${kind}.server`,
        message: `"${server}" is in no wave up to this one: it does not stand yet when it is asked`,
      },
    ];
  });
}
