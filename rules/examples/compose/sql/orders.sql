-- The orders service's database. Runs once, when the volume is empty, as the superuser and in the database orders.

create role orders_owner nologin;

-- user_id refers to users.id of the other database: the foreign key that no database can hold.
create table orders (
  id         bigint primary key,
  user_id    bigint,
  amount     numeric(12, 2) not null,
  created_at timestamptz not null default now()
);
create index on orders (user_id);

create table order_lines (
  order_id bigint not null references orders,
  line_no  int not null,
  article  text not null,
  primary key (order_id, line_no)
);

alter table orders owner to orders_owner;
alter table order_lines owner to orders_owner;

-- See users.sql for why it may do that.
create role crossfk login replication password 'crossfk';
grant create on database orders to crossfk;
grant orders_owner to crossfk;

insert into orders select i, 1 + i % 100, 9.90 from generate_series(1, 100) i;
insert into order_lines select i, n, 'article ' || n from generate_series(1, 100) i, generate_series(1, 2) n;
