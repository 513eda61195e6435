import { driverProtocol as protocol } from '../../libs/replication/driver-api/src/index.ts';
import { z } from 'zod';
import { code, page, table } from './markdown.mjs';

/** Any JSON: zod says so by a schema that refers to itself, in a place that moves when schemas are put together. */
function withoutSelfReference(schema) {
  if (Array.isArray(schema)) return schema.map(withoutSelfReference);
  if (typeof schema !== 'object' || schema === null) return schema;
  if (typeof schema.$ref === 'string' && schema.$ref.startsWith('#/$defs/__schema')) {
    const { $ref: _, ...rest } = schema;
    return rest;
  }
  const { $defs: _, $schema: __, ...rest } = schema;
  return Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, withoutSelfReference(value)]));
}

// As they are sent: what has a default may be left out.
const schemaOf = (schema) => withoutSelfReference(z.toJSONSchema(schema, { io: 'input' }));

const DOCUMENTS = {
  DescribeRequest: ['asked', 'what are you?'],
  Description: ['answered', 'what the driver is and can do'],
  SupportsRequest: ['asked', 'may this disk be carried between these clouds?'],
  SupportsAnswer: ['answered', 'yes, or why not'],
  NeedsRequest: ['asked', 'the most that is needed of each quota'],
  NeedsAnswer: ['answered', 'by side, keys `<service>:<quota>` as the service names it'],
  VerbRequest: ['asked', 'one verb for one disk of one point'],
  VerbAnswer: ['answered', 'what came of it'],
  CancelRequest: ['asked', 'end this call'],
  CancelAnswer: ['answered', 'nothing of it goes on'],
};

export function driverSchemas() {
  const documents = Object.keys(DOCUMENTS).map((name) => [name, schemaOf(protocol[name])]);
  const results = Object.entries(protocol.RESULTS).map(([verb, schema]) => [`${verb}Result`, schemaOf(schema)]);
  const all = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Lifeboat driver protocol 1',
    description: 'One definition for each document. Unknown fields are to be let through.',
    $defs: Object.fromEntries([...documents, ...results]),
  };
  return `${JSON.stringify(all, null, 2)}\n`;
}

const typeOf = (schema) => {
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.enum) return schema.enum.map((one) => code(JSON.stringify(one))).join(' ');
  if (schema.type === 'array') return `list of ${typeOf(schema.items)}`;
  if (schema.type === 'object' && !schema.properties) return 'object';
  if (schema.anyOf ?? schema.oneOf) return 'one of several';
  return schema.type ?? 'any JSON';
};

/** One row for each field, those of objects below them. */
function rowsOf(schema, path = '', rows = []) {
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const optional = schema.required?.includes(name) ? '' : ' (may be absent)';
    rows.push([code(`${path}${name}`), `${typeOf(field)}${optional}`, field.description ?? '']);
    rowsOf(field, `${path}${name}.`, rows);
  }
  return rows;
}

const fields = (schema) => table(['field', 'type', 'what'], rowsOf(schemaOf(schema)));

/** Those of `common` are in a table of their own. */
const ownFields = (schema, common) => {
  const { properties, required } = schemaOf(schema);
  const own = Object.fromEntries(Object.entries(properties).filter(([name]) => !(name in common)));
  return rowsOf({ properties: own, required });
};

function verbs() {
  const options = protocol.VerbRequest.options;
  const common = Object.fromEntries(
    Object.entries(schemaOf(options[0]).properties).filter(([name]) => name !== 'verb'),
  );
  return [
    '## Verbs',
    'Asked on `lifeboat.driver.<name>.v1.<verb>`. Fields of every request:',
    table(['field', 'type', 'what'], rowsOf({ properties: common, required: schemaOf(options[0]).required })),
    'Beside these:',
    table(
      ['verb', 'fields of its own', '`result` when it is done'],
      options.map((option) => {
        const verb = schemaOf(option).properties.verb.const;
        const own = ownFields(option, common).filter(([name]) => name !== '`verb`' && !name.includes('.'));
        return [
          code(verb),
          own.map(([name, type]) => (type.endsWith('(may be absent)') ? `${name} (may be absent)` : name)).join(', '),
          verb === 'release' || verb === 'discard' ? '`null`' : code(`${verb}Result`),
        ];
      }),
    ),
    'Answers, by their `status`:',
    ...protocol.VerbAnswer.options.map((option) => fields(option)),
    ...Object.entries(protocol.RESULTS)
      .filter(([, schema]) => schemaOf(schema).properties)
      .flatMap(([verb, schema]) => [`\`${verb}Result\`:`, fields(schema)]),
    '`materialiseResult` is `{ "kind": "volume", "volumeId": … }` or `{ "kind": "image", "imageId": … }`.',
  ];
}

const INTRODUCTION = `A driver may be a process of its own, in any language, that answers requests of NATS with JSON. This page and
[the JSON Schema](driver-v1.schema.json) of all documents are written by \`npm run reference\` from
\`libs/replication/driver-api/src/remote\`. How to write such a driver, and what it has to stand: [how-to](../how-to/write-a-vendor-driver.md).`;

const MARKS = `\`marks\` holds three sets of keys and values. To whatever you make goes one of them with one more pair, \`lifeboat_purpose\`: a word of yours
for what it is (\`snapshot\`, \`replica\`, \`copy\`). Put it into the create call, in the form that the system takes:

- metadata or properties: the pairs as they are;
- tags: \`key=value\`, one for each pair;
- a description, where nothing else is kept: \`lifeboat key=value key=value …\`, in the order in which the pairs came with the purpose at the end, cut at 255 characters;
- a name that you choose yourself: a digest of the sorted pairs.

An object is yours when it bears every pair. Nothing else may be removed.`;

export const driverProtocolReference = () =>
  page(
    '# Driver protocol 1',
    INTRODUCTION,
    '## Subjects',
    table(
      ['subject', 'request', 'answer'],
      [
        [code('lifeboat.driver.<name>.describe'), '`DescribeRequest`', '`Description`'],
        [code('lifeboat.driver.<name>.v1.supports'), '`SupportsRequest`', '`SupportsAnswer`'],
        [code('lifeboat.driver.<name>.v1.needs'), '`NeedsRequest`', '`NeedsAnswer`'],
        [code('lifeboat.driver.<name>.v1.<verb>'), '`VerbRequest`', '`VerbAnswer`'],
        [code('lifeboat.driver.<name>.v1.cancel'), '`CancelRequest`', '`CancelAnswer`'],
      ],
    ),
    'One message asks, one message on its reply subject answers; both are JSON without an envelope. Subscribe in a queue group, so that a second process may stand by.',
    '## Description',
    fields(protocol.Description),
    '## Supports',
    fields(protocol.SupportsRequest),
    'Answer: `{ "ok": true }`, or `{ "ok": false, "reason": … }` with a sentence for operators.',
    '## Needs',
    fields(protocol.NeedsRequest),
    'Answer: `{ "source": { "volume:snapshots": 1 }, "target": {} }`.',
    ...verbs(),
    '## Cancel',
    fields(protocol.CancelRequest),
    'Answer: `{ "ok": true }` when nothing of the call goes on any more; for a call that is not known too.',
    '## Marks',
    MARKS,
  );
