import { hasRabbitmq } from '@lifeboat/testing';
import { soakNotifications } from './notifications.ts';

const here = hasRabbitmq();
const name = 'notifications while bridge, RabbitMQ, NATS, PostgreSQL and capture are killed over and over';

(here ? describe : describe.skip)(
  here ? name : `NOT TESTED, since RabbitMQ is not installed (apt-get install rabbitmq-server): ${name}`,
  () => {
    it(
      'all have their effect, and none has it twice',
      async () => {
        const seed = Number(process.env['LIFEBOAT_CHAOS_SEED'] ?? Date.now() % 1_000_000);
        const { lost, unlike, twice, kills, renames } = await soakNotifications({
          count: 10_000,
          seed,
          leastKills: 10,
          betweenMs: [100, 1_000],
          say: () => undefined,
        });
        expect({ seed, lost, unlike, twice }).toEqual({ seed, lost: 0, unlike: [], twice: [] });
        expect(renames).toBe(20);
        expect(Object.keys(kills)).toEqual(['metadata-capture', 'nats', 'notification-bridge', 'postgres', 'rabbitmq']);
      },
      8 * 60_000,
    );
  },
);
