-- Message rows on their way, for the case that one of them is elsewhere already.
-- grain: one message; key: id; inputs: clean messages
create temporary table wa2pg_messages (
  id text,
  "conversationId" text,
  "organizationId" text,
  direction text,
  sender text,
  content text,
  language text,
  "whatsappMessageId" text,
  status text,
  "createdAt" timestamp(3)
) on commit drop
