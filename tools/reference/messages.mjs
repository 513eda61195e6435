import { messages, requests } from '@lifeboat/contracts';
import { z } from 'zod';
import { code, page, table } from './markdown.mjs';

/** Who owns the messages of a context. */
const OWNERS = {
  protection: 'protection',
  capture: 'metadata-capture',
  image: 'image-replication',
  data: 'data-replication',
  recovery: 'recovery-execution',
  saga: 'saga',
};

export const messagesReference = () =>
  page(
    '# Messages',
    'Generated from `libs/contracts` by `npm run reference`. One file per message and version, with its schema and a frozen sample.',
    'Messages are CloudEvents 1.0 in binary mode: attributes in NATS headers (`ce-id`, `ce-type`, `ce-source`, `ce-time`, `ce-attempt`, `ce-correlationid`: the run, ' +
      '`ce-causationid`: the message answered), W3C trace context in `traceparent` and `tracestate`, data as JSON. `Nats-Msg-Id` is `<id>:<attempt>`.',
    'A command is answered by the event named beside it, or by `lifeboat.evt.<context>.command-failed.v1` (`command`, `error`). Requests go by request/reply and are not stored. ' +
      'Fields with a question mark may be absent.',
    ...Object.keys(OWNERS).map(section),
    SITE,
  );

function section(context) {
  const of = (kind) => messages.filter((message) => message.kind === kind && message.context === context);
  const asked = requests.filter((request) => request.context === context);
  return page(
    context === OWNERS[context] ? `## ${context}` : `## ${context} (${OWNERS[context]})`,
    block('Commands', ['command', 'what', 'carries', 'answer'], of('command').map(commandRow)),
    block('Events', ['event', 'what', 'carries'], of('event').map(messageRow)),
    block('Requests', ['request', 'what', 'asks', 'answers'], asked.map(requestRow)),
  ).trimEnd();
}

const block = (title, head, rows) => rows.length > 0 && `${title}:\n\n${table(head, rows)}`;

const messageRow = ({ subject, summary, data }) => [code(subject), summary, fieldsOf(data)];
const commandRow = (command) => [...messageRow(command), code(`${command.answer.context}.${command.answer.name}`)];
const requestRow = ({ subject, summary, input, output }) => [code(subject), summary, fieldsOf(input), fieldsOf(output)];

function fieldsOf(schema) {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'output' });
  return Object.keys(properties)
    .map((name) => code(required.includes(name) ? name : `${name}?`))
    .join(' ');
}

const SITE = page(
  '## site (protection)',
  'What a site asks of the hub:',
  block(
    'Requests',
    ['request', 'what', 'asks', 'answers'],
    requests.filter(({ context }) => context === 'site').map(requestRow),
  ).trimEnd(),
  '## site (data-worker)',
  'Between a site and the services, declared in `libs/contracts/src/site`:',
  table(
    ['subject', 'what'],
    [
      [code('lifeboat.site.<site>.work.run-verb.v1'), 'One verb of a driver for one disk.'],
      [code('lifeboat.site.<site>.answer.verb-answered.v1'), 'Its outcome: done, in progress with a memo, or failed.'],
    ],
  ),
  '## site (notification-bridge)',
  'What a site is heard of, declared in `libs/contracts/src/site`:',
  table(
    ['subject', 'what'],
    [
      [
        code('lifeboat.site.<site>.notification.site-changed.v1'),
        'Which entities many notifications of OpenStack name: dirty flags, never what they were changed to.',
      ],
      [
        code('lifeboat.site.<site>.notification.site-heard.v1'),
        'A sign of life: everything said there until then has been told.',
      ],
    ],
  ),
).trimEnd();
