-- The users service's database. Shipments live here too, so that the key of two columns crosses as well.
create table users (
  id   bigint primary key,
  name text not null
);

create table shipments (
  id       bigint primary key,
  order_id bigint,
  line_no  int
);
create index on shipments (order_id, line_no);

insert into users select i, 'user ' || i from generate_series(1, 100) i;
insert into shipments values (1, 1, 1), (2, 1, 2);
