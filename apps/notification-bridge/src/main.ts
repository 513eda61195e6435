import { runService, SETTINGS } from '@lifeboat/service-kit';
import { SiteBrokers } from './amqp/site-brokers.ts';
import { bridgeSettings, refuseContradictions } from './bridge-settings.ts';
import type { BridgeSettings } from './bridge-settings.ts';
import { Intake } from './http/intake.ts';
import { Reception } from './reading/reception.ts';
import { ChangeShipper } from './sending/change-shipper.ts';
import { PoisonBox } from './sending/poison-box.ts';
import { SignsOfLife } from './sending/signs-of-life.ts';

await runService({
  name: 'notification-bridge',
  context: 'site',
  settings: bridgeSettings,
  providers: [ChangeShipper, PoisonBox, Reception, SiteBrokers, Intake, SignsOfLife],
  main: async (app, signal) => {
    refuseContradictions(app.get<BridgeSettings>(SETTINGS));
    const [brokers, intake] = [app.get(SiteBrokers), app.get(Intake)];
    const sending = app.get(ChangeShipper).run(signal);
    await intake.open();
    await brokers.open();
    await sending;
    intake.close();
    await brokers.close();
  },
});
