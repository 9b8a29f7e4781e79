"""What a WhatsApp message says: one pure converter per variant of `waE2E.Message`."""

from extract.whatsapp.content.model import Content
from extract.whatsapp.content.variants import content_of

__all__ = ["Content", "content_of"]
