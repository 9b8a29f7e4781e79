"""An account as WhatsApp's server knows it: its phone and the devices that are linked to it."""

from tests.whatsapp_server.events import EventLog
from tests.whatsapp_server.media import MediaHost
from tests.whatsapp_server.nodes import Node
from tests.whatsapp_server.noise import Identity
from tests.whatsapp_server.phone import Companion, Phone
from tests.whatsapp_server.scenario import Scenario
from tests.whatsapp_server.signal_session import Prekeys


class Account:
    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.events = EventLog()
        self.identity = Identity()
        self.media = MediaHost(self.events, scenario.media_delay)
        self.phone = Phone(scenario, self.media)
        self.sent_stanzas: list[tuple[str, dict[str, str]]] = []
        self._companions: dict[bytes, Companion] = {}

    def hear(self, node: Node) -> None:
        """Remember what a client sent."""
        self.sent_stanzas.append((node.tag, dict(node.attrs)))

    def link(self, client_key: bytes, prekeys: Prekeys) -> Companion:
        self._companions[client_key] = self.phone.link(prekeys)
        return self._companions[client_key]

    def companion(self, client_key: bytes) -> Companion | None:
        """The device that logs in with this Noise key; None when it is not linked, or no longer."""
        return self._companions.get(client_key)

    def unlink(self, client_key: bytes) -> None:
        self._companions.pop(client_key, None)
