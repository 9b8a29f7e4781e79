-- The tables of the Soul KG CRM that an import touches, as Prisma makes them.
create type "ClientStatus" as enum
  ('NEW_LEAD', 'QUALIFIED', 'WARMED', 'PROPOSAL_SENT', 'NEGOTIATION', 'SOLD', 'SERVICE', 'CLOSED');
create type "CommunicationChannel" as enum ('WHATSAPP', 'TELEGRAM', 'EMAIL');
create type "ConversationStatus" as enum ('ACTIVE', 'ARCHIVED');
create type "ConversationManager" as enum ('AI', 'HUMAN');
create type "MessageDirection" as enum ('INCOMING', 'OUTGOING');
create type "MessageSender" as enum ('CLIENT', 'AI', 'HUMAN');
create type "MessageStatus" as enum ('PENDING', 'SENT', 'DELIVERED', 'FAILED');
create type "StatusChangedBy" as enum ('AI', 'HUMAN', 'SYSTEM');

create table organizations (
  id text primary key,
  name text not null,
  slug text not null unique,
  logo text,
  settings jsonb,
  "createdAt" timestamp(3) not null default current_timestamp,
  "updatedAt" timestamp(3) not null
);
create table users (id text primary key);
create table clients (
  id text primary key,
  "organizationId" text not null references organizations (id) on delete cascade on update cascade,
  phone text not null,
  email text,
  "firstName" text,
  "lastName" text,
  status "ClientStatus" not null default 'NEW_LEAD',
  "preferredLanguage" text,
  "culturalContext" jsonb,
  metadata jsonb,
  "createdAt" timestamp(3) not null default current_timestamp,
  "updatedAt" timestamp(3) not null,
  "assignedPartnerId" text,
  "promptVariantId" text
);
create unique index "clients_organizationId_phone_key" on clients ("organizationId", phone);
create table conversations (
  id text primary key,
  "organizationId" text not null references organizations (id) on delete cascade on update cascade,
  "clientId" text not null references clients (id) on delete cascade on update cascade,
  channel "CommunicationChannel" not null default 'WHATSAPP',
  status "ConversationStatus" not null default 'ACTIVE',
  "managedBy" "ConversationManager" not null default 'AI',
  "lastMessageAt" timestamp(3),
  "createdAt" timestamp(3) not null default current_timestamp,
  "updatedAt" timestamp(3) not null
);
create table messages (
  id text primary key,
  "conversationId" text not null references conversations (id) on delete cascade on update cascade,
  "organizationId" text not null references organizations (id) on delete cascade on update cascade,
  direction "MessageDirection" not null,
  sender "MessageSender" not null,
  "senderId" text references users (id) on delete set null on update cascade,
  content text not null,
  language text,
  "translatedContent" text,
  "whatsappMessageId" text,
  status "MessageStatus" not null default 'SENT',
  error text,
  "createdAt" timestamp(3) not null default current_timestamp
);
create index "messages_whatsappMessageId_idx" on messages ("whatsappMessageId");
create table client_status_history (
  id text primary key,
  "clientId" text not null references clients (id) on delete cascade on update cascade,
  "organizationId" text not null references organizations (id) on delete cascade on update cascade,
  "oldStatus" "ClientStatus",
  "newStatus" "ClientStatus" not null,
  "changedBy" "StatusChangedBy" not null,
  "changedById" text,
  reason text,
  "createdAt" timestamp(3) not null default current_timestamp
);
