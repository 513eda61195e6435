"""A bare listener of oslo.messaging: takes notifications in batches and does nothing with them but say how many they are."""
import sys

import oslo_messaging
from oslo_config import cfg


class Endpoint:
    def info(self, messages):
        print("handled", len(messages), flush=True)
        return oslo_messaging.NotificationResult.HANDLED


conf = cfg.ConfigOpts()
conf(["--config-file", sys.argv[1]])
listener = oslo_messaging.get_batch_notification_listener(
    oslo_messaging.get_notification_transport(conf),
    [oslo_messaging.Target(topic=sys.argv[2], exchange="nova")],
    [Endpoint()],
    executor="threading",
    batch_size=int(sys.argv[3]),
    batch_timeout=1,
)
listener.start()
listener.wait()
