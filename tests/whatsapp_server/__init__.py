"""web.whatsapp.com and the phone behind it, on this machine: the client inside neonize pairs, logs in and decrypts."""

from tests.whatsapp_server.prepared import prepared_neonize, why_not_prepared
from tests.whatsapp_server.scenario import ChatMessage, Scenario
from tests.whatsapp_server.server import WhatsAppServer

__all__ = ["ChatMessage", "Scenario", "WhatsAppServer", "prepared_neonize", "why_not_prepared"]
