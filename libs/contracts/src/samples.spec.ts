import { messages, requests } from './index.ts';

describe('contracts', () => {
  it.each(messages.map((m) => [m.subject, m] as const))(
    '%s parses its own sample without changing it',
    (_subject, message) => {
      expect(message.data.parse(message.sample)).toEqual(message.sample);
    },
  );

  it('gives every message and request a subject of its own', () => {
    const subjects = [...messages, ...requests].map((m) => m.subject);
    expect(new Set(subjects).size).toBe(subjects.length);
  });

  it('lets every command be answered by an event of its own context', () => {
    for (const message of messages)
      if (message.kind === 'command') expect(message.answer.context).toBe(message.context);
  });
});
