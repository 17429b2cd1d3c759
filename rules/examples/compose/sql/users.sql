-- The users service's database; shipments live here too, for the example with a key of two columns.
-- Runs once, when the volume is empty, as the superuser and in the database users.

create role users_owner nologin;

create table users (
  id    bigint primary key,
  name  text not null,
  email text not null unique
);

create table shipments (
  id         bigint primary key,
  order_id   bigint,
  line_no    int,
  shipped_at timestamptz not null default now()
);
create index on shipments (order_id, line_no);

alter table users owner to users_owner;
alter table shipments owner to users_owner;

-- crossfk reads the log and the key columns. In this playground it may also create its publication, which takes CREATE on the
-- database and the tables' owner role. Where a DBA creates the publication, it needs neither.
create role crossfk login replication password 'crossfk';
grant create on database users to crossfk;
grant users_owner to crossfk;

insert into users select i, 'user ' || i, 'user' || i || '@example.com' from generate_series(1, 100) i;
insert into shipments values (1, 1, 1), (2, 1, 2), (3, 2, 1);
