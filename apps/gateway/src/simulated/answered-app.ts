import type { Asker } from '@lifeboat/service-kit';
import type { Logger } from '@lifeboat/telemetry';
import { appOf } from '../http/serve.ts';

export type Answers = Readonly<Record<string, (input: never) => unknown>>;

export interface AnsweredApp {
  readonly url: string;
  /** What services were asked, in order. */
  readonly asked: { readonly name: string; readonly input: unknown }[];
  close(): Promise<void>;
}

/** The gateway's own HTTP, with given answers of the services behind it. */
export async function answeredApp(answers: Answers): Promise<AnsweredApp> {
  const asked: { readonly name: string; readonly input: unknown }[] = [];
  const asker = {
    ask: async ({ name }: { name: string }, input: never) => {
      asked.push({ name, input });
      const answer = answers[name];
      if (!answer) throw new Error(`nobody answers ${name}`);
      return answer(input);
    },
  };
  const app = await appOf(asker as unknown as Asker, { error: () => undefined } as unknown as Logger);
  await app.listen(0, '127.0.0.1');
  return { url: await app.getUrl(), asked, close: () => app.close() };
}
