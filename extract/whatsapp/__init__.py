"""WhatsApp through neonize: the only place that knows its protobufs."""
