import type { ConsumeMessage } from 'amqplib';
import { setImmediate as turn } from 'node:timers/promises';
import { Acks } from './acks.ts';

const message = (deliveryTag: number): ConsumeMessage => ({ fields: { deliveryTag } }) as ConsumeMessage;

function line() {
  const said: string[] = [];
  const acks = new Acks({
    ack: ({ fields }, allUpTo) => said.push(`${allUpTo ? 'up to' : 'only'} ${fields.deliveryTag}`),
  });
  const messages = [1, 2, 3, 4, 5].map(message);
  const done = messages.map((one) => acks.expect(one));
  return { acks, said, messages, take: (...tags: number[]) => tags.forEach((tag) => done[tag - 1]?.()) };
}

describe('acks', () => {
  it('say once what was done in one go', async () => {
    const { said, take } = line();
    take(1, 2, 3);
    expect(said).toEqual([]);
    await turn();
    expect(said).toEqual(['up to 3']);
    take(4);
    await turn();
    expect(said).toEqual(['up to 3', 'up to 4']);
  });

  it('never go beyond one that is not done', async () => {
    const { said, take } = line();
    take(1, 3, 5);
    await turn();
    expect(said).toEqual(['up to 1']);
    take(2);
    await turn();
    expect(said).toEqual(['up to 1', 'up to 3']);
    take(4);
    await turn();
    expect(said).toEqual(['up to 1', 'up to 3', 'up to 5']);
  });

  it('say nothing on a channel that is gone', async () => {
    const { acks, said, take } = line();
    take(1);
    acks.close();
    await turn();
    expect(said).toEqual([]);
  });

  it('leave out one that is left, and hold nothing up for it', async () => {
    const { acks, said, messages, take } = line();
    take(1, 3);
    await turn();
    acks.leave(messages[1] ?? message(0));
    take(5);
    await turn();
    expect(said).toEqual(['up to 1', 'only 3', 'only 5']);
    take(4);
    await turn();
    expect(said).toEqual(['up to 1', 'only 3', 'only 5', 'only 4']);
  });
});
